import type { ApplicationName, InstanceName, Role } from './names.ts';

/** What a site should look like: plain data, built from specifications alone. */

/** One container as it should be on an engine. Sizes in bytes, times in ms. */
export interface DesiredContainer {
  /** The name on the engine, for example `acme.shop.web-1.nginx`. */
  readonly name: string;
  readonly role: Role;
  /** The name inside its instance; empty for a sandbox. */
  readonly container: string;
  readonly image: string;
  /** Absent: the image's own. */
  readonly entrypoint: readonly string[] | undefined;
  /** Absent: the image's own; `[]`: no arguments. */
  readonly cmd: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** `uid` or `uid:gid`; absent: the image's own. */
  readonly user: string | undefined;
  readonly resources: Resources;
  /** An init process as PID 1 that reaps and forwards signals. */
  readonly init: boolean;
  /** How long a stop waits before it kills. */
  readonly stopTimeoutMs: number;
  readonly restart: RestartPolicy;
  readonly network: NetworkAttachment;
  readonly hostname: string | undefined;
  readonly capabilitiesDropped: readonly string[];
  /** Labels of the user; Fairlead's own are made from the other fields. */
  readonly userLabels: Readonly<Record<string, string>>;
  /** `<format>:<hex>`: equal hashes mean the container on the engine need not be made anew. */
  readonly configHash: string;
}

/** Limits; 0 is none. These can be changed on a running container. */
export interface Resources {
  readonly memoryBytes: number;
  readonly nanoCpus: number;
  readonly cpuShares: number;
}

export type RestartPolicy = 'no' | 'unless-stopped';

/** A sandbox owns a place on the application network; every other container joins a sandbox. */
export type NetworkAttachment =
  | { readonly kind: 'network'; readonly network: string; readonly aliases: readonly string[] }
  | { readonly kind: 'sandbox'; readonly sandbox: string };

export interface DesiredInstance {
  /** `acme.shop.web-1` */
  readonly key: string;
  readonly name: InstanceName;
  readonly sandbox: DesiredContainer;
  /** In the order of the specification. */
  readonly containers: readonly DesiredContainer[];
}

export interface DesiredApplication {
  /** `acme.shop` */
  readonly key: string;
  readonly name: ApplicationName;
  readonly version: string | undefined;
  /** The commit whose text this is. */
  readonly revision: string;
  /** The application network, named as the key. */
  readonly network: string;
  readonly instances: readonly DesiredInstance[];
  /** Hash of the specification's text as decoded: equal hashes, equal wishes. */
  readonly specHash: string;
  /** Hash over the containers: when it changes, old failures no longer count. */
  readonly hash: string;
}

export interface DesiredSite {
  readonly site: string;
  readonly owner: string;
  readonly revision: string;
  /** By key. */
  readonly applications: Readonly<Record<string, DesiredApplication>>;
  /** Application keys that nobody may touch, with the reason. */
  readonly leftAlone: Readonly<Record<string, string>>;
  /** Tenants of which nothing may be removed, with the reason. */
  readonly frozenTenants: Readonly<Record<string, string>>;
}
