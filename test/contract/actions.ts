import { BARE_CONTAINER } from '../../src/desired/bare-container.ts';
import { toLabels, volumeLabels } from '../../src/model/labels.ts';
import { logArchiveLabels, logVolumeLabels } from '../../src/model/log-labels.ts';
import { shutdownCmdLabels } from '../../src/model/shutdown-labels.ts';
import type { ArchiveEntry, DesiredContainer, DesiredFile, DesiredVolume } from '../../src/model/desired.ts';
import type { Identity } from '../../src/model/observed.ts';
import type { ActionOf, LogToKeep } from '../../src/model/plan.ts';

/** Present on every engine under test: a busybox without entrypoint and command. */
export const TEST_IMAGE = 'fairlead-test/busybox:1';
/** Another image with the same files. */
export const TEST_IMAGE_2 = 'fairlead-test/busybox:2';

export const NO_LIMITS = { memoryBytes: 0, nanoCpus: 0, cpuShares: 0 } as const;

export function identity(owner: string, overrides: Partial<Identity> = {}): Identity {
  return {
    owner,
    site: 'local',
    tenant: 'acme',
    application: owner,
    applicationVersion: '1.0',
    service: 'web',
    index: 1,
    container: 'nginx',
    role: 'container',
    revision: 'a'.repeat(40),
    configHash: '1:abc',
    variables: '',
    ...overrides,
  };
}

/** A member of `sandbox` that sleeps; the engine restarts it when it crashes. */
export function createMember(
  owner: string,
  name: string,
  sandbox: string,
  overrides: Partial<DesiredContainer> = {},
): ActionOf<'create-container'> {
  return create(owner, { ...BASE, name, network: { kind: 'sandbox', sandbox }, ...overrides });
}

/** A container with a place of its own on `network`. */
export function createSandbox(
  owner: string,
  name: string,
  network: string,
  overrides: Partial<DesiredContainer> = {},
): ActionOf<'create-container'> {
  const own = { role: 'sandbox', container: '', restart: 'no', configHash: '1:sandbox' } as const;
  return create(owner, {
    ...BASE,
    ...own,
    name,
    network: { kind: 'network', network, aliases: ['web'] },
    ...overrides,
  });
}

export function createNetwork(owner: string, network: string, subnet: string): ActionOf<'create-network'> {
  const none = { applicationVersion: undefined, service: '', index: 0, container: '', configHash: '' };
  return { kind: 'create-network', network, subnet, labels: toLabels(identity(owner, { ...none, role: 'sandbox' })) };
}

export function createVolume(
  owner: string,
  name: string,
  overrides: Partial<DesiredVolume> = {},
): ActionOf<'create-volume'> {
  const volume: DesiredVolume = {
    name,
    volume: 'cache',
    kind: 'ephemeral',
    sizeBytes: 0,
    medium: 'disk',
    mode: undefined,
    uid: 0,
    gid: 0,
    hostVolume: 'default',
    hostPath: '',
    configHash: '1:volume',
    ...overrides,
  };
  const { site, tenant, application, service, index, revision } = identity(owner);
  const stamp = { owner, site, tenant, application, service, index, revision, version: '1.0' };
  return { kind: 'create-volume', volume, labels: volumeLabels(volume, stamp) };
}

/** All of the log of a container, into this volume. */
export function logToKeep(owner: string, volume: string, overrides: Partial<LogToKeep> = {}): LogToKeep {
  const facts = { identity: identity(owner), maxBytes: 0, endedAt: 1_000_000, expiresAt: 2_000_000 };
  return { volume, labels: logVolumeLabels(facts), maxBytes: 0, since: 0, ...overrides };
}

/** Into the config map `conf` of the sandbox with this id. */
export function writeFiles(id: string, generation: string, files: readonly DesiredFile[]): ActionOf<'write-files'> {
  const conf = { volume: 'conf', directory: '/files/conf', generation, files };
  return { kind: 'write-files', name: 'conf', id, files: conf };
}

/** Starts it with nothing laid into it. */
export function startOf(name: string, prepare: readonly ArchiveEntry[] = []): ActionOf<'start-container'> {
  return { kind: 'start-container', name, prepare };
}

const BASE: DesiredContainer = {
  ...BARE_CONTAINER,
  name: 'unnamed',
  role: 'container',
  container: 'nginx',
  image: TEST_IMAGE,
  cmd: ['sleep', '1000'],
  init: true,
  stopTimeoutMs: 1_000,
  restart: 'unless-stopped',
  network: { kind: 'network', network: 'none', aliases: [] },
  userLabels: {},
  configHash: '1:abc',
  formerHashes: [],
};

function create(owner: string, container: DesiredContainer): ActionOf<'create-container'> {
  const { role, configHash } = container;
  const own = toLabels(identity(owner, { role, configHash, container: container.container }));
  const asked = shutdownCmdLabels(container.delayedShutdownCmd);
  const labels = { ...own, ...logArchiveLabels(container.logArchive), ...asked };
  return { kind: 'create-container', container, labels };
}
