import type { Action, ActionKind } from '../model/plan.ts';
import type { ApplicationInput, ApplicationPlan } from './plan-application.ts';

interface FormerPlan extends Pick<ApplicationPlan, 'steps' | 'until'> {
  readonly input: ApplicationInput;
}

/**
 * The plan made before is good: nothing moved, and its time is not over. Steps that say what time it is are made anew,
 * but for those that are only shown.
 */
export function isStill({ input, steps, until }: FormerPlan, next: ApplicationInput): boolean {
  if (!sameInput(input, next) || next.now >= (until ?? Infinity)) return false;
  return next.now === input.now || !steps.some(({ action, awaits }) => awaits === undefined && isTimed(action));
}

const TIMED: readonly ActionKind[] = ['create-marker', 'begin-delayed-shutdown'];

function isTimed({ kind }: Action): boolean {
  return TIMED.includes(kind);
}

function sameInput(a: ApplicationInput, b: ApplicationInput): boolean {
  return (
    a.desired === b.desired &&
    a.earlier === b.earlier &&
    a.observed === b.observed &&
    a.sharedNetworks === b.sharedNetworks &&
    a.volumes.length === b.volumes.length &&
    a.volumes.every((volume, index) => volume === b.volumes[index]) &&
    a.images === b.images &&
    a.signers === b.signers &&
    a.subnet === b.subnet &&
    isSameSet(a.busy, b.busy) &&
    a.restarts.length === b.restarts.length &&
    a.restarts.every((restart, index) => restart === b.restarts[index]) &&
    isSameMap(a.freshPulls, b.freshPulls) &&
    isSameSet(a.mending, b.mending) &&
    JSON.stringify([a.hold, a.ongoing]) === JSON.stringify([b.hold, b.ongoing]) &&
    JSON.stringify(a.failedSteps) === JSON.stringify(b.failedSteps)
  );
}

function isSameMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}
