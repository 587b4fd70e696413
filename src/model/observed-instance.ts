import type { ObservedContainer, ObservedInstance } from './observed.ts';

// What the containers of an instance say of it as a whole.

export function sandboxOf(observed: Pick<ObservedInstance, 'containers'> | undefined): ObservedContainer | undefined {
  return observed?.containers.find(({ identity }) => identity?.role === 'sandbox');
}

/** Without it the containers have no network, whatever they are doing. */
export function sandboxRuns(observed: ObservedInstance | undefined): boolean {
  return sandboxOf(observed)?.status === 'running';
}

/** Of the sandbox, which is made first; without one, of whatever is left. */
export function runningVersion(observed: ObservedInstance | undefined): string | undefined {
  return (sandboxOf(observed) ?? observed?.containers[0])?.identity?.applicationVersion;
}
