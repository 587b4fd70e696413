/** A revision that would remove much of what runs is more often a mistake than a wish (contract 2). */

/** This many removals are always carried out. */
const ALWAYS_ALLOWED = 3;

/** True when so many removals wait for a commit with the trailer `Fairlead-Allow-Prune: true`. */
export function isMassRemoval(removals: number, running: number): boolean {
  return removals > ALWAYS_ALLOWED && removals * 2 > running;
}

export const MASS_REMOVAL_REASON =
  'the revision removes more than half of the running applications; ' +
  'if that is meant, push a commit with the trailer "Fairlead-Allow-Prune: true"';
