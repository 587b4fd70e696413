import { throwHalfLabelled, throwNameTaken } from '../../src/docker/name-taken.ts';
import { DockerError } from '../../src/docker/port.ts';
import { identityFromLabels } from '../../src/model/labels.ts';
import { LABEL } from '../../src/model/names.ts';
import type { DesiredContainer, Resources } from '../../src/model/desired.ts';
import type { ContainerStatus, LimitSupport, ObservedContainer } from '../../src/model/observed.ts';

/** What a fake engine keeps of a container. */
export interface FakeContainer {
  readonly id: string;
  name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly desired: DesiredContainer;
  readonly imageId: string;
  /** Pinned at create: a newer sandbox of the same name is another one. */
  readonly sandboxId: string | undefined;
  readonly createdAt: number;
  status: ContainerStatus;
  pid: number;
  exitCode: number;
  oomKilled: boolean;
  engineError: string;
  startedAt: number;
  finishedAt: number;
  restartCount: number;
  /** Times of the engine's restarts. */
  restarts: number[];
  resources: DesiredContainer['resources'];
  restartPolicy: string;
  /** The networks it belongs to, by name: the id of the one it joined, '' before its first start. */
  readonly networkIds: Map<string, string>;
  /** By hand: the engine does not restart it. */
  stoppedByHand: boolean;
}

export type NewFakeContainer = Pick<FakeContainer, 'id' | 'labels' | 'desired' | 'imageId' | 'sandboxId' | 'createdAt'>;

export function toFakeContainer(made: NewFakeContainer): FakeContainer {
  return {
    ...made,
    name: made.desired.name,
    status: 'created',
    pid: 0,
    exitCode: 0,
    oomKilled: false,
    engineError: '',
    startedAt: 0,
    finishedAt: 0,
    restartCount: 0,
    restarts: [],
    resources: made.desired.resources,
    restartPolicy: made.desired.restart,
    networkIds: new Map(ownNetworks(made.desired)),
    stoppedByHand: false,
  };
}

/** Paused ones hold their process too. */
export function isUp({ status }: FakeContainer): boolean {
  return status === 'running' || status === 'paused';
}

function ownNetworks({ network }: DesiredContainer): [string, string][] {
  return network.kind === 'network' ? [[network.network, '']] : [];
}

/** What only the engine around a container knows. */
export interface FakeSurroundings {
  readonly limits: LimitSupport;
  readonly addressOn: (networkId: string) => string;
}

export function toObserved(container: FakeContainer, { limits, addressOn }: FakeSurroundings): ObservedContainer {
  const { desired, resources } = container;
  return {
    id: container.id,
    name: container.name,
    identity: identityFromLabels(container.labels),
    status: container.status,
    pid: container.pid,
    exitCode: container.exitCode,
    oomKilled: container.oomKilled,
    engineError: container.engineError,
    createdAt: container.createdAt,
    startedAt: container.startedAt,
    finishedAt: container.finishedAt,
    restartCount: container.restartCount,
    restarts: container.restarts.slice(-5),
    image: desired.image,
    imageId: container.imageId,
    resources: {
      memoryBytes: limits.memory ? resources.memoryBytes : undefined,
      nanoCpus: limits.cpus ? resources.nanoCpus : undefined,
      cpuShares: limits.cpuShares ? resources.cpuShares : undefined,
    },
    restartPolicy: container.restartPolicy,
    stopTimeoutMs: Math.ceil(desired.stopTimeoutMs / 1000) * 1000,
    sandboxId: container.sandboxId,
    addresses: Object.fromEntries([...container.networkIds].map(([name, id]) => [name, addressOn(id)])),
    networkIds: Object.fromEntries(container.networkIds),
  };
}

/** What is left of limits on a host that cannot enforce all. */
export function enforceable({ memoryBytes, nanoCpus, cpuShares }: Resources, limits: LimitSupport): Resources {
  return {
    memoryBytes: limits.memory ? memoryBytes : 0,
    nanoCpus: limits.cpus ? nanoCpus : 0,
    cpuShares: limits.cpuShares ? cpuShares : 0,
  };
}

/** A second create is success for the very same container alone. */
export function throwUnlessIdentical(present: FakeContainer, labels: Readonly<Record<string, string>>): void {
  const owner = present.labels[LABEL.owner];
  if (owner !== labels[LABEL.owner]) throwNameTaken(present.name, 'container', owner);
  if (identityFromLabels(present.labels) === undefined) throwHalfLabelled(present.name);
  if (present.labels[LABEL.configHash] === labels[LABEL.configHash]) return;
  const message = `cannot create container ${present.name}: another version of it has the name`;
  throw new DockerError('conflict', message);
}
