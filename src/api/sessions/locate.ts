import { sandboxOf } from '../../model/observed-instance.ts';
import type { ObservedContainer, ObservedHost } from '../../model/observed.ts';
import type { FoundInstance } from '../state/applications.ts';
import { conflict } from '../protocol/errors.ts';
import type { FoundContainer } from './find-container.ts';

// From what a path names to what is on the engine, as it was last seen: nothing here asks the engine.

/** What is known of the host. */
export interface HostSight {
  readonly status: 'up' | 'down';
  /** Why it is down. */
  readonly message: string;
  readonly observed: ObservedHost | undefined;
}

/** @throws ApiError 409 that says why it cannot be reached */
export function runningContainer(found: FoundContainer, sight: HostSight): ObservedContainer {
  const container = madeContainer(found, sight);
  const where = `${found.instance.name}: ${found.kind} ${found.name}`;
  if (container.status === 'running') return container;
  throw conflict(`${where} does not run, it is ${container.status}`);
}

/** Running or not. @throws ApiError 409 */
export function madeContainer(found: FoundContainer, sight: HostSight): ObservedContainer {
  const containers = instanceContainers(found, sight);
  const id = found.state?.id ?? '';
  const container = containers.find((one) => id !== '' && one.id.startsWith(id));
  if (container === undefined) throw conflict(`${found.instance.name}: ${found.kind} ${found.name} is not there yet`);
  return container;
}

/** What holds the network namespace of an instance. @throws ApiError 409 */
export function runningSandbox(found: FoundInstance, sight: HostSight): ObservedContainer {
  const sandbox = sandboxOf({ containers: instanceContainers(found, sight) });
  if (sandbox?.status !== 'running') throw conflict(`${found.instance.name} does not run, so it has no network`);
  return sandbox;
}

function instanceContainers({ entry, instance }: FoundInstance, sight: HostSight): readonly ObservedContainer[] {
  const { name, host, 'error-message': reason } = instance;
  if (host === '') throw conflict(`${name} is on no host${reason === undefined ? '' : `: ${reason}`}`);
  if (sight.status === 'down') throw conflict(`host ${host} does not answer: ${sight.message}`);
  const application = sight.observed?.applications[`${entry.tenant}.${entry.name}`];
  const ids = [...instance['init-containers'], ...instance.containers].flatMap(({ id }) => (id === '' ? [] : [id]));
  const groups = [...Object.values(application?.instances ?? {}), ...(application?.lingering ?? [])];
  const byId = groups.find(({ containers }) => containers.some((one) => ids.some((id) => one.id.startsWith(id))));
  const byName = application?.instances[`${entry.tenant}.${entry.name}.${name}`];
  return (byId ?? (instance.lingering === true ? undefined : byName))?.containers ?? [];
}
