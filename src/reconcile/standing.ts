import { isUnderWay } from '../status/upgrade-state.ts';
import type { Standing } from '../store/store.ts';
import type { VersionChoice } from '../desired/choose-version.ts';
import type { ApplicationFacts } from '../status/application-state.ts';

/** Why an application is not, or not freely, reconciled, each with its sentence; undefined: it is no reason. */
export interface Hindrances {
  /** No good text of it is known. */
  readonly leftAlone: string | undefined;
  readonly choice: VersionChoice | undefined;
  readonly blocked: string | undefined;
  readonly held: string | undefined;
}

/** The sentence of the first of them. */
export function hindranceOf({ leftAlone, choice, blocked, held }: Hindrances): string | undefined {
  return leftAlone ?? unknownVersion(choice) ?? blocked ?? held;
}

/** The first that is true: what needs a person stands before what goes on by itself. */
export function standingOf(
  { leftAlone, choice, blocked, held }: Hindrances,
  { inForce, upgrade, hold }: Pick<ApplicationFacts, 'inForce' | 'upgrade' | 'hold'>,
): Standing {
  if (leftAlone !== undefined || inForce?.rejected !== undefined) return 'rejected';
  if (unknownVersion(choice) !== undefined || blocked !== undefined) return 'blocked';
  if (held !== undefined) return 'held';
  if (choice?.kind === 'awaited') return 'awaited';
  if (hold !== undefined && upgrade?.state !== 'aborted') return 'waiting';
  if (upgrade === undefined) return 'free';
  return isUnderWay(upgrade) ? 'upgrading' : 'aborted';
}

function unknownVersion(choice: VersionChoice | undefined): string | undefined {
  return choice?.kind === 'unknown' ? choice.reason : undefined;
}
