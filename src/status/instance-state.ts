import type { DesiredApplication, DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { shortInstanceName } from '../model/names.ts';
import type { ObservedInstance } from '../model/observed.ts';
import { containerState } from './container-state.ts';
import type { ContainerState, InstanceState, OperStatus, SystemInstanceState } from './documents.ts';

export interface InstanceFacts {
  readonly application: DesiredApplication;
  readonly desired: DesiredInstance;
  readonly observed: ObservedInstance | undefined;
  readonly host: string;
  /** Message of the failed step with this id. */
  readonly failures: ReadonlyMap<string, string>;
  readonly now: number;
}

/** Docker's own name server serves its aliases with this TTL (engine-notes M). */
const ALIAS_TTL_S = 600;

/** One service instance, as the API shows it. */
export function instanceState(facts: InstanceFacts): InstanceState {
  const { application, desired, observed, host, now } = facts;
  const containers = desired.containers.map((wanted) =>
    containerState({ desired: wanted, observed: find(observed, wanted), failure: failureOf(facts, wanted), now }),
  );
  const status = instanceStatus(facts, containers);
  const message = containers.find((container) => container['error-message'] !== undefined);
  const version = runningVersion(observed) ?? application.version;
  return {
    name: shortInstanceName(desired.name),
    ...(version === undefined ? {} : { 'application-version': version }),
    'oper-status': status,
    ...(message === undefined ? {} : { 'error-message': `${message.name}: ${message['error-message'] ?? ''}` }),
    ready: containers.length > 0 && containers.every((container) => container.ready),
    host,
    'application-network': networkState(facts),
    'gateway-network': { ips: [] },
    'ephemeral-volumes': [],
    'persistent-volumes': [],
    'init-containers': [],
    containers,
  };
}

/** The provider's view of an instance: long names, with tenant and application (avassa-reference 5.2). */
export function systemInstanceState(state: InstanceState, tenant: string, application: string): SystemInstanceState {
  const name = `${tenant}.${application}.${state.name}`;
  const containers = state.containers.map((container) => ({ ...container, name: `${name}.${container.name}` }));
  return { ...state, name, tenant, application, containers };
}

/** failed, error, upgrading, starting, running: the first that any container has (contract 6). */
function instanceStatus({ application, observed }: InstanceFacts, containers: readonly ContainerState[]): OperStatus {
  const has = (status: OperStatus) => containers.some((container) => container['oper-status'] === status);
  if (has('failed')) return 'failed';
  if (has('error')) return 'error';
  const version = runningVersion(observed);
  if (observed !== undefined && version !== application.version) return 'upgrading';
  return has('starting') ? 'starting' : 'running';
}

function runningVersion(observed: ObservedInstance | undefined): string | undefined {
  return observed?.containers.find(({ identity }) => identity?.role === 'sandbox')?.identity?.applicationVersion;
}

function find(observed: ObservedInstance | undefined, { container, configHash }: DesiredContainer) {
  const named = observed?.containers.filter(
    ({ identity }) => identity?.role === 'container' && identity.container === container,
  );
  return named?.find(({ identity }) => identity?.configHash === configHash) ?? named?.[0];
}

/** The first failed step that this container waits for, in the order they are taken. */
function failureOf({ application, desired, failures }: InstanceFacts, container: DesiredContainer): string | undefined {
  const steps = [
    `create network ${application.network}`,
    `make sandbox image ${desired.sandbox.image}`,
    `pull image ${container.image}`,
    `create sandbox ${desired.sandbox.name}`,
    `start container ${desired.sandbox.name}`,
    `create container ${container.name}`,
    `start container ${container.name}`,
  ];
  return steps.map((step) => failures.get(step)).find((message) => message !== undefined);
}

function networkState({ application, desired, observed }: InstanceFacts): InstanceState['application-network'] {
  const sandbox = observed?.containers.find(({ identity }) => identity?.role === 'sandbox');
  const address = sandbox?.addresses[application.network] ?? '';
  if (address === '') return { ips: [], 'dns-records': [] };
  const ip = address.replace(/\/.*/, '');
  const names = [shortInstanceName(desired.name), desired.name.service];
  const records = names.map((name) => `${name}.${desired.name.application}.internal. ${ALIAS_TTL_S} IN A ${ip}`);
  return { ips: [address], 'dns-records': records };
}
