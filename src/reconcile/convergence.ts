import type { Narrator } from '../events.ts';
import type { Step } from '../model/plan.ts';
import { isAtRest as isHostAtRest } from '../plan/at-rest.ts';
import type { PlannedHost } from '../plan/plan-host.ts';

/** Whether a host has come to rest, and on which revision. */
export interface Convergence {
  /** Tells once that nothing is left to do for a revision, and again after something was. */
  note(planned: PlannedHost, inFlight: readonly Step[]): void;
  /** The newest revision after which nothing was left to do but what it wants to wait; '' before the first. */
  appliedRevision(): string;
}

export function createConvergence(host: string, narrate: Narrator): Convergence {
  let appliedRevision = '';
  let isAtRest = false;
  return {
    note(planned, inFlight) {
      const { plan } = planned;
      const wasAtRest = isAtRest && appliedRevision === plan.revision;
      isAtRest = isHostAtRest(planned) && inFlight.length === 0;
      if (!isAtRest) return;
      appliedRevision = plan.revision;
      if (!wasAtRest) narrate({ kind: 'converged', host, revision: plan.revision });
    },
    appliedRevision: () => appliedRevision,
  };
}
