import { sharedNetworkOf, shortInstanceName, type InstanceName } from '../model/names.ts';
import { sandboxOf, sandboxRuns } from '../model/observed-instance.ts';
import type { ObservedInstance } from '../model/observed.ts';
import type {
  ContainerState,
  InitContainerState,
  InstanceState,
  OperStatus,
  SystemInstanceState,
} from './documents.ts';
import { ofKind, type ShownVolume } from './volume-state.ts';

/** Docker's own name server serves its aliases with this TTL (engine-notes M). */
const ALIAS_TTL_S = 600;

export interface StateParts {
  readonly name: InstanceName;
  readonly observed: ObservedInstance | undefined;
  readonly host: string;
  readonly initContainers: readonly InitContainerState[];
  readonly containers: readonly ContainerState[];
  readonly volumes: readonly ShownVolume[];
  readonly status: OperStatus;
  readonly message: string | undefined;
  /** What it waits for; undefined: nothing. */
  readonly progress?: string | undefined;
  readonly version: string | undefined;
}

/** The document of an instance, in the order of the sample (avassa-reference 5.4). */
export function toInstanceState(parts: StateParts): InstanceState {
  const { name, observed, host, initContainers, containers, volumes, status, message, progress, version } = parts;
  const network = networkState(name, observed);
  return {
    name: shortInstanceName(name),
    ...(version === undefined ? {} : { 'application-version': version }),
    'oper-status': status,
    ...(message === undefined ? {} : { 'error-message': message }),
    ...(progress === undefined ? {} : { progress }),
    ready: sandboxRuns(observed) && containers.length > 0 && containers.every((container) => container.ready),
    host,
    'application-network': network,
    // The one network it is on is also the one it leaves by.
    'gateway-network': { ips: network.ips },
    'ephemeral-volumes': ofKind(volumes, 'ephemeral'),
    'persistent-volumes': ofKind(volumes, 'persistent'),
    'init-containers': initContainers,
    containers,
  };
}

/** The provider's view of an instance: long names, with tenant and application (avassa-reference 5.2). */
export function systemInstanceState(state: InstanceState, tenant: string, application: string): SystemInstanceState {
  const name = `${tenant}.${application}.${state.name}`;
  const long = <C extends { readonly name: string }>(container: C): C => ({
    ...container,
    name: `${name}.${container.name}`,
  });
  return {
    ...state,
    name,
    tenant,
    application,
    'init-containers': state['init-containers'].map(long),
    containers: state.containers.map(long),
  };
}

/** What the first container with something to say says. */
export function containerMessage(
  containers: readonly Pick<ContainerState, 'name' | 'error-message'>[],
): string | undefined {
  const telling = containers.find((container) => container['error-message'] !== undefined);
  return telling === undefined ? undefined : `${telling.name}: ${telling['error-message'] ?? ''}`;
}

function networkState(
  name: InstanceName,
  observed: ObservedInstance | undefined,
): InstanceState['application-network'] {
  const [network = '', address = ''] = Object.entries(sandboxOf(observed)?.addresses ?? {})[0] ?? [];
  const shared = sharedNetworkOf(network);
  const sharing = shared === undefined ? {} : { 'shared-application-network': shared };
  if (address === '') return { ...sharing, ips: [], 'dns-records': [] };
  const ip = address.replace(/\/.*/, '');
  // An old one that lives on has another number, and keeps its names (contract 8.11).
  const made = sandboxOf(observed)?.identity?.index ?? name.index;
  const hosts = [shortInstanceName({ ...name, index: made }), name.service];
  const records = hosts.map((host) => `${host}.${name.application}.internal. ${ALIAS_TTL_S} IN A ${ip}`);
  return { ...sharing, ips: [address], 'dns-records': records };
}
