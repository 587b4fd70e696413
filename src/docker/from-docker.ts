import { identityFromLabels } from '../model/labels.ts';
import { LABEL } from '../model/names.ts';
import { logArchiveFromLabels } from '../model/log-labels.ts';
import { delayedShutdownFromLabels, shutdownCmdFromLabels } from '../model/shutdown-labels.ts';
import {
  UNPROBED,
  UNSEEN,
  type ContainerStatus,
  type EngineInfo,
  type LimitSupport,
  type ObservedContainer,
  type ObservedImage,
  type ObservedNetwork,
  type ObservedPort,
  type ObservedResources,
} from '../model/observed.ts';
import type { WireContainer, WireEndpoint, WireImage, WireInfo, WireNetwork, WireVersion } from './wire.ts';

/** What the engine does with a container that names no stop timeout. */
const DEFAULT_STOP_TIMEOUT_S = 10;

/** What an inspect alone tells of a container. Nobody has asked its probes. */
export type InspectedContainer = Omit<
  ObservedContainer,
  'restarts' | 'totalRestarts' | 'currentRestarts' | 'lastLines' | 'files'
>;

export function toInspectedContainer(wire: WireContainer, limits: LimitSupport): InspectedContainer {
  const labels = wire.Config.Labels ?? {};
  return {
    id: wire.Id,
    name: wire.Name.replace(/^\//, ''),
    identity: identityFromLabels(labels),
    status: toStatus(wire.State.Status),
    pid: wire.State.Pid,
    exitCode: wire.State.ExitCode,
    oomKilled: wire.State.OOMKilled,
    engineError: wire.State.Error,
    createdAt: toMs(wire.Created),
    startedAt: toMs(wire.State.StartedAt),
    finishedAt: toMs(wire.State.FinishedAt),
    restartCount: wire.RestartCount,
    image: wire.Config.Image,
    imageId: wire.Image,
    resources: toResources(wire, limits),
    restartPolicy: wire.HostConfig.RestartPolicy.Name === '' ? 'no' : wire.HostConfig.RestartPolicy.Name,
    stopTimeoutMs: (wire.Config.StopTimeout ?? DEFAULT_STOP_TIMEOUT_S) * 1000,
    sandboxId: /^container:(.+)$/.exec(wire.HostConfig.NetworkMode)?.[1],
    addresses: mapNetworks(wire, ({ IPAddress, IPPrefixLen }) =>
      IPAddress === '' ? '' : `${IPAddress}/${IPPrefixLen}`,
    ),
    networkIds: mapNetworks(wire, ({ NetworkID }) => NetworkID),
    layerBytes: toLayerBytes(wire),
    logArchive: logArchiveFromLabels(labels),
    delayedShutdown: delayedShutdownFromLabels(labels),
    delayedShutdownCmd: shutdownCmdFromLabels(labels),
    ports: toPorts(wire),
    upgrade: (wire.Config.Labels ?? {})[LABEL.upgrade] ?? '',
    health: UNPROBED,
    sight: UNSEEN,
  };
}

export function toObservedNetwork(wire: WireNetwork): ObservedNetwork {
  return {
    id: wire.Id,
    name: wire.Name,
    identity: identityFromLabels(wire.Labels ?? {}),
    driver: wire.Driver,
    subnets: (wire.IPAM.Config ?? []).flatMap(({ Subnet }) =>
      Subnet === undefined || Subnet.includes(':') ? [] : [Subnet],
    ),
  };
}

export function toObservedImage(wire: WireImage): ObservedImage {
  return {
    id: wire.Id,
    tags: (wire.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
    digests: (wire.RepoDigests ?? []).filter((digest) => digest !== '<none>@<none>'),
  };
}

export function toEngineInfo(info: WireInfo, version: WireVersion): EngineInfo {
  return {
    id: info.ID,
    version: info.ServerVersion,
    apiVersion: version.ApiVersion,
    architecture: version.Arch,
    liveRestore: info.LiveRestoreEnabled,
    systemTime: toMs(info.SystemTime),
    storageDriver: info.Driver,
    limits: toLimitSupport(info),
    insecureRegistries: toInsecureRegistries(info),
  };
}

function toInsecureRegistries({ RegistryConfig }: WireInfo): readonly string[] {
  const hosts = Object.entries(RegistryConfig?.IndexConfigs ?? {}).filter(([, { Secure }]) => Secure === false);
  return [...(RegistryConfig?.InsecureRegistryCIDRs ?? []), ...hosts.map(([host]) => host)].sort();
}

export function toLimitSupport({ MemoryLimit, CpuCfsQuota, CPUShares }: WireInfo): LimitSupport {
  return { memory: MemoryLimit, cpus: CpuCfsQuota, cpuShares: CPUShares };
}

function toResources({ HostConfig }: WireContainer, limits: LimitSupport): ObservedResources {
  return {
    memoryBytes: limits.memory ? HostConfig.Memory : undefined,
    nanoCpus: limits.cpus ? HostConfig.NanoCpus : undefined,
    cpuShares: limits.cpuShares ? HostConfig.CpuShares : undefined,
  };
}

/** Only `Status` is told the truth: while restarting the engine also says `Running: true`. */
function toStatus(word: string): ContainerStatus {
  switch (word) {
    case 'created':
    case 'running':
    case 'paused':
    case 'restarting':
    case 'removing':
    case 'exited':
    case 'dead':
      return word;
    default:
      return 'unknown';
  }
}

/** Fairlead asks in plain bytes; what has a unit is somebody else's. */
function toLayerBytes({ HostConfig }: WireContainer): number {
  const size = HostConfig.StorageOpt?.['size'] ?? '';
  return /^\d+$/.test(size) ? Number(size) : 0;
}

function toPorts({ State, NetworkSettings }: WireContainer): readonly ObservedPort[] {
  if (State.Status !== 'running') return [];
  const ports = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) => {
    const [containerPort = '', protocol = ''] = key.split('/');
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      containerPort: Number(containerPort),
      protocol,
      hostIp: HostIp,
      hostPort: Number(HostPort),
    }));
  });
  return ports.sort(
    (a, b) =>
      a.containerPort - b.containerPort ||
      compareText(a.protocol, b.protocol) ||
      a.hostPort - b.hostPort ||
      compareText(a.hostIp, b.hostIp),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** RFC 3339 with up to nanoseconds to ms; Go's zero time, year 1, to 0. */
function toMs(time: string): number {
  const ms = Date.parse(time);
  return Number.isNaN(ms) || ms < 0 ? 0 : ms;
}

function mapNetworks(
  { NetworkSettings }: WireContainer,
  read: (endpoint: WireEndpoint) => string,
): Readonly<Record<string, string>> {
  const networks = Object.entries(NetworkSettings.Networks ?? {});
  return Object.fromEntries(networks.map(([name, endpoint]) => [name, read(endpoint)]));
}
