import { identityFromLabels } from '../../src/model/labels.ts';
import type { DesiredContainer } from '../../src/model/desired.ts';
import type { ContainerStatus, ObservedContainer } from '../../src/model/observed.ts';

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
  resources: DesiredContainer['resources'];
  restartPolicy: string;
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
    resources: made.desired.resources,
    restartPolicy: made.desired.restart,
    stoppedByHand: false,
  };
}

/** Paused ones hold their process too. */
export function isUp({ status }: FakeContainer): boolean {
  return status === 'running' || status === 'paused';
}

export function toObserved(container: FakeContainer, addressOn: (network: string) => string): ObservedContainer {
  const { desired } = container;
  const { network } = desired;
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
    image: desired.image,
    imageId: container.imageId,
    resources: container.resources,
    restartPolicy: container.restartPolicy,
    stopTimeoutMs: Math.ceil(desired.stopTimeoutMs / 1000) * 1000,
    sandboxId: container.sandboxId,
    addresses: network.kind === 'network' ? { [network.network]: addressOn(network.network) } : {},
  };
}
