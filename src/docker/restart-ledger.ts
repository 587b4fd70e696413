import type { ObservedContainer } from '../model/observed.ts';
import { countRestarts, type Look, type RestartCount } from './restart-count.ts';

/** What one look at a container shows of its life. */
export type LifeLook = Look & Pick<ObservedContainer, 'id' | 'identity'> & End;

/** How it ended. What an engine says of it is gone with the next start. */
type End = Pick<ObservedContainer, 'exitCode' | 'oomKilled'>;

/** What is remembered of a container. */
export type Life = End & Pick<ObservedContainer, 'restarts' | 'totalRestarts' | 'currentRestarts' | 'lastLines'>;

/**
 * Remembers, from one look at a container to the next, what an engine does not tell: how often it was restarted, by
 * whomever, how it last ended, and what it said before that. Lost with the process (contract 3: restart counters are best effort).
 */
export interface RestartLedger {
  /** Takes note of what a look shows. `readLines` is asked once after each bad end, and must not reject. */
  note(look: LifeLook, readLines: () => Promise<readonly string[]>): Promise<Life>;
  /** Forgets every container but these. */
  keepOnly(ids: ReadonlySet<string>): void;
}

interface Entry {
  readonly count: RestartCount;
  readonly end: End;
  /** The end `lines` belong to. */
  readonly finishedAt: number;
  /** Shared by all who look while they are being read. */
  readonly lines: Promise<readonly string[]>;
}

/** `now` is ms since the epoch. */
export function createRestartLedger(now: () => number): RestartLedger {
  const entries = new Map<string, Entry>();
  return {
    async note(look, readLines) {
      const former = entries.get(look.id);
      const count = countRestarts(former?.count, look, now());
      const end = endOf(former, look);
      const entry = { count, end, finishedAt: look.finishedAt, lines: linesOf(former, look, readLines) };
      entries.set(look.id, entry);
      const { restarts, totalRestarts, currentRestarts } = count;
      return { ...end, restarts, totalRestarts, currentRestarts, lastLines: await entry.lines };
    },
    keepOnly(ids) {
      for (const id of entries.keys()) if (!ids.has(id)) entries.delete(id);
    },
  };
}

/** While it runs the engine says 0 of it, whatever was before. */
function endOf(former: Entry | undefined, { status, exitCode, oomKilled, finishedAt }: LifeLook): End {
  if (!isUp(status) || finishedAt === 0) return { exitCode, oomKilled };
  return former?.end ?? { exitCode: undefined, oomKilled: false };
}

function isUp(status: LifeLook['status']): boolean {
  return status === 'running' || status === 'paused';
}

function linesOf(
  former: Entry | undefined,
  look: LifeLook,
  readLines: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (former?.finishedAt === look.finishedAt) return former.lines;
  return endedBadly(former, look) ? readLines() : Promise.resolve([]);
}

/**
 * A container is meant to run on: every end is bad, also one it is up again from. An init container's is when it failed.
 * Of one that ran when it was first seen nobody asks: its log would be read with every start of the daemon.
 */
function endedBadly(former: Entry | undefined, { identity, status, exitCode, finishedAt }: LifeLook): boolean {
  if (finishedAt === 0 || (isUp(status) && former === undefined)) return false;
  const role = identity?.role;
  switch (role) {
    case 'container':
      return true;
    case 'init-container':
      return !isUp(status) && exitCode !== 0;
    case 'sandbox':
    case 'helper':
    case 'marker':
    case undefined:
      return false;
    default:
      return role satisfies never;
  }
}
