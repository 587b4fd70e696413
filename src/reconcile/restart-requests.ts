import type { DesiredSite } from '../model/desired.ts';
import type { ObservedHost, ObservedInstance } from '../model/observed.ts';
import { sandboxOf } from '../model/observed-instance.ts';
import { restartOf, type RestartRequest } from '../plan/restarts.ts';

/** What becomes of a request to restart an instance. */
export type RestartAnswer =
  | 'accepted'
  /** No host has it, or should. */
  | 'not-placed'
  /** One was asked for and is not done, or the instance is being made. */
  | 'under-way';

/** Restarts that were asked for, until they are noted on the engine. */
export interface RestartRequests {
  /** `instance`: `acme.shop.web-1`; `delayed`: with the delayed shutdown of its service, if it has one. */
  ask(instance: string, delayed: boolean, seen: Seen): RestartAnswer;
  /** Those still to be noted. One of which the sandbox has gone is done: its instance is made anew anyway. */
  pending(observed: ObservedHost): readonly RestartRequest[];
}

interface Seen {
  readonly desired: DesiredSite | undefined;
  /** undefined until everything was seen once. */
  readonly observed: ObservedHost | undefined;
}

export function createRestartRequests(): RestartRequests {
  let requests: readonly RestartRequest[] = [];
  return {
    ask(instance, delayed, { desired, observed }) {
      const application = applicationOf(instance);
      const wanted = desired?.applications[application]?.instances.some(({ key }) => key === instance) === true;
      if (!wanted || observed === undefined) return 'not-placed';
      const sandbox = sandboxOf(findInstance(instance, observed));
      if (sandbox === undefined) return 'under-way';
      if (restartOf(sandbox, observed.applications[application], requests) !== undefined) return 'under-way';
      requests = [...requests, { instance, sandboxId: sandbox.id, delayed }];
      return 'accepted';
    },
    pending(observed) {
      const isOpen = ({ instance, sandboxId }: RestartRequest) => {
        const sandbox = sandboxOf(findInstance(instance, observed));
        const seen = observed.applications[applicationOf(instance)];
        return sandbox?.id === sandboxId && restartOf(sandbox, seen, []) === undefined;
      };
      requests = requests.filter(isOpen);
      return requests;
    },
  };
}

/** `acme.shop` of `acme.shop.web-1`: no part of a name holds a dot (contract 2). */
function applicationOf(instance: string): string {
  return instance.slice(0, instance.lastIndexOf('.'));
}

function findInstance(instance: string, observed: ObservedHost): ObservedInstance | undefined {
  return observed.applications[applicationOf(instance)]?.instances[instance];
}
