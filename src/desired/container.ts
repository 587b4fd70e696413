import type { ContainerSpec, GpuSpec, InitContainerSpec } from '../model/application-spec.ts';
import type {
  DesiredContainer,
  DesiredGpus,
  DesiredLog,
  LogArchive,
  OnFileChange,
  Resources,
} from '../model/desired.ts';
import { containerName, instanceKey } from '../model/names.ts';
import { parseDuration, parseSize } from '../spec/units.ts';
import { expandVariables } from '../spec/variables.ts';
import { BARE_CONTAINER, STOP_TIMEOUT_MS } from './bare-container.ts';
import { hashContainer, type ContainerHashes } from './container-hash.ts';
import type { UnhashedContainer } from './hashed-fields.ts';
import type { InstanceContext } from './instance-context.ts';
import { desiredMounts } from './mounts.ts';
import { desiredProbes } from './probes.ts';
import { containerVariables, hashedVariables } from './variables.ts';

/** The container a specification asks for, in one instance. The specification has been validated. */
export function desiredContainer(spec: ContainerSpec, context: InstanceContext): DesiredContainer {
  const container: UnhashedContainer = {
    ...anyContainer(spec, context),
    role: 'container',
    // Not `always`: one that we stopped on purpose must not come back with the engine before we have removed it.
    restart: 'unless-stopped',
    probes: desiredProbes(spec.probes ?? {}),
    onFileChange: desiredOnFileChange(spec),
    delayedShutdownCmd: spec['delayed-shutdown-cmd'] ?? [],
  };
  return { ...container, ...hashesOf(container, spec, context) };
}

/** One that runs to its end; what follows then is decided by the plan, never by the engine. */
export function desiredInitContainer(spec: InitContainerSpec, context: InstanceContext): DesiredContainer {
  const container: UnhashedContainer = { ...anyContainer(spec, context), role: 'init-container' };
  return { ...container, ...hashesOf(container, spec, context) };
}

/** They do not change with the value of a mutable variable: what follows then is for the author to say. */
function hashesOf(container: UnhashedContainer, spec: InitContainerSpec, context: InstanceContext): ContainerHashes {
  const { version, site } = context;
  const variables = hashedVariables(context, spec.name);
  const wish = variables === undefined ? container : { ...container, ...desiredCommand(spec, variables) };
  return hashContainer(wish, { version, formats: site.hashFormats });
}

function anyContainer(spec: InitContainerSpec, context: InstanceContext): Omit<UnhashedContainer, 'role'> {
  const { name, service, placed } = context;
  const sharesPids = service['share-pid-namespace'] === true;
  return {
    ...BARE_CONTAINER,
    ...desiredCommand(spec, containerVariables(context, spec.name)),
    name: containerName(name, spec.name),
    container: spec.name,
    image: spec.image,
    user: spec.user,
    resources: desiredResources(spec),
    // With shared processes the sandbox is PID 1 and reaps.
    init: spec['no-builtin-init'] !== true && !sharesPids,
    stopTimeoutMs: spec['shutdown-timeout'] === undefined ? STOP_TIMEOUT_MS : parseDuration(spec['shutdown-timeout']),
    network: { kind: 'sandbox', sandbox: instanceKey(name) },
    capabilitiesAdded: desiredCapabilities(spec['additional-capabilities'] ?? []),
    unconfined: desiredUnconfined(spec),
    devices: placed.devices.get(spec.name) ?? [],
    gpus: spec.gpu && desiredGpus(spec.gpu, placed.gpus.get(spec.name) ?? []),
    layerBytes: spec['container-layer-size'] === undefined ? 0 : parseSize(spec['container-layer-size']),
    log: desiredLog(spec['container-log-size']),
    logArchive: desiredLogArchive(spec),
    pid: sharesPids ? 'sandbox' : 'own',
    ...desiredMounts(spec.mounts ?? [], name),
    pullAlways: spec['image-pull'] === 'always',
    userLabels: context.userLabels,
  };
}

function desiredCommand(
  { entrypoint, cmd, env = {} }: InitContainerSpec,
  values: ReadonlyMap<string, string>,
): Pick<DesiredContainer, 'entrypoint' | 'cmd' | 'env'> {
  const expand = (text: string) => expandVariables(text, values);
  return {
    entrypoint: entrypoint?.map(expand),
    cmd: cmd?.map(expand),
    env: Object.fromEntries(Object.entries(env).map(([key, text]) => [key, expand(text)])),
  };
}

function desiredResources(spec: InitContainerSpec): Resources {
  return {
    memoryBytes: spec.memory === undefined ? 0 : parseSize(spec.memory),
    nanoCpus: Math.round((spec.cpus ?? 0) * 1e9),
    cpuShares: spec['cpu-shares'] ?? 0,
  };
}

/** With or without `CAP_`, each once. */
function desiredCapabilities(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => name.toUpperCase().replace(/^CAP_/, '')))].sort();
}

function desiredUnconfined({ security }: InitContainerSpec): DesiredContainer['unconfined'] {
  return (['apparmor', 'selinux'] as const).filter((mechanism) => security?.[mechanism]?.disabled === true);
}

function desiredGpus(gpu: GpuSpec, ids: readonly string[]): DesiredGpus {
  const capabilities = gpu['nvidia-driver-capabilities']?.split(',').map((one) => one.trim()) ?? [];
  return { ids, capabilities: [...new Set(capabilities)].sort() };
}

function desiredLog(size: string | undefined): DesiredLog {
  if (size === undefined) return { kind: 'engine' };
  const bytes = parseSize(size);
  return bytes === 0 ? { kind: 'none' } : { kind: 'bounded', bytes };
}

/** A log of which nothing is kept, or nothing shown (`max-days` 0), is not worth keeping. */
function desiredLogArchive(spec: InitContainerSpec): LogArchive | undefined {
  const log = desiredLog(spec['container-log-size']);
  const days = spec['container-log-max-days'];
  if (spec['container-log-archive'] !== true || log.kind === 'none' || days === 0) return undefined;
  return { maxBytes: log.kind === 'bounded' ? log.bytes : 0, maxDays: days ?? 0 };
}

/** A restart where nothing is said (contract 8.5). */
function desiredOnFileChange({ 'on-mounted-file-change': change }: ContainerSpec): OnFileChange {
  return change?.cmd === undefined ? { kind: 'restart' } : { kind: 'run', cmd: change.cmd };
}
