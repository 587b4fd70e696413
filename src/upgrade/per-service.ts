import { shortInstanceName } from '../model/names.ts';
import type { Turn } from './decision.ts';
import type { Batch, Stage } from './stages.ts';
import { isHealthy, type Standing, type Standings } from './standing.ts';

/** How the turns of an upgrade fall now. */
export interface Turns {
  readonly turns: ReadonlyMap<string, Turn>;
  /** `web-1 to be ready`; '' when nothing is left to be waited for: the upgrade is over. */
  readonly awaits: string;
  /** When that has come to pass, if nothing happens; undefined: that is not told by the clock. */
  readonly until: number | undefined;
  /** The number of the batch that is open; 0: none is. */
  readonly batch: number;
  /** Keys of the instances that have to prove themselves. */
  readonly proving: readonly string[];
  /** When the turns may fall otherwise though nothing happens, ms since the epoch; undefined: never. */
  readonly wakeAt: number | undefined;
}

/**
 * One stage after the other, and in each one batch after the other (contract 8.4). NOTHING IS REMEMBERED: a batch is open
 * as long as something in it is being made, or has not been ready for its healthy-time, and while one is, no other is
 * opened. Whoever carries on after a crash sees the same.
 */
export function turnsOf(stages: readonly Stage[], standings: Standings, now: number): Turns {
  const places = stages.flatMap((stage, index) =>
    stage.batches.flatMap((batch) => batch.instances.map((desired) => placeOf(desired.key, { stage, index, batch }))),
  );
  function placeOf(key: string, at: { readonly stage: Stage; readonly index: number; readonly batch: Batch }): Place {
    const standing = standings.get(key);
    if (standing === undefined) throw new TypeError(`instance ${key} has no standing`);
    return { ...at, standing, isPending: isPending(standing, at.stage, now) };
  }
  const running = new Set(places.flatMap(({ standing }) => (standing.observed ? [standing.desired.name.service] : [])));
  const current = places.find(({ standing, isPending }) => isPending || standing.kind === 'outdated')?.index;
  const isFree = ({ index, standing }: Place) => index === current || running.has(standing.desired.name.service);
  const pending = places.filter((place) => place.isPending && (place.standing.kind !== 'absent' || isFree(place)));
  const stage = places.filter(({ index }) => index === current);
  const picked = pick(stage, pending, now);
  const waiting = waitFor(pending, { stage, picked }, now);
  const batches = stages.flatMap((one) => one.batches).reduce((most, { number }) => Math.max(most, number), 0);
  const turns = places.flatMap((place): [string, Turn][] => {
    const { standing } = place;
    const batch = place.batch.number === 0 || batches < 2 ? '' : `batch ${place.batch.number} of ${batches}`;
    const { key } = standing.desired;
    if (picked.has(place) || (standing.kind === 'absent' && isFree(place))) return [[key, { kind: 'now', batch }]];
    const waits = standing.kind === 'absent' || standing.kind === 'outdated';
    return waits ? [[key, { kind: 'later', batch, ...waiting }]] : [];
  });
  const open = [...picked, ...pending][0]?.batch.number ?? 0;
  return {
    turns: new Map(turns),
    ...(current === undefined ? OVER : waiting),
    batch: open,
    proving: pending.map(({ standing }) => standing.desired.key),
    wakeAt: nextTime(places, now),
  };
}

const OVER = { awaits: '', until: undefined };

/** An instance in its place in the upgrade. */
interface Place {
  readonly stage: Stage;
  readonly index: number;
  readonly batch: Batch;
  readonly standing: Standing;
  /** It is to be made or changed, or was made by an upgrade and has to prove itself. */
  readonly isPending: boolean;
}

function isPending(standing: Standing, { healthyTimeMs }: Stage, now: number): boolean {
  switch (standing.kind) {
    case 'absent':
      return true;
    case 'made':
    case 'unproven':
      return standing.busy || standing.isChanging || !isHealthy(standing, healthyTimeMs, now);
    case 'outdated':
      return standing.busy;
    case 'current':
      return standing.isChanging;
    default:
      return standing.kind satisfies never;
  }
}

