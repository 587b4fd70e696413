/** Waiting before trying again: at once, then 1, 2, 4 … 60 s (contract 8.6). */

const LONGEST_MS = 60_000;

/** A try this long ago is forgotten: the thing has been well since. */
const FORGOTTEN_AFTER_MS = 600_000;

export interface Tries {
  /** How often it was tried already. */
  readonly count: number;
  /** When it was tried last, ms since the epoch. */
  readonly at: number;
}

/** Delay before a further try after `count` of them, in ms, when the first repetition may be made at once. */
export function restartDelay(count: number): number {
  return count <= 1 ? 0 : Math.min(1000 * 2 ** (count - 2), LONGEST_MS);
}

/** The same for a step that failed: its first repetition waits, because nothing has changed yet. */
export function retryDelay(count: number): number {
  return restartDelay(count + 1);
}

/** The tries that still count at `now`. */
export function remembered<T extends Tries>(tries: T | undefined, now: number): T | undefined {
  return tries !== undefined && now - tries.at < FORGOTTEN_AFTER_MS ? tries : undefined;
}
