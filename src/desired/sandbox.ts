import type { ContainerPortSpec } from '../model/application-spec.ts';
import type { DesiredContainer, DesiredPort, DesiredVolume } from '../model/desired.ts';
import { instanceKey, sharedNetworkOf, shortInstanceName, type InstanceName } from '../model/names.ts';
import { BARE_CONTAINER } from './bare-container.ts';
import { hashContainer } from './container-hash.ts';
import type { UnhashedContainer } from './hashed-fields.ts';
import type { InstanceContext } from './instance-context.ts';
import { preparedFolders, sandboxMounts } from './volumes.ts';

const EVERY_ADDRESS = '0.0.0.0';

/** What a sandbox has to know of the rest of its instance. */
interface Inhabitants {
  readonly initContainers: readonly DesiredContainer[];
  readonly volumes: readonly DesiredVolume[];
}

/**
 * The container that holds what the containers of an instance share (contract 3): network namespace, ports, volumes.
 * It has no restart policy on purpose. A changed init container makes it, and with it the instance, anew.
 */
export function desiredSandbox(context: InstanceContext, { initContainers, volumes }: Inhabitants): DesiredContainer {
  const { name, service, network } = context;
  const sandbox: UnhashedContainer = {
    ...BARE_CONTAINER,
    name: instanceKey(name),
    role: 'sandbox',
    container: '',
    image: context.site.sandboxImage,
    network: { kind: 'network', network, aliases: networkAliases(name, network) },
    hostname: shortInstanceName(name),
    capabilitiesDropped: ['ALL'],
    ports: desiredPorts((service.containers ?? []).flatMap(({ ports }) => ports ?? [])),
    mounts: sandboxMounts(volumes),
    prepare: preparedFolders(service.volumes ?? []),
    userLabels: context.userLabels,
  };
  const { hashFormats: formats } = context.site;
  return { ...sandbox, ...hashContainer(sandbox, { version: context.version, formats, initContainers }) };
}

/**
 * Every form of the names of contract 8.11, because a short name alone waits for a dead resolver (engine-notes). On a
 * shared network only those with the application: another may have a service of the same name.
 */
function networkAliases(name: InstanceName, network: string): readonly string[] {
  return [name.service, shortInstanceName(name)].flatMap((host) => [
    ...(sharedNetworkOf(network) === undefined ? [host] : []),
    `${host}.${name.application}`,
    `${host}.${name.application}.internal`,
  ]);
}

function desiredPorts(specs: readonly ContainerPortSpec[]): readonly DesiredPort[] {
  const ports = specs.map((spec) => ({
    containerPort: spec['container-port'],
    protocol: spec.protocol ?? ('tcp' as const),
    hostPort: spec['host-port'],
    hostIp: spec['host-ip'] === EVERY_ADDRESS ? '' : (spec['host-ip'] ?? ''),
  }));
  return ports.sort((a, b) => a.containerPort - b.containerPort || (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** Ports that differ in more than the container's port. */
function sortKey({ protocol, hostIp, hostPort = 0 }: DesiredPort): string {
  return `${protocol} ${hostIp} ${String(hostPort).padStart(5, '0')}`;
}
