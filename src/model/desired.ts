import type { ChangeRules } from './change-rules.ts';
import type { ApplicationName, InstanceName, Role } from './names.ts';
import type { Probes } from './probes.ts';
import type { TenantQuota } from './quota.ts';
import type { SignatureDemand } from './signature-demand.ts';
import type { SiteHost } from './site-host.ts';
import type { UpgradeRule } from './upgrade-rule.ts';

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
  /** On top of the engine's usual ones: upper case, without `CAP_`, sorted. */
  readonly capabilitiesAdded: readonly string[];
  /** Mandatory access controls that are off for it, sorted. */
  readonly unconfined: readonly ('apparmor' | 'selinux')[];
  /** Device files of the host, each at its own path, sorted. */
  readonly devices: readonly string[];
  readonly gpus: DesiredGpus | undefined;
  /** Most bytes in its writable layer; 0 is no limit. An engine that cannot limit it makes the container without. */
  readonly layerBytes: number;
  readonly log: DesiredLog;
  /** Its log is kept when it goes, to these limits; undefined: it goes with it. */
  readonly logArchive: LogArchive | undefined;
  /** Opened on the host; only a sandbox has any. Sorted by container port. */
  readonly ports: readonly DesiredPort[];
  /** `sandbox`: the processes of the instance see one another, and the sandbox reaps. */
  readonly pid: 'own' | 'sandbox';
  /** Sorted by path. */
  readonly mounts: readonly DesiredMount[];
  /** Laid into its file system before every start, in this order. */
  readonly prepare: readonly ArchiveEntry[];
  /** Pull the image before every creation. Not hashed. */
  readonly pullAlways: boolean;
  /** Not hashed: a changed probe restarts nothing. */
  readonly probes: Probes;
  /** What follows when a file of a mounted volume changed. Not hashed. */
  readonly onFileChange: OnFileChange;
  /** Run in it when its delayed shutdown begins; [] is none. Not hashed. */
  readonly delayedShutdownCmd: readonly string[];
  /** Labels of the user; Fairlead's own are made from the other fields. */
  readonly userLabels: Readonly<Record<string, string>>;
  /** `<format>:<hex>`, in the newest format: what the container is stamped with. Compared by `isMadeFrom`. */
  readonly configHash: string;
  /** The same wish in each earlier format, as earlier releases have stamped it. */
  readonly formerHashes: readonly string[];
}

/** Limits; 0 is none. These can be changed on a running container. */
export interface Resources {
  readonly memoryBytes: number;
  readonly nanoCpus: number;
  readonly cpuShares: number;
}

export interface DesiredGpus {
  /** Ids as the driver knows them (`GPU-de663f3f-…`), sorted. */
  readonly ids: readonly string[];
  /** Driver capabilities, sorted: `compute`, `utility`, … */
  readonly capabilities: readonly string[];
}

/** `engine`: whatever the engine does by itself. `bounded`: at most this many bytes on disk. */
export type DesiredLog =
  { readonly kind: 'engine' } | { readonly kind: 'none' } | { readonly kind: 'bounded'; readonly bytes: number };

/** What is kept of the log of a container that goes; 0 is no limit. */
export interface LogArchive {
  /** Of all the logs that are kept of containers of one name. */
  readonly maxBytes: number;
  readonly maxDays: number;
}

export interface DesiredPort {
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
  /** undefined: the engine picks one. */
  readonly hostPort: number | undefined;
  /** '' is every address of the host. */
  readonly hostIp: string;
}

