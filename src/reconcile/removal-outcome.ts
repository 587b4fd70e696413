import { startableSteps } from '../execute/lanes.ts';
import { isEmptyPlan } from '../plan/format.ts';
import type { HostView } from './host-loop.ts';
import type { Outcome } from './outcome.ts';

/** A host that does not answer is given this long, as contract 8.8 does. */
const PATIENCE_MS = 15_000;
/** A step has failed when it did so this often: the first time may be bad luck. */
const TRIES = 3;

const GOING_ON: Outcome = { done: false };

/**
 * How the removal of everything stands. Done when nothing is left to do, or when only steps are left that failed again
 * and again; what lives on in its delayed shutdown is waited for. `now`: ms since the epoch.
 */
export function judgeRemoval(host: HostView, now: number): Outcome {
  if (host.tried && host.status === 'down') {
    return now - host.changedAt < PATIENCE_MS ? GOING_ON : { done: true, failures: [host.message] };
  }
  const { plan, inFlight } = host;
  if (!host.holdsLease || plan === undefined || inFlight.length > 0) return GOING_ON;
  if (isEmptyPlan(plan)) return { done: true, failures: [] };
  // So many removals are allowed at the next look.
  if (plan.held.length > 0 || startableSteps(plan, inFlight).length > 0) return GOING_ON;
  const failed = new Map(
    host.attempts.filter(({ error, count }) => error !== '' && count >= TRIES).map((one) => [one.stepId, one.error]),
  );
  if (plan.later.some(({ step }) => !failed.has(step.id))) return GOING_ON;
  return { done: true, failures: plan.later.map(({ step }) => `${step.id}: ${failed.get(step.id) ?? ''}`) };
}
