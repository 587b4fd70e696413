import { throwHalfLabelled, throwNameTaken } from '../../src/docker/name-taken.ts';
import { DockerError } from '../../src/docker/port.ts';
import { countRestarts, type RestartCount } from '../../src/docker/restart-count.ts';
import { identityFromLabels } from '../../src/model/labels.ts';
import { logArchiveFromLabels } from '../../src/model/log-labels.ts';
import { isMadeFrom } from '../../src/model/made-from.ts';
import { LABEL } from '../../src/model/names.ts';
import { delayedShutdownFromLabels, shutdownCmdFromLabels } from '../../src/model/shutdown-labels.ts';
import type { ArchiveEntry, DesiredContainer, Resources } from '../../src/model/desired.ts';
import {
  UNPROBED,
  UNSEEN,
  type ContainerStatus,
  type LimitSupport,
  type ObservedContainer,
  type ObservedPort,
} from '../../src/model/observed.ts';
import type { ActionOf } from '../../src/model/plan.ts';

export interface FakeLine {
  /** ms since the epoch. */
  readonly at: number;
  readonly text: string;
  readonly stream: 'stdout' | 'stderr';
}

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
  /** Of every start, whoever asked for it; undefined: never started. */
  starts: RestartCount | undefined;
  /** What it logged before its latest end, if that was a bad one. */
  lastLines: readonly string[];
  /** Everything it logged, each line when it ended. */
  readonly logged: FakeLine[];
  /** What was laid into its file system, in order. */
  readonly laid: ArchiveEntry[];
  layerBytes: number;
  /** Open on the host. */
  ports: readonly ObservedPort[];
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
    starts: undefined,
    lastLines: [],
    logged: [],
    laid: [],
    layerBytes: made.desired.layerBytes,
    ports: [],
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
  /** ms since the epoch. */
  readonly now: number;
  readonly limits: LimitSupport;
  readonly addressOn: (networkId: string) => string;
}

export function toObserved(container: FakeContainer, { now, limits, addressOn }: FakeSurroundings): ObservedContainer {
  const { desired, resources } = container;
  const { restarts, totalRestarts, currentRestarts } = countRestarts(container.starts, container, now);
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
    restarts,
    totalRestarts,
    currentRestarts,
    lastLines: container.lastLines,
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
    layerBytes: container.layerBytes,
    logArchive: logArchiveFromLabels(container.labels),
    delayedShutdown: delayedShutdownFromLabels(container.labels),
    delayedShutdownCmd: shutdownCmdFromLabels(container.labels),
    ports: container.status === 'running' ? container.ports : [],
    files: {},
    upgrade: container.labels[LABEL.upgrade] ?? '',
    health: UNPROBED,
    sight: UNSEEN,
  };
}

/** A container is meant to run on, an init container to end well; nobody asks what else said. */
export function endsBadly({ role, log }: DesiredContainer, exitCode: number): boolean {
  if (log.kind === 'none') return false;
  return role === 'container' || (role === 'init-container' && exitCode !== 0);
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
export function throwUnlessIdentical(
  present: FakeContainer,
  { container, labels }: Pick<ActionOf<'create-container'>, 'container' | 'labels'>,
): void {
  const owner = present.labels[LABEL.owner];
  if (owner !== labels[LABEL.owner]) throwNameTaken(present.name, 'container', owner);
  if (identityFromLabels(present.labels) === undefined) throwHalfLabelled(present.name);
  if (isMadeFrom(container, present.labels[LABEL.configHash])) return;
  const message = `cannot create container ${present.name}: another version of it has the name`;
  throw new DockerError('conflict', message);
}

/** The test images have no entrypoint: without arguments there is nothing. */
export function throwIfNothingToRun({ cmd, entrypoint, image }: DesiredContainer): void {
  if (cmd?.length !== 0 || entrypoint !== undefined) return;
  throw new DockerError('refused', `cmd is empty and image ${image} has no entrypoint: there is nothing to run`);
}

export function throwIfLifted({ name, resources: now }: FakeContainer, wanted: Resources): void {
  const limits = ['memoryBytes', 'nanoCpus', 'cpuShares'] as const;
  if (!limits.some((limit) => wanted[limit] === 0 && now[limit] !== 0)) return;
  const why = 'an engine cannot lift a limit, it must be made anew';
  throw new DockerError('refused', `cannot update container ${name}: ${why}`);
}
