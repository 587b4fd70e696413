import type { ApplicationName, Role } from '../model/names.ts';
import type { ObservedContainer, ObservedInstance, ObservedVolume } from '../model/observed.ts';
import { hasCompleted } from '../plan/init-containers.ts';
import { containerState } from './container-state.ts';
import type { InstanceState } from './documents.ts';
import { initContainerState } from './init-container-state.ts';
import { runningVersion, sandboxOf, sandboxRuns } from '../model/observed-instance.ts';
import { containerMessage, toInstanceState } from './instance-document.ts';
import { foundVolumes } from './volume-state.ts';

export interface ObservedInstanceFacts {
  readonly application: ApplicationName;
  readonly observed: ObservedInstance;
  /** The volumes of its application. */
  readonly volumes: readonly ObservedVolume[];
  readonly host: string;
  readonly now: number;
}

/** An instance that runs on though nobody knows what it should be: shown as it is (contract 2: left alone). */
export function observedInstanceState(facts: ObservedInstanceFacts): InstanceState {
  const { application, observed, volumes, host, now } = facts;
  const { service, index } = observed;
  // An old one that lives on has the volumes of the number it was made with.
  const made = observed.containers[0]?.identity?.index ?? index;
  const shared = { desired: undefined, failure: undefined, now };
  const containers = withRole(observed, 'container').map((container) =>
    containerState({ ...shared, name: nameOf(container), observed: container, concern: undefined, ports: [] }),
  );
  const sandbox = sandboxOf(observed);
  const initContainers = withRole(observed, 'init-container').map((container) => {
    const completed = hasCompleted(container, sandbox);
    return initContainerState({ ...shared, name: nameOf(container), observed: container, completed });
  });
  const worst = containers.map((container) => container['oper-status']).find((status) => status !== 'running');
  return toInstanceState({
    name: { ...application, service, index },
    observed,
    host,
    initContainers,
    containers,
    volumes: foundVolumes(volumes.filter(({ identity }) => identity.service === service && identity.index === made)),
    status: worst ?? (sandboxRuns(observed) ? 'running' : 'starting'),
    message: containerMessage(containers),
    version: runningVersion(observed),
  });
}

function withRole({ containers }: ObservedInstance, role: Role): readonly ObservedContainer[] {
  return containers.filter(({ identity }) => identity?.role === role);
}

function nameOf({ identity, name }: ObservedContainer): string {
  return identity?.container ?? name;
}
