import type { ContainerSpec, InitContainerSpec, SecretKeySpec, ServiceSpec } from '../model/application-spec.ts';
import type { HostVolume, SiteHost } from '../model/site-host.ts';
import { matchesLabels, parseLabelExpression } from '../spec/label-expression.ts';
import { explainMissingDevice, matchingDevices } from './match-devices.ts';
import { explainMissingGpus, takenGpus } from './match-gpus.ts';
import { explainMissingVolume, matchingVolumes } from './match-volumes.ts';

/** What an instance gets of its host, or why the host cannot take it: a sentence a person can act on. */
export type Placement = Placed | { readonly kind: 'unplaced'; readonly reason: string };

export interface Placed {
  readonly kind: 'placed';
  /** Device files by the name of the container or init container, sorted. */
  readonly devices: ReadonlyMap<string, readonly string[]>;
  /** Ids of GPUs by the name of the container or init container, sorted; none for one that asks for none. */
  readonly gpus: ReadonlyMap<string, readonly string[]>;
  /** By the name of a volume in the specification; volumes in memory and files lie on none. */
  readonly hostVolumes: ReadonlyMap<string, HostVolume>;
}

/** Why a host cannot take an instance of a service; undefined when it can, as far as this filter looks. */
type Filter = (service: ServiceSpec, host: SiteHost, isDelivered: IsDelivered) => string | undefined;

/** Whether the value of a secret is known here. */
export type IsDelivered = (secret: SecretKeySpec) => boolean;

/** In order, the first that refuses gives the reason. */
const FILTERS: readonly Filter[] = [
  // What Fairlead cannot do yet is so on any host; to run without a secret would be worse than not to run.
  explainVm,
  (service, _host, isDelivered) => explainSecretVariable(service, isDelivered),
  explainSecretVolume,
  explainApprole,
  // A condition on the host as a whole comes before what it has.
  explainHostLabels,
  (service, host) => firstOf(containersOf(service), (container) => explainMissingDevice(container, host)),
  (service, host) => firstOf(containersOf(service), (container) => explainMissingGpus(container, host)),
  (service, host) => firstOf(service.volumes ?? [], (volume) => explainMissingVolume(volume, host)),
];

/** Where the instances of a validated service find what they ask for. All replicas get the same; GPUs are shared. */
export function placeInstance(service: ServiceSpec, host: SiteHost, isDelivered: IsDelivered): Placement {
  const reason = firstOf(FILTERS, (filter) => filter(service, host, isDelivered));
  if (reason !== undefined) return { kind: 'unplaced', reason };
  const containers = containersOf(service);
  return {
    kind: 'placed',
    devices: new Map(containers.map((container) => [container.name, matchingDevices(container, host)])),
    gpus: new Map(containers.flatMap(({ name, gpu }) => (gpu === undefined ? [] : [[name, takenGpus(gpu, host)]]))),
    hostVolumes: matchingVolumes(service.volumes ?? [], host),
  };
}

/** Whether the labels of the host fulfil `match-host-labels`. */
export function matchesHost({ placement }: ServiceSpec, host: SiteHost): boolean {
  const expression = placement?.['match-host-labels'];
  return expression === undefined || matchesLabels(parseLabelExpression(expression), host.labels);
}

function explainVm({ vm }: ServiceSpec): string | undefined {
  return vm === undefined ? undefined : 'not supported yet: vm';
}

function explainSecretVariable({ variables = [] }: ServiceSpec, isDelivered: IsDelivered): string | undefined {
  const variable = variables.find(({ 'value-from-vault-secret': secret }) => secret && !isDelivered(secret));
  return variable && `not supported yet: value-from-vault-secret (variable ${variable.name})`;
}

function explainSecretVolume({ volumes = [] }: ServiceSpec): string | undefined {
  const volume = volumes.find((one) => one['vault-secret'] !== undefined);
  return volume && `not supported yet: vault-secret (volume ${volume.name})`;
}

function explainApprole(service: ServiceSpec): string | undefined {
  const container = containersOf(service).find(({ approle }) => approle !== undefined);
  return container && `not supported yet: approle (container ${container.name})`;
}

function explainHostLabels(service: ServiceSpec, host: SiteHost): string | undefined {
  if (matchesHost(service, host)) return undefined;
  return `the labels of host ${host.name} do not match \`${service.placement?.['match-host-labels']?.trim() ?? ''}\``;
}

function containersOf(service: ServiceSpec): readonly (InitContainerSpec | ContainerSpec)[] {
  return [...(service['init-containers'] ?? []), ...(service.containers ?? [])];
}

function firstOf<T>(items: readonly T[], explain: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const reason = explain(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
