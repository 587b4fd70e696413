import type { DesiredContainer, DesiredLog, DesiredPort, NetworkAttachment, Resources } from '../model/desired.ts';
import type { WireCreateContainer, WireHostConfig, WireLogConfig, WirePortBinding } from './wire.ts';

/** What the engine's host gives a container. `limitsLayer: false` leaves its writable layer without a size. */
export function toHostConfig(
  container: DesiredContainer,
  sandboxId: string | undefined,
  limitsLayer: boolean,
): WireHostConfig {
  const { capabilitiesAdded, capabilitiesDropped, layerBytes } = container;
  return {
    Init: container.init && container.pid === 'own',
    ...toLimits(container.resources),
    RestartPolicy: { Name: container.restart },
    NetworkMode: toNetworkMode(container.network, sandboxId),
    ...toPidMode(container, sandboxId),
    ...(capabilitiesAdded.length === 0 ? {} : { CapAdd: capabilitiesAdded }),
    ...(capabilitiesDropped.length === 0 ? {} : { CapDrop: capabilitiesDropped }),
    ...toSecurityOpt(container.unconfined),
    ...toDevices(container),
    ...(layerBytes === 0 || !limitsLayer ? {} : { StorageOpt: { size: String(layerBytes) } }),
    ...toLogConfig(container.log),
    ...toPortBindings(container.ports),
    ...toMounts(container),
  };
}

/** Swap is the engine's own default, as much again as memory: said aloud, so that an update of memory changes it too. */
export function toLimits({ memoryBytes, nanoCpus, cpuShares }: Resources): Partial<WireHostConfig> {
  return {
    ...(memoryBytes === 0 ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes * 2 }),
    ...(nanoCpus === 0 ? {} : { NanoCpus: nanoCpus }),
    ...(cpuShares === 0 ? {} : { CpuShares: cpuShares }),
  };
}

/** A port is opened only where it is exposed too. */
export function toExposedPorts(ports: readonly DesiredPort[]): Pick<WireCreateContainer, 'ExposedPorts'> {
  if (ports.length === 0) return {};
  return { ExposedPorts: Object.fromEntries(ports.map((port) => [toPortKey(port), {}])) };
}

function toPortBindings(ports: readonly DesiredPort[]): Pick<WireHostConfig, 'PortBindings'> {
  if (ports.length === 0) return {};
  const bindings: Record<string, WirePortBinding[]> = {};
  for (const port of ports) {
    const binding = { HostIp: port.hostIp, HostPort: port.hostPort === undefined ? '' : String(port.hostPort) };
    (bindings[toPortKey(port)] ??= []).push(binding);
  }
  return { PortBindings: bindings };
}

function toPortKey({ containerPort, protocol }: DesiredPort): string {
  return `${containerPort}/${protocol}`;
}

function toNetworkMode(attachment: NetworkAttachment, sandboxId: string | undefined): string {
  switch (attachment.kind) {
    case 'network':
      return attachment.network;
    case 'sandbox':
      return `container:${sandboxId ?? attachment.sandbox}`;
    default:
      return attachment satisfies never;
  }
}

function toPidMode({ pid, network }: DesiredContainer, sandboxId: string | undefined): Pick<WireHostConfig, 'PidMode'> {
  if (pid === 'own' || network.kind !== 'sandbox') return {};
  return { PidMode: `container:${sandboxId ?? network.sandbox}` };
}

/** SELinux is switched off for a container by a label that says so. */
function toSecurityOpt(unconfined: DesiredContainer['unconfined']): Pick<WireHostConfig, 'SecurityOpt'> {
  if (unconfined.length === 0) return {};
  const options = { apparmor: 'apparmor=unconfined', selinux: 'label=disable' } as const;
  return { SecurityOpt: unconfined.map((control) => options[control]) };
}

function toDevices({ devices, gpus }: DesiredContainer): Pick<WireHostConfig, 'Devices' | 'DeviceRequests'> {
  const files = devices.map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm' }));
  return {
    ...(files.length === 0 ? {} : { Devices: files }),
    ...(gpus === undefined
      ? {}
      : { DeviceRequests: [{ Driver: 'nvidia', DeviceIDs: gpus.ids, Capabilities: [['gpu', ...gpus.capabilities]] }] }),
  };
}

/** Nothing of the image is copied into a volume: what is in it is data or config maps, never what an image brings. */
function toMounts({ mounts }: DesiredContainer): Pick<WireHostConfig, 'Mounts'> {
  if (mounts.length === 0) return {};
  return {
    Mounts: mounts.map(({ volume, path, readOnly }) => ({
      Type: 'volume',
      Source: volume,
      Target: path,
      ReadOnly: readOnly,
      VolumeOptions: { NoCopy: true },
    })),
  };
}

function toLogConfig(log: DesiredLog): Pick<WireHostConfig, 'LogConfig'> {
  switch (log.kind) {
    case 'engine':
      return {};
    case 'none':
      return { LogConfig: { Type: 'none' } };
    case 'bounded':
      return { LogConfig: toBoundedLog(log.bytes) };
    default:
      return log satisfies never;
  }
}

const LOG_FILES = 2;
const SMALLEST_LOG_FILE = 1024;
/** The engine splits what is longer, and wraps each part in JSON. */
const LONGEST_LOG_LINE = 17 * 1024;

/**
 * Two files of half the size, so that something is left after every change of files. The engine changes files once one
 * is full, so each may end up one line too long: room for that is kept back, at most half of each. No file is smaller
 * than 1 KiB.
 */
function toBoundedLog(bytes: number): WireLogConfig {
  const share = Math.floor(bytes / LOG_FILES);
  const oneFile = share - Math.min(LONGEST_LOG_LINE, Math.floor(share / 2));
  const size = Math.max(SMALLEST_LOG_FILE, oneFile);
  return { Type: 'json-file', Config: { 'max-size': String(size), 'max-file': String(LOG_FILES) } };
}
