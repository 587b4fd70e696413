// The names of things on a Docker host and the labels they carry (contract 3).

/** Lower-case letters, digits and hyphens, at most 63 characters (contract 2). */
export function isTenantName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/** One application of one tenant. */
export interface ApplicationName {
  readonly tenant: string;
  readonly application: string;
}

/** One service instance; `index` is the N of `<service>-<N>`, counted from 1. */
export interface InstanceName extends ApplicationName {
  readonly service: string;
  readonly index: number;
}

/** `acme.shop`: the key of an application everywhere in memory, and the name of its network on the engine. */
export function applicationKey(name: ApplicationName): string {
  return `${name.tenant}.${name.application}`;
}

/** `web-1`: what a tenant calls an instance. */
export function shortInstanceName(name: Pick<InstanceName, 'service' | 'index'>): string {
  return `${name.service}-${name.index}`;
}

/** `web-1` → `web` */
export function serviceOf(shortInstance: string): string {
  return shortInstance.replace(/-\d+$/, '');
}

/** `acme.shop.web-1`: what the site provider calls an instance, and the name of its sandbox on the engine. */
export function instanceKey(name: InstanceName): string {
  return `${applicationKey(name)}.${shortInstanceName(name)}`;
}

/** `acme.shop.web-1.nginx`: the name of a container on the engine. */
export function containerName(name: InstanceName, container: string): string {
  return `${instanceKey(name)}.${container}`;
}

/** `acme.shop.web-1.cache`: the name of a volume on the engine. */
export function volumeName(name: InstanceName, volume: string): string {
  return `${instanceKey(name)}.${volume}`;
}

/** `acme.backbone.shared`: the network of the applications of a tenant that share one. No application's is called so. */
export function sharedNetworkName(tenant: string, sharedNetwork: string): string {
  return `${tenant}.${sharedNetwork}.shared`;
}

/** What applications call the network of this name; undefined when it is one application's own. */
export function sharedNetworkOf(network: string): string | undefined {
  return /^[^.]+\.([^.]+)\.shared$/.exec(network)?.[1];
}

export const LABEL_PREFIX = 'io.fairlead.';

/** The labels everything made by Fairlead carries. */
export const LABEL = {
  owner: 'io.fairlead.owner',
  site: 'io.fairlead.site',
  tenant: 'io.fairlead.tenant',
  application: 'io.fairlead.application',
  applicationVersion: 'io.fairlead.application-version',
  service: 'io.fairlead.service',
  instance: 'io.fairlead.instance',
  container: 'io.fairlead.container',
  role: 'io.fairlead.role',
  revision: 'io.fairlead.revision',
  configHash: 'io.fairlead.config-hash',
  variables: 'io.fairlead.variables',
  volume: 'io.fairlead.volume',
  volumeKind: 'io.fairlead.volume-kind',
  volumeSize: 'io.fairlead.volume-size',
  hostVolume: 'io.fairlead.host-volume',
  sharedNetwork: 'io.fairlead.shared-network',
  logArchive: 'io.fairlead.log-archive',
  logBytes: 'io.fairlead.log-bytes',
  logEnd: 'io.fairlead.log-end',
  logUntil: 'io.fairlead.log-until',
  upgrade: 'io.fairlead.upgrade',
  delayedShutdown: 'io.fairlead.delayed-shutdown',
  delayedShutdownCmd: 'io.fairlead.delayed-shutdown-cmd',
  marker: 'io.fairlead.marker',
  markerFacts: 'io.fairlead.marker-facts',
} as const;

export type Role = 'container' | 'init-container' | 'sandbox' | 'helper' | 'marker';