export interface DesiredMount {
  /** Name of the volume on the engine. */
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** Something laid into a container's file system. Paths are absolute. */
export type ArchiveEntry =
  | {
      readonly kind: 'directory';
      readonly path: string;
      /** Permission bits. */
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

export type OnFileChange = { readonly kind: 'restart' } | { readonly kind: 'run'; readonly cmd: readonly string[] };

/** `files`: a config map. */
export type VolumeKind = 'ephemeral' | 'persistent' | 'files';

/** A volume of an instance. */
export interface DesiredVolume {
  /** The name on the engine: `acme.shop.web-1.cache`. */
  readonly name: string;
  /** The name in the specification. */
  readonly volume: string;
  readonly kind: VolumeKind;
  /** Most bytes in it; 0 is no limit. An engine that cannot limit it makes the volume without. */
  readonly sizeBytes: number;
  readonly medium: 'disk' | 'memory';
  /** Of the top folder, for a medium that has to be told when it is made. */
  readonly mode: number | undefined;
  readonly uid: number;
  readonly gid: number;
  /** Name of the host's volume it lies on. */
  readonly hostVolume: string;
  /** Folder on the host it lies in; '' is the engine's own store. */
  readonly hostPath: string;
  readonly configHash: string;
}

/** What a config map's volume should hold. */
export interface DesiredFiles {
  /** The name in the specification. */
  readonly volume: string;
  /** Where the sandbox has the volume. */
  readonly directory: string;
  /** `..<hash>` of the files: the folder that holds them inside `directory`. */
  readonly generation: string;
  /** Sorted by name. */
  readonly files: readonly DesiredFile[];
}

export interface DesiredFile {
  readonly name: string;
  readonly data: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export type RestartPolicy = 'no' | 'unless-stopped';

/** Where a sandbox has the volumes of its instance, by their names in the specification. */
export const SANDBOX_VOLUMES = '/volumes';
export const SANDBOX_FILES = '/files';

/** A sandbox owns a place on the application network; every other container joins a sandbox. */
export type NetworkAttachment =
  | { readonly kind: 'network'; readonly network: string; readonly aliases: readonly string[] }
  | { readonly kind: 'sandbox'; readonly sandbox: string };

export interface DesiredInstance {
  /** `acme.shop.web-1` */
  readonly key: string;
  readonly name: InstanceName;
  readonly sandbox: DesiredContainer;
  /** Run to their end one after another, in this order, before the containers start. */
  readonly initContainers: readonly DesiredContainer[];
  /** In the order of the specification. */
  readonly containers: readonly DesiredContainer[];
  /** In the order of the specification. The sandbox has all of them; what it has they outlive. */
  readonly volumes: readonly DesiredVolume[];
  /** What the `files` volumes hold. */
  readonly files: readonly DesiredFiles[];
  readonly variables: DesiredVariables;
  /** undefined: it is stopped when it is succeeded or goes. Not hashed. */
  readonly delayedShutdown: DelayedShutdown | undefined;
}

/** What there is to know of an instance's mutable variables: those whose value can change while their text stays. */
export interface DesiredVariables {
  /**
   * 16 hex digits of the values of those that an env, a cmd or an entrypoint refers to, the values of now; '' where there
   * are none. Compared by `hasOtherValues`.
   */
  readonly hash: string;
  /** What follows when it is another than the instance was made with. */
  readonly onChange: 'restart' | 'upgrade' | 'ignore';
}

/** How an old instance of a service may live on beside what succeeds it. */
export interface DelayedShutdown {
  /** The longest it may, ms. */
  readonly timeoutMs: number;
  /** Of the service, at a time. */
  readonly maxInstances: number;
}

/** An instance that no host can take, or that the policies do not let be made. What runs of it runs on. */
export interface UnplacedInstance {
  readonly key: string;
  readonly name: InstanceName;
  /** A sentence: `host local has no device with the label rtc`. */
  readonly reason: string;
  /** Its host could take it: what runs of it is kept up as it is, in the text it was made from. */
  readonly stays: boolean;
}

export interface DesiredApplication {
  /** `acme.shop` */
  readonly key: string;
  readonly name: ApplicationName;
  readonly version: string | undefined;
  /** The commit whose text this is. */
  readonly revision: string;
  /** The network on the engine: named as the key, or as the one it shares with others of its tenant. */
  readonly network: string;
  readonly instances: readonly DesiredInstance[];
  readonly unplaced: readonly UnplacedInstance[];
  /** Why nothing new may be made from this text: the policies forbid it. undefined: they do not. */
  readonly refused: string | undefined;
  /** What signatures its images have to have before anything is made from them; [] is none. */
  readonly signatures: readonly SignatureDemand[];
  /** Hash of the specification's text as decoded: equal hashes, equal wishes, but for what secrets hold. */
  readonly specHash: string;
  /** Hash of the values of the secrets it names; '' where it names none. */
  readonly secretsHash: string;
  /** What an upgrade brings it to: 16 hex digits of its text and of the values that only an upgrade brings. */
  readonly target: string;
  /** In the order they are tried. */
  readonly upgradeFrom: readonly UpgradeRule[];
  /** Keys of the applications that it needs at its site. */
  readonly dependsOn: readonly string[];
  /** Hash over the containers: when it changes, old failures no longer count. */
  readonly hash: string;
}

export interface DesiredSite {
  readonly site: string;
  readonly owner: string;
  readonly revision: string;
  /** By key. */
  readonly applications: Readonly<Record<string, DesiredApplication>>;
  /**
   * By key, of desired applications: what they would be in their other known versions, newest first. Those are the ones
   * listed (contract 8.3) and those that run. A version that is newer than the desired one is among them, too.
   */
  readonly earlier: Readonly<Record<string, readonly DesiredApplication[]>>;
  /** By key, of those that have any: the keys of the applications that each waits for. There is no circle in it. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
  readonly changeRules: ChangeRules;
  /** Whether `earlier` has everything that history holds of them. */
  readonly versionsComplete: boolean;
  /** Volumes with data and kept logs stay, whatever they were made for; config maps go as ever. Absent: by their kind. */
  readonly keepsData?: true;
  readonly host: SiteHost;
  /** Application keys that nobody may touch, with the reason. */
  readonly leftAlone: Readonly<Record<string, string>>;
  /** Those of them whose version is still looked for in history. */
  readonly awaited: readonly string[];
  /** Tenants of which nothing may be removed, with the reason. */
  readonly frozenTenants: Readonly<Record<string, string>>;
  /** Of tenants that may not have as much as they want. */
  readonly quotas: Readonly<Record<string, TenantQuota>>;
}
