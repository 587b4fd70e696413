import { containerName } from '../../model/names.ts';
import { sandboxOf } from '../../model/observed-instance.ts';
import type { ObservedContainer, ObservedHost, ObservedLog } from '../../model/observed.ts';
import { logToKeep } from '../../plan/keep-log.ts';
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
function madeContainer(found: FoundContainer, sight: HostSight): ObservedContainer {
  const container = containerIn(instanceContainers(found, sight), found);
  if (container === undefined) throw conflict(`${found.instance.name}: ${found.kind} ${found.name} is not there yet`);
  return container;
}

function containerIn(containers: readonly ObservedContainer[], { state }: FoundContainer) {
  const id = state?.id ?? '';
  return containers.find((one) => id !== '' && one.id.startsWith(id));
}

/** What is left of what a container said, and of those that had its name before. */
export interface FoundLogs {
  /** undefined: it is not there, and some are kept. */
  readonly container: ObservedContainer | undefined;
  /** Of containers that are gone, oldest first (contract 8.13). */
  readonly kept: readonly ObservedLog[];
}

/** @param dryRun what is kept cannot be read without making something @throws ApiError 409 where there is neither, or the host does not answer */
export function findLogs(found: FoundContainer, sight: HostSight, dryRun: boolean): FoundLogs {
  const { entry, instance } = found;
  const name = `${entry.tenant}.${entry.name}.${instance.name}.${found.name}`;
  const ofName = (sight.observed?.logs ?? []).filter(({ identity }) => nameIn(identity) === name);
  // What lives on has the name of what succeeds it.
  const isNamed = sight.status === 'up' && instance.lingering !== true;
  if (dryRun || !isNamed || ofName.length === 0) return { container: madeContainer(found, sight), kept: [] };
  const container = instance.host === '' ? undefined : containerIn(instanceContainers(found, sight), found);
  // It is copied before its container goes.
  const copied = container && logToKeep(container)?.volume;
  const kept = ofName.filter((log) => log.name !== copied);
  return { container, kept: kept.sort((a, b) => a.endedAt - b.endedAt) };
}

function nameIn(identity: ObservedLog['identity']): string {
  return containerName(identity, identity.container);
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
