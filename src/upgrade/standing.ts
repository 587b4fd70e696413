import type { DesiredInstance } from '../model/desired.ts';
import { sandboxOf } from '../model/observed-instance.ts';
import type { ObservedInstance } from '../model/observed.ts';
import type { UpgradeFacts } from './decision.ts';
import { findText } from './earlier-text.ts';
import type { Goal } from './goal.ts';
import { apparentReadiness, readinessOf, type Readiness } from './readiness.ts';

/** How one desired instance stands in an upgrade. */
export interface Standing {
  readonly desired: DesiredInstance;
  readonly observed: ObservedInstance | undefined;
  /** `made`: by this upgrade. `current`: of its version, and was so before. */
  readonly kind: 'absent' | 'outdated' | 'made' | 'current';
  readonly readiness: Readiness;
  readonly busy: boolean;
  /** When its sandbox was made, by the engine's clock; 0: it has none. */
  readonly madeAt: number;
}

/** By instance key. */
export type Standings = ReadonlyMap<string, Standing>;

export function standingsOf(goal: Goal, facts: UpgradeFacts): Standings {
  return new Map(goal.application.instances.map((desired) => [desired.key, standingOf(desired, goal, facts)]));
}

function standingOf(desired: DesiredInstance, goal: Goal, facts: UpgradeFacts): Standing {
  const observed = facts.instances[desired.key];
  const kind = kindOf(observed, goal);
  const busy = facts.busy.has(desired.key);
  const madeAt = sandboxOf(observed)?.createdAt ?? 0;
  return { desired, observed, kind, busy, madeAt, readiness: howReady(desired, observed, { kind, facts }) };
}

function kindOf(observed: ObservedInstance | undefined, { application, isOutdated }: Goal): Standing['kind'] {
  if (observed === undefined) return 'absent';
  if (isOutdated(observed)) return 'outdated';
  return sandboxOf(observed)?.upgrade === application.target ? 'made' : 'current';
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
