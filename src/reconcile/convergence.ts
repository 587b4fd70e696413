import type { Narrator } from '../events.ts';
import type { Plan, Step } from '../model/plan.ts';
import { isEmptyPlan } from '../plan/format.ts';

/** Whether a host has come to rest, and on which revision. */
export interface Convergence {
  /** Tells once that nothing is left to do for a revision, and again after something was. */
  note(plan: Plan, inFlight: readonly Step[]): void;
  /** The newest revision after which nothing was left to do; '' before the first. */
  appliedRevision(): string;
}

export function createConvergence(host: string, narrate: Narrator): Convergence {
  let appliedRevision = '';
  let isAtRest = false;
  return {
    note(plan, inFlight) {
      const wasAtRest = isAtRest && appliedRevision === plan.revision;
      isAtRest = isEmptyPlan(plan) && inFlight.length === 0;
      if (!isAtRest) return;
      appliedRevision = plan.revision;
      if (!wasAtRest) narrate({ kind: 'converged', host, revision: plan.revision });
    },
    appliedRevision: () => appliedRevision,
  };
}
