import type {
  ArchiveEntry,
  DesiredContainer,
  DesiredLog,
  DesiredPort,
  LogArchive,
  NetworkAttachment,
} from '../model/desired.ts';
import { STOP_TIMEOUT_MS } from './bare-container.ts';
import type { Hashable } from './hash.ts';

export type UnhashedContainer = Omit<DesiredContainer, 'configHash' | 'formerHashes'>;

/** What a container is to be made from. */
export interface ContainerWish {
  readonly container: UnhashedContainer;
  /** Of its application. */
  readonly version: string | undefined;
  /** Of a sandbox: the hashes of the init containers, in the same format. */
  readonly initHashes: readonly string[];
}

/**
 * What must be equal for a container on the engine to stay, as format 1 has it. Left out: names, labels, the sandbox
 * image (a newer Fairlead brings its own and restarts nothing), what the engine is not told (probes, `onFileChange`,
 * `pullAlways`), and every field at its default (see hash.ts).
 */
export function hashedFields({ container, version, initHashes }: ContainerWish): Hashable {
  const { resources } = container;
  const sandbox = container.role === 'sandbox';
  return {
    role: container.role,
    version,
    image: sandbox ? undefined : container.image,
    entrypoint: container.entrypoint,
    cmd: container.cmd,
    env: Object.keys(container.env).length > 0 ? container.env : undefined,
    user: container.user,
    memory: resources.memoryBytes || undefined,
    'nano-cpus': resources.nanoCpus || undefined,
    'cpu-shares': resources.cpuShares || undefined,
    'no-init': container.init || sandbox ? undefined : true,
    'stop-timeout': container.stopTimeoutMs === STOP_TIMEOUT_MS ? undefined : container.stopTimeoutMs,
    network: hashedNetwork(container.network),
    ...hashedExtras(container),
    'init-containers': hashedList(initHashes),
  };
}

/** Everything that came after the first release. */
function hashedExtras(container: UnhashedContainer): Record<string, Hashable | undefined> {
  const { gpus } = container;
  return {
    'capabilities-added': hashedList(container.capabilitiesAdded),
    unconfined: hashedList(container.unconfined),
    devices: hashedList(container.devices),
    gpus: gpus && { ids: gpus.ids, capabilities: hashedList(gpus.capabilities) },
    'layer-bytes': container.layerBytes || undefined,
    log: hashedLog(container.log),
    'log-archive': hashedLogArchive(container.logArchive),
    ports: hashedList(container.ports.map(hashedPort)),
    pid: container.pid === 'own' ? undefined : container.pid,
    mounts: hashedList(
      container.mounts.map(({ volume, path, readOnly }) => ({ volume, path, 'read-only': readOnly || undefined })),
    ),
    prepare: hashedList(container.prepare.map(hashedEntry)),
  };
}

function hashedList(list: readonly Hashable[]): readonly Hashable[] | undefined {
  return list.length === 0 ? undefined : list;
}

function hashedNetwork(network: NetworkAttachment): { network: string; aliases: readonly string[] } | undefined {
  return network.kind === 'network' ? { network: network.network, aliases: network.aliases } : undefined;
}

function hashedLog(log: DesiredLog): Hashable | undefined {
  switch (log.kind) {
    case 'engine':
      return undefined;
    case 'none':
      return 'none';
    case 'bounded':
      return log.bytes;
    default:
      return log satisfies never;
  }
}

function hashedLogArchive(archive: LogArchive | undefined): Hashable | undefined {
  return archive && { bytes: archive.maxBytes || undefined, days: archive.maxDays || undefined };
}

function hashedPort({ containerPort, protocol, hostPort, hostIp }: DesiredPort): Hashable {
  return { container: containerPort, protocol, host: hostPort, ip: hostIp === '' ? undefined : hostIp };
}

function hashedEntry(entry: ArchiveEntry): Hashable {
  switch (entry.kind) {
    case 'directory':
      return { directory: entry.path, mode: entry.mode, uid: entry.uid, gid: entry.gid };
    case 'link':
      return { link: entry.path, target: entry.target };
    default:
      return entry satisfies never;
  }
}
