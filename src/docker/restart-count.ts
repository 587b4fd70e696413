import type { ObservedContainer } from '../model/observed.ts';

/** As many times as a crash loop needs (contract 8.6). */
const KEPT = 5;
/** A container that ran this long without a restart starts to count anew (contract 8.6). */
const SETTLED_MS = 600_000;

/** What one look at a container shows of its starts. Times in ms since the epoch, by the engine's clock; 0: never. */
export type Look = Pick<ObservedContainer, 'status' | 'startedAt' | 'finishedAt' | 'restartCount'>;

/** What is known of a container's restarts, whoever restarted it. */
export interface RestartCount extends Pick<ObservedContainer, 'restarts' | 'totalRestarts' | 'currentRestarts'> {
  /** Of the latest start that is counted. */
  readonly startedAt: number;
  /** The engine's own count at that time. It begins anew with every start that is not the engine's. */
  readonly engineCount: number;
}

/** What the next look adds. `now` is ms since the epoch; best effort, as is everything that happens between looks. */
export function countRestarts(former: RestartCount | undefined, look: Look, now: number): RestartCount {
  const count = former === undefined ? firstCount(look) : addStarts(former, look);
  const isSettled = look.status === 'running' && now - look.startedAt >= SETTLED_MS;
  return isSettled && count.currentRestarts > 0 ? { ...count, currentRestarts: 0 } : count;
}

/** Seen for the first time: the engine says how often it restarted it, not when. */
function firstCount(look: Look): RestartCount {
  const engineCount = performedRestarts(look);
  return {
    startedAt: look.startedAt,
    engineCount,
    restarts: engineCount === 0 ? [] : [look.startedAt],
    totalRestarts: engineCount,
    currentRestarts: engineCount,
  };
}

/** A changed start is a restart; how many there were since, the engine's count tells where it went on. */
function addStarts(former: RestartCount, look: Look): RestartCount {
  const { startedAt, finishedAt } = look;
  if (startedAt === former.startedAt) return former;
  const engineCount = performedRestarts(look);
  const byEngine = engineCount < former.engineCount ? engineCount + 1 : engineCount - former.engineCount;
  const added = former.startedAt === 0 ? byEngine : Math.max(1, byEngine);
  const hadSettled = former.startedAt > 0 && finishedAt - former.startedAt >= SETTLED_MS;
  return {
    startedAt,
    engineCount,
    restarts: added === 0 ? former.restarts : [...former.restarts, startedAt].slice(-KEPT),
    totalRestarts: former.totalRestarts + added,
    currentRestarts: hadSettled ? added : former.currentRestarts + added,
  };
}

/** Between an end and its restart the engine has counted that already, and the start is still the one before. */
function performedRestarts({ status, restartCount }: Look): number {
  return status === 'restarting' ? Math.max(0, restartCount - 1) : restartCount;
}
