import type { DesiredInstance } from '../model/desired.ts';
import { hasOtherValues } from '../model/made-from.ts';
import { sandboxOf } from '../model/observed-instance.ts';
import type { ObservedInstance } from '../model/observed.ts';
import type { UpgradeFacts } from './decision.ts';
import { findText, isInstanceOf } from './earlier-text.ts';
import type { Goal } from './goal.ts';
import { apparentReadiness, readinessOf, type Readiness } from './readiness.ts';
import { targetOf } from './stamp.ts';

/** How one desired instance stands in an upgrade. */
export interface Standing {
  readonly desired: DesiredInstance;
  readonly observed: ObservedInstance | undefined;
  /**
   * `made`: by this upgrade. `current`: of its version, and was so before. `unproven`: that too, but made by an upgrade to
   * another text of the version, of which nobody knows whether it came to its end.
   */
  readonly kind: 'absent' | 'outdated' | 'made' | 'unproven' | 'current';
  /** Of its version, and about to be brought to the text: that waits for no turn (contract 8.3). */
  readonly isChanging: boolean;
  readonly readiness: Readiness;
  readonly busy: boolean;
  /** When its sandbox was made, by the engine's clock; 0: it has none. */
  readonly madeAt: number;
}

/** By instance key. */
export type Standings = ReadonlyMap<string, Standing>;

/** `stamp`: of the upgrade that has begun; undefined: none has. */
export function standingsOf(goal: Goal, stamp: string | undefined, facts: UpgradeFacts): Standings {
  return new Map(
    goal.application.instances.map((desired) => [desired.key, standingOf(desired, { goal, stamp, facts })]),
  );
}

interface Around {
  readonly goal: Goal;
  readonly stamp: string | undefined;
  readonly facts: UpgradeFacts;
}

function standingOf(desired: DesiredInstance, { goal, stamp, facts }: Around): Standing {
  const observed = facts.instances[desired.key];
  const kind = kindOf(observed, goal, stamp);
  const isChanging = observed !== undefined && kind !== 'outdated' && isOtherwise(desired, observed);
  const busy = facts.busy.has(desired.key);
  const madeAt = sandboxOf(observed)?.createdAt ?? 0;
  return { desired, observed, kind, isChanging, busy, madeAt, readiness: howReady(desired, observed, { kind, facts }) };
}

/** It was made from another text, or with other values that come without an upgrade. */
function isOtherwise(desired: DesiredInstance, observed: ObservedInstance): boolean {
  const { variables } = desired;
  if (!isInstanceOf(desired, observed)) return true;
  return variables.onChange === 'restart' && hasOtherValues(variables, sandboxOf(observed)?.identity);
}

function kindOf(
  observed: ObservedInstance | undefined,
  { application, isOutdated, failed }: Goal,
  stamp: string | undefined,
): Standing['kind'] {
  if (observed === undefined) return 'absent';
  if (isOutdated(observed)) return 'outdated';
  const own = sandboxOf(observed)?.upgrade ?? '';
  if (own === '' || stamp === undefined) return 'current';
  if (own === stamp) return 'made';
  // What a rollback goes back to has proved itself before.
  return failed === undefined && targetOf(own) !== application.target ? 'unproven' : 'current';
}

/** An old instance is asked what its own text says, where that is known. */
function howReady(
  desired: DesiredInstance,
  observed: ObservedInstance | undefined,
  { kind, facts }: { readonly kind: Standing['kind']; readonly facts: UpgradeFacts },
): Readiness {
  if (kind !== 'outdated' || observed === undefined) return readinessOf(desired, observed);
  const text = findText(observed, [...facts.earlier, facts.desired]);
  return text === undefined ? apparentReadiness(observed) : readinessOf(text.instance, observed);
}

/** Whether it has been ready for so long. */
export function isHealthy({ readiness }: Standing, healthyTimeMs: number, now: number): boolean {
  return readiness.kind === 'ready' && readiness.since + healthyTimeMs <= now;
}
