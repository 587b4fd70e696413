import { identityFromLabels } from '../model/labels.ts';
import type {
  ContainerStatus,
  EngineInfo,
  ObservedContainer,
  ObservedImage,
  ObservedNetwork,
} from '../model/observed.ts';
import type { WireContainer, WireImage, WireInfo, WireNetwork, WireVersion } from './wire.ts';

/** What the engine does with a container that names no stop timeout. */
const DEFAULT_STOP_TIMEOUT_S = 10;

export function toObservedContainer(wire: WireContainer): ObservedContainer {
  return {
    id: wire.Id,
    name: wire.Name.replace(/^\//, ''),
    identity: identityFromLabels(wire.Config.Labels ?? {}),
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
    resources: {
      memoryBytes: wire.HostConfig.Memory,
      nanoCpus: wire.HostConfig.NanoCpus,
      cpuShares: wire.HostConfig.CpuShares,
    },
    restartPolicy: wire.HostConfig.RestartPolicy.Name === '' ? 'no' : wire.HostConfig.RestartPolicy.Name,
    stopTimeoutMs: (wire.Config.StopTimeout ?? DEFAULT_STOP_TIMEOUT_S) * 1000,
    sandboxId: /^container:(.+)$/.exec(wire.HostConfig.NetworkMode)?.[1],
    addresses: toAddresses(wire),
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
    storageDriver: info.Driver,
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
      return word;
    default:
      return 'dead';
  }
}

/** RFC 3339 with up to nanoseconds to ms; Go's zero time, year 1, to 0. */
function toMs(time: string): number {
  const ms = Date.parse(time);
  return Number.isNaN(ms) || ms < 0 ? 0 : ms;
}

function toAddresses(wire: WireContainer): Readonly<Record<string, string>> {
  const networks = Object.entries(wire.NetworkSettings.Networks ?? {});
  return Object.fromEntries(
    networks.map(([name, { IPAddress, IPPrefixLen }]) => [name, IPAddress === '' ? '' : `${IPAddress}/${IPPrefixLen}`]),
  );
}
