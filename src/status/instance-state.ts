import type { DesiredApplication, DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { applicationKey, shortInstanceName, type ApplicationName, type InstanceName } from '../model/names.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
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
  const { application, desired, observed, now } = facts;
  const containers = desired.containers.map((wanted) =>
    containerState({
      name: wanted.container,
      observed: find(observed, wanted),
      failure: failureOf(facts, wanted),
      now,
    }),
  );
  const status = instanceStatus(facts, containers);
  const waits = status === 'upgrading' || status === 'failed';
  const message = containerMessage(containers) ?? (waits ? firstFailure(facts) : undefined);
  const version = runningVersion(observed) ?? application.version;
  return toState({ name: desired.name, observed, host: facts.host, containers, status, message, version });
}

/** An instance that runs on though nobody knows what it should be: shown as it is (contract 2: left alone). */
export function observedInstanceState(
  name: ApplicationName,
  observed: ObservedInstance,
  { host, now }: { readonly host: string; readonly now: number },
): InstanceState {
  const containers = observed.containers
    .filter(({ identity }) => identity?.role === 'container')
    .map((container) => {
      const called = container.identity?.container ?? container.name;
      return containerState({ name: called, observed: container, failure: undefined, now });
    });
  const worst = containers.map((container) => container['oper-status']).find((status) => status !== 'running');
  const status = worst ?? (sandboxRuns(observed) ? 'running' : 'starting');
  const { service, index } = observed;
  const [message, version] = [containerMessage(containers), runningVersion(observed)];
  return toState({ name: { ...name, service, index }, observed, host, containers, status, message, version });
}

interface StateParts {
  readonly name: InstanceName;
  readonly observed: ObservedInstance | undefined;
  readonly host: string;
  readonly containers: readonly ContainerState[];
  readonly status: OperStatus;
  readonly message: string | undefined;
  readonly version: string | undefined;
}

function toState({ name, observed, host, containers, status, message, version }: StateParts): InstanceState {
  return {
    name: shortInstanceName(name),
    ...(version === undefined ? {} : { 'application-version': version }),
    'oper-status': status,
    ...(message === undefined ? {} : { 'error-message': message }),
    ready: sandboxRuns(observed) && containers.length > 0 && containers.every((container) => container.ready),
    host,
    'application-network': networkState(name, observed),
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
function instanceStatus(facts: InstanceFacts, containers: readonly ContainerState[]): OperStatus {
  const { observed } = facts;
  const has = (status: OperStatus) => containers.some((container) => container['oper-status'] === status);
  if (has('failed') || (!sandboxRuns(observed) && firstFailure(facts) !== undefined)) return 'failed';
  if (has('error')) return 'error';
  if (observed !== undefined && isOutdated(observed, facts)) return 'upgrading';
  return has('starting') || !sandboxRuns(observed) ? 'starting' : 'running';
}

/** Something in it was made from an earlier text; what is not there yet is merely starting. */
function isOutdated(observed: ObservedInstance, { application, desired }: InstanceFacts): boolean {
  if (runningVersion(observed) !== application.version) return true;
  return desired.containers.some((wanted) => {
    const found = find(observed, wanted);
    return found !== undefined && found.identity?.configHash !== wanted.configHash;
  });
}

function containerMessage(containers: readonly ContainerState[]): string | undefined {
  const telling = containers.find((container) => container['error-message'] !== undefined);
  return telling === undefined ? undefined : `${telling.name}: ${telling['error-message'] ?? ''}`;
}

/** What an upgrade or a repair waits for while containers run on: said, so that nobody waits in vain. */
function firstFailure(facts: InstanceFacts): string | undefined {
  const waiting = facts.desired.containers.map((wanted) => ({ wanted, failure: failureOf(facts, wanted) }));
  const first = waiting.find(({ failure }) => failure !== undefined);
  return first === undefined ? undefined : `${first.wanted.container}: ${first.failure ?? ''}`;
}

/** Of the sandbox, which is made first; without one, of whatever is left. */
function runningVersion(observed: ObservedInstance | undefined): string | undefined {
  return (sandboxOf(observed) ?? observed?.containers[0])?.identity?.applicationVersion;
}

function sandboxOf(observed: ObservedInstance | undefined): ObservedContainer | undefined {
  return observed?.containers.find(({ identity }) => identity?.role === 'sandbox');
}

/** Without it the containers have no network, whatever they are doing. */
function sandboxRuns(observed: ObservedInstance | undefined): boolean {
  return sandboxOf(observed)?.status === 'running';
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
    `stop container ${container.name}`,
    `remove container ${container.name}`,
    `remove container ${desired.sandbox.name}`,
    `create sandbox ${desired.sandbox.name}`,
    `start container ${desired.sandbox.name}`,
    `create container ${container.name}`,
    `start container ${container.name}`,
    `unpause container ${container.name}`,
  ];
  return steps.map((step) => failures.get(step)).find((message) => message !== undefined);
}

function networkState(
  name: InstanceName,
  observed: ObservedInstance | undefined,
): InstanceState['application-network'] {
  const address = sandboxOf(observed)?.addresses[applicationKey(name)] ?? '';
  if (address === '') return { ips: [], 'dns-records': [] };
  const ip = address.replace(/\/.*/, '');
  const hosts = [shortInstanceName(name), name.service];
  const records = hosts.map((host) => `${host}.${name.application}.internal. ${ALIAS_TTL_S} IN A ${ip}`);
  return { ips: [address], 'dns-records': records };
}
