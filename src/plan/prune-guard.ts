/** A revision that would remove much of what runs is more often a mistake than a wish (contract 2). */

/** This many removals are always carried out. */
const ALWAYS_ALLOWED = 3;

/** Removals that are too many to be carried out unasked, and all that runs beside them; application keys. */
export interface Pruning {
  readonly applications: readonly string[];
  /** Every application with instances, those to be removed among them. */
  readonly running: readonly string[];
}

/** What the history of the revision says about removing these applications together. */
export interface PruneVerdict {
  readonly applications: readonly string[];
  readonly allowed: boolean;
}

/** True when history has to say whether so many removals are meant. */
export function needsVerdict(removals: number): boolean {
  return removals > ALWAYS_ALLOWED;
}

/** True when so many removals wait for a commit with the trailer `Fairlead-Allow-Prune: true`. */
export function isMassRemoval(removals: number, running: number): boolean {
  return needsVerdict(removals) && removals * 2 > running;
}

export const MASS_REMOVAL_REASON =
  'the revision removes more than half of the running applications; ' +
  'if that is meant, push a commit with the trailer "Fairlead-Allow-Prune: true"';

/** As long as there is no verdict. */
export const PRUNE_CHECK_REASON =
  'the revision removes more than three running applications; whether it may is being checked against its history';
