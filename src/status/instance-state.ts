import type { ServiceSpec } from '../model/application-spec.ts';
import type { DesiredInstance, UnplacedInstance } from '../model/desired.ts';
import { hasOtherValues, isMadeFrom } from '../model/made-from.ts';
import type { ObservedInstance, ObservedVolume } from '../model/observed.ts';
import { pendingInitContainers } from '../plan/init-containers.ts';
import { sortContainers, type SortedContainers } from '../plan/sort-containers.ts';
import { containerState } from './container-state.ts';
import type { ContainerState, InitContainerState, InstanceState, OperStatus, PortState } from './documents.ts';
import { initContainerState } from './init-container-state.ts';
import { runningVersion, sandboxRuns } from '../model/observed-instance.ts';
import { containerMessage, toInstanceState } from './instance-document.ts';
import { concernOf, failureOf, firstFailure, type FailureFacts } from './instance-failures.ts';
import { wantedVolumes } from './volume-state.ts';

export interface InstanceFacts extends FailureFacts {
  readonly observed: ObservedInstance | undefined;
  /** The volumes of its application. */
  readonly volumes: readonly ObservedVolume[];
  /** Its service in the specification in force. */
  readonly spec: ServiceSpec | undefined;
  readonly host: string;
  /** Of an upgrade: what the instance waits for; undefined: nothing. */
  readonly progress: string | undefined;
  /** It stays in its version until the next commit. */
  readonly stays: boolean;
  readonly now: number;
}

/** One service instance, as the API shows it. */
export function instanceState(facts: InstanceFacts): InstanceState {
  const { application, desired, observed, host, spec } = facts;
  const sorted = sortContainers(desired, observed);
  const initContainers = initContainerStates(facts, sorted);
  const containers = containerStates(facts, sorted);
  const status = instanceStatus(facts, { initContainers, containers }, sorted);
  const waits = (status === 'upgrading' && facts.progress === undefined) || status === 'failed';
  return toInstanceState({
    name: desired.name,
    observed,
    host,
    initContainers,
    containers,
    volumes: wantedVolumes(desired, facts.volumes, spec),
    status,
    message: containerMessage([...initContainers, ...containers]) ?? (waits ? firstFailure(facts) : undefined),
    progress: facts.progress,
    version: runningVersion(observed) ?? application.version,
  });
}

/** One that no host can take is listed all the same (contract 6). */
export function unplacedInstanceState({ name, reason }: UnplacedInstance, version: string | undefined): InstanceState {
  return toInstanceState({
    name,
    observed: undefined,
    host: '',
    initContainers: [],
    containers: [],
    volumes: [],
    status: 'error',
    message: reason,
    version,
  });
}

function initContainerStates(facts: InstanceFacts, sorted: SortedContainers): readonly InitContainerState[] {
  const { sandbox } = sorted;
  const pending = new Set(
    sandbox === undefined ? sorted.initContainers : pendingInitContainers({ ...sorted, sandbox }),
  );
  return sorted.initContainers.map((pair) =>
    initContainerState({
      name: pair.desired.container,
      ...pair,
      completed: !pending.has(pair),
      failure: failureOf(facts, pair.desired),
      now: facts.now,
    }),
  );
}

function containerStates(facts: InstanceFacts, { members, sandbox }: SortedContainers): readonly ContainerState[] {
  return members.map(({ desired, observed }) =>
    containerState({
      name: desired.container,
      desired,
      observed,
      failure: failureOf(facts, desired),
      concern: concernOf(facts, desired),
      ports: portStates(facts.spec, desired.container, sandbox?.ports ?? []),
      now: facts.now,
    }),
  );
}

/** The sandbox has the ports of every container; the specification says whose is which. */
function portStates(
  spec: ServiceSpec | undefined,
  container: string,
  open: NonNullable<SortedContainers['sandbox']>['ports'],
): readonly PortState[] {
  const wanted = spec?.containers?.find(({ name }) => name === container)?.ports ?? [];
  const isIts = (port: number, protocol: string) =>
    wanted.some((one) => one['container-port'] === port && (one.protocol ?? 'tcp') === protocol);
  return open
    .filter(({ containerPort, protocol }) => isIts(containerPort, protocol))
    .map(({ containerPort, protocol, hostIp, hostPort }) => ({
      'container-port': containerPort,
      protocol,
      'host-ip': hostIp,
      'host-port': hostPort,
    }));
}

interface States {
  readonly initContainers: readonly InitContainerState[];
  readonly containers: readonly ContainerState[];
}

/** failed, error, upgrading, starting, running: the first that any container has (contract 6). */
function instanceStatus(
  facts: InstanceFacts,
  { initContainers, containers }: States,
  sorted: SortedContainers,
): OperStatus {
  const statuses = new Set([...initContainers, ...containers].map((container) => container['oper-status']));
  const hasBegun = sandboxRuns(facts.observed);
  if (statuses.has('failed') || (!hasBegun && firstFailure(facts) !== undefined)) return 'failed';
  if (statuses.has('error')) return 'error';
  if (facts.progress !== undefined || (!facts.stays && isOutdated(facts, sorted))) return 'upgrading';
  const isPreparing = initContainers.some((container) => container['oper-status'] !== 'completed');
  return isPreparing || statuses.has('starting') || !hasBegun ? 'starting' : 'running';
}

/** Its values are others now, and it will be given them. */
function waitsForValues({ variables }: DesiredInstance, { sandbox }: SortedContainers): boolean {
  return sandbox !== undefined && variables.onChange !== 'ignore' && hasOtherValues(variables, sandbox.identity);
}

/** Something in it was made from an earlier text; what is not there yet is merely starting. */
function isOutdated({ application, desired, observed }: InstanceFacts, sorted: SortedContainers): boolean {
  if (observed === undefined) return false;
  if (runningVersion(observed) !== application.version) return true;
  if (waitsForValues(desired, sorted)) return true;
  const pairs = [{ desired: desired.sandbox, observed: sorted.sandbox }, ...sorted.initContainers, ...sorted.members];
  return pairs.some((pair) => {
    const hash = pair.observed?.identity?.configHash;
    return hash !== undefined && !isMadeFrom(pair.desired, hash);
  });
}
