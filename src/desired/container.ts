import type { ContainerSpec } from '../model/application-spec.ts';
import type { DesiredContainer, NetworkAttachment, Resources } from '../model/desired.ts';
import { containerName, instanceKey, shortInstanceName, type InstanceName } from '../model/names.ts';
import { parseDuration, parseSize } from '../spec/units.ts';
import { configHash } from './hash.ts';

/** What every container of one instance shares. */
export interface InstanceContext {
  readonly name: InstanceName;
  readonly version: string | undefined;
  readonly userLabels: Readonly<Record<string, string>>;
  readonly sandboxImage: string;
}

const NO_LIMITS: Resources = { memoryBytes: 0, nanoCpus: 0, cpuShares: 0 };

/** The engine's own default, and ours (contract 8.5). */
const STOP_TIMEOUT_MS = 10_000;

/** The container a specification asks for, in one instance. The specification has been validated. */
export function desiredContainer(spec: ContainerSpec, context: InstanceContext): DesiredContainer {
  const container = {
    name: containerName(context.name, spec.name),
    role: 'container' as const,
    container: spec.name,
    image: spec.image,
    entrypoint: spec.entrypoint,
    cmd: spec.cmd,
    env: spec.env ?? {},
    user: spec.user,
    resources: desiredResources(spec),
    init: spec['no-builtin-init'] !== true,
    stopTimeoutMs: spec['shutdown-timeout'] === undefined ? STOP_TIMEOUT_MS : parseDuration(spec['shutdown-timeout']),
    // Not `always`: one that we stopped on purpose must not come back with the engine before we have removed it.
    restart: 'unless-stopped' as const,
    network: { kind: 'sandbox' as const, sandbox: instanceKey(context.name) },
    hostname: undefined,
    capabilitiesDropped: [],
    userLabels: context.userLabels,
  };
  return { ...container, configHash: hashContainer(container, context.version) };
}

/** The container that holds the network namespace of an instance (contract 3). It has no restart policy on purpose. */
export function desiredSandbox(context: InstanceContext, network: string): DesiredContainer {
  const sandbox = {
    name: instanceKey(context.name),
    role: 'sandbox' as const,
    container: '',
    image: context.sandboxImage,
    entrypoint: undefined,
    cmd: undefined,
    env: {},
    user: undefined,
    resources: NO_LIMITS,
    init: false,
    stopTimeoutMs: STOP_TIMEOUT_MS,
    restart: 'no' as const,
    network: { kind: 'network' as const, network, aliases: networkAliases(context.name) },
    hostname: shortInstanceName(context.name),
    capabilitiesDropped: ['ALL'],
    userLabels: context.userLabels,
  };
  return { ...sandbox, configHash: hashContainer(sandbox, context.version) };
}

/** Every form of the names of contract 8.11, because a short name alone waits for a dead resolver (engine-notes). */
export function networkAliases(name: InstanceName): readonly string[] {
  return [name.service, shortInstanceName(name)].flatMap((host) => [
    host,
    `${host}.${name.application}`,
    `${host}.${name.application}.internal`,
  ]);
}

function desiredResources(spec: ContainerSpec): Resources {
  return {
    memoryBytes: spec.memory === undefined ? 0 : parseSize(spec.memory),
    nanoCpus: Math.round((spec.cpus ?? 0) * 1e9),
    cpuShares: spec['cpu-shares'] ?? 0,
  };
}

/**
 * What must be equal for a container on the engine to stay. Left out: names, labels, the sandbox image (a newer
 * Fairlead brings its own and restarts nothing), and every field at its default (see hash.ts).
 */
function hashContainer(container: Omit<DesiredContainer, 'configHash'>, version: string | undefined): string {
  const { resources } = container;
  const sandbox = container.role === 'sandbox';
  return configHash({
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
  });
}

function hashedNetwork(network: NetworkAttachment): { network: string; aliases: readonly string[] } | undefined {
  return network.kind === 'network' ? { network: network.network, aliases: network.aliases } : undefined;
}