/**
 * The old instances of the stage whose turn it is. Those that are down or being worked on come first, and they count
 * (contract 8.4); to make anew what is down takes nothing away from anybody.
 */
function pick(stage: readonly Place[], pending: readonly Place[], now: number): ReadonlySet<Place> {
  const outdated = stage.filter(({ standing }) => standing.kind === 'outdated');
  const batches = openBatches(stage, pending, now);
  const candidates = outdated.filter((place) => batches.has(place.batch));
  const down = candidates.filter(isDown);
  if (batches.size > 1) return new Set(down);
  const elsewhere = stage.filter((place) => !batches.has(place.batch) && (isDown(place) || isUnknown(place, now)));
  const made = pending.filter(({ standing }) => standing.kind !== 'outdated');
  const room = Math.max(0, (stage[0]?.stage.inParallel ?? 0) - elsewhere.length - made.length - down.length);
  return new Set([...down, ...candidates.filter((place) => !isDown(place)).slice(0, room)]);
}

function isDown({ standing }: Place): boolean {
  return standing.busy || standing.readiness.kind === 'unready';
}

/** The batch that is open; where none is, the one to be opened, once it is known how all of them are. */
function openBatches(stage: readonly Place[], pending: readonly Place[], now: number): ReadonlySet<Batch> {
  const open = new Set(pending.map(({ batch }) => batch));
  if (open.size > 0) return open;
  const outdated = stage.filter(({ standing }) => standing.kind === 'outdated');
  const next = outdated.find(({ standing }) => standing.readiness.kind === 'unready') ?? outdated[0];
  return new Set(next === undefined || firstAnswers(stage, now) !== undefined ? [] : [next.batch]);
}

/** Until when is waited to hear how those are that were there before; undefined: it is known, or waited for no more. */
function firstAnswers(stage: readonly Place[], now: number): number | undefined {
  const untils = stage.flatMap(({ standing: { readiness } }) =>
    readiness.kind === 'unknown' && readiness.until > now ? [readiness.until] : [],
  );
  return untils.length === 0 ? undefined : Math.max(...untils);
}

function isUnknown({ standing: { readiness } }: Place, now: number): boolean {
  return readiness.kind === 'unknown' && readiness.until > now;
}

function nextTime(places: readonly Place[], now: number): number | undefined {
  const times = places.flatMap(({ stage, standing: { readiness, kind }, isPending }) => {
    if (readiness.kind === 'unknown') return [readiness.until];
    return readiness.kind === 'ready' && isPending && kind !== 'outdated'
      ? [readiness.since + stage.healthyTimeMs]
      : [];
  });
  const coming = times.filter((time) => time > now);
  return coming.length === 0 ? undefined : Math.min(...coming);
}

interface Around {
  readonly stage: readonly Place[];
  readonly picked: ReadonlySet<Place>;
}

/** In words, what the rest waits for. */
function waitFor(
  pending: readonly Place[],
  { stage, picked }: Around,
  now: number,
): { readonly awaits: string; readonly until: number | undefined } {
  const unready = [...new Set([...picked, ...pending])].filter(({ standing }) => isInWork(standing));
  if (unready.length > 0) return { awaits: `${names(unready)} to be ready`, until: undefined };
  if (pending.length > 0) {
    const untils = pending.map(({ stage: { healthyTimeMs }, standing: { readiness } }) =>
      readiness.kind === 'ready' ? readiness.since + healthyTimeMs : 0,
    );
    return { awaits: `${names(pending)} to have been ready for the healthy-time`, until: Math.max(...untils) };
  }
  const until = firstAnswers(stage, now);
  if (until !== undefined) return { awaits: 'the probes of the old instances to answer', until };
  // They count, so that nobody else may be taken down.
  return { awaits: `${names(stage.filter(isDown))} to be ready`, until: undefined };
}

/** It is not ready, or will not stay so. */
function isInWork({ readiness, kind, busy, isChanging }: Standing): boolean {
  return readiness.kind !== 'ready' || kind === 'outdated' || busy || isChanging;
}

function names(places: readonly Place[]): string {
  const all = places.map(({ standing }) => shortInstanceName(standing.desired.name));
  return all.length > 3 ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} more` : all.join(', ');
}
