import type { ObservedMarker } from './markers.ts';
import type { ApplicationName, Role } from './names.ts';
import type { DelayedShutdown, LogArchive, Resources, VolumeKind } from './desired.ts';
import type { ProbeKind } from './probes.ts';

/** What an engine answered, in our words and losing nothing that a decision needs. Times are ms since the epoch. */

/** `unknown`: the engine has a word for it that Fairlead does not know. */
export type ContainerStatus =
  'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead' | 'unknown';

/** The limits of a container as the engine holds them; undefined: the engine's host cannot limit that. */
export type ObservedResources = { readonly [K in keyof Resources]: Resources[K] | undefined };

/** Whose a container or network is, read from its labels; absent fields had no label. */
export interface Identity {
  readonly owner: string;
  readonly site: string;
  readonly tenant: string;
  readonly application: string;
  readonly applicationVersion: string | undefined;
  readonly service: string;
  /** 0 where the thing belongs to no instance. */
  readonly index: number;
  readonly container: string;
  readonly role: Role;
  readonly revision: string;
  readonly configHash: string;
  /** Of a sandbox: hash of the values of the variables its instance was made with; '': none. */
  readonly variables: string;
}

export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  /** Absent: not made by Fairlead. */
  readonly identity: Identity | undefined;
  readonly status: ContainerStatus;
  readonly pid: number;
  /** Of its latest end that was seen, also while it runs again; 0: there was none. undefined: there was, unseen. */
  readonly exitCode: number | undefined;
  /** Whether that end was for lack of memory. */
  readonly oomKilled: boolean;
  /** What the engine said when it could not start it; '' if nothing. */
  readonly engineError: string;
  readonly createdAt: number;
  /** 0: never. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Restarts by the engine since the container was made or last started by hand. */
  readonly restartCount: number;
  /** When its latest restarts were, whoever did them, oldest first, as far as they were seen: at most five. */
  readonly restarts: readonly number[];
  /** Since it was made, by whomever, as far as was seen. Best effort. */
  readonly totalRestarts: number;
  /** Since it last ran for 10 min without one. Best effort. */
  readonly currentRestarts: number;
  /** The last lines it logged before it last ended badly; [] where it did not, or keeps no log. */
  readonly lastLines: readonly string[];
  readonly image: string;
  readonly imageId: string;
  readonly resources: ObservedResources;
  readonly restartPolicy: string;
  readonly stopTimeoutMs: number;
  /** Engine id of the container whose network namespace it shares. */
  readonly sandboxId: string | undefined;
  /** By network name: address with prefix length (`10.201.0.2/26`), '' while not running. */
  readonly addresses: Readonly<Record<string, string>>;
  /**
   * By network name, for the same networks: the engine id of the network it has joined, '' before its first start. The
   * engine starts it on that very network or not at all: a newer namesake does not count.
   */
  readonly networkIds: Readonly<Record<string, string>>;
  /** Most bytes in its writable layer; 0: not limited. */
  readonly layerBytes: number;
  /** As it was made: its log is kept when it goes, whatever is desired by then. */
  readonly logArchive: LogArchive | undefined;
  /** Of a sandbox: the stamp of the upgrade it was made in; '' where it was made in none. */
  readonly upgrade: string;
  /** Of a sandbox, as it was made: how its instance may live on when it is succeeded or goes. */
  readonly delayedShutdown: DelayedShutdown | undefined;
  /** As it was made: run in it when its delayed shutdown begins; [] is none. */
  readonly delayedShutdownCmd: readonly string[];
  /** Ports of the host that lead to it, sorted; only while it runs. */
  readonly ports: readonly ObservedPort[];
  /** Of a sandbox: what its `files` volumes hold, by their names in the specification. */
  readonly files: Readonly<Record<string, ObservedFiles>>;
  /** What its probes found in its present life. */
  readonly health: ObservedHealth;
  readonly sight: ObservedSight;
}

/**
 * Since when this daemon has seen it so in its present life, without interruption and by the daemon's own clock, ms since
 * the epoch; 0: it is not so. What must have been ready for a time is measured by this alone: a clock of another machine
 * and a daemon that was away can then only make it longer.
 */
export interface ObservedSight {
  readonly running: number;
  readonly started: number;
  readonly ready: number;
  /** Its readiness probe had succeeded in this life, and does no more. */
  readonly lostReadiness: boolean;
}

/** Of a container that does not run, or that nobody has watched. */
export const UNSEEN: ObservedSight = { running: 0, started: 0, ready: 0, lostReadiness: false };

export interface ObservedPort {
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostIp: string;
  readonly hostPort: number;
}

export interface ObservedFiles {
  /** `..<hash>`; '' before anything was written. */
  readonly generation: string;
  /** When it was switched to, ms since the epoch. */
  readonly switchedAt: number;
  /** Container → the generation it was told of. */
  readonly told: Readonly<Record<string, string>>;
}

export type ProbeStatus = 'unknown' | 'success' | 'failure';

/** `message`: why the latest probe to fail failed; '' when none has. */
export type ObservedHealth = { readonly [K in ProbeKind]: ProbeStatus } & { readonly message: string };

/** Of a container nobody has probed. */
export const UNPROBED: ObservedHealth = {
  startup: 'unknown',
  readiness: 'unknown',
  liveness: 'unknown',
  message: '',
};

export interface ObservedVolume {
  readonly name: string;
  readonly identity: Identity;
  /** The name in the specification. */
  readonly volume: string;
  readonly kind: VolumeKind;
  /** As it was asked for when it was made; 0: none. */
  readonly sizeBytes: number;
  /** Whether the engine enforces that. */
  readonly sizeEnforced: boolean;
  readonly hostVolume: string;
  /** The folder on the host that holds it; '' is the engine's own store. */
  readonly hostPath: string;
}

/** The log of a container that is gone, in a volume of its own. It belongs to no application: it outlives that. */
export interface ObservedLog {
  /** Of the volume. */
  readonly name: string;
  /** Of the container. */
  readonly identity: Identity;
  readonly bytes: number;
  /** Most bytes of all the logs of containers of this name; 0: no limit. */
  readonly maxBytes: number;
  /** When the container ended. */
  readonly endedAt: number;
  /** When all of it is too old to be shown; undefined: never. */
  readonly expiresAt: number | undefined;
}

export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly identity: Identity | undefined;
  readonly driver: string;
  /** CIDRs, IPv4. */
  readonly subnets: readonly string[];
}

export interface ObservedImage {
  readonly id: string;
  /** `name:tag` forms, as the engine prints them. */
  readonly tags: readonly string[];
  /** `name@sha256:…` forms. */
  readonly digests: readonly string[];
}

export interface ObservedInstance {
  /** `acme.shop.web-1` */
  readonly key: string;
  readonly service: string;
  readonly index: number;
  /** Sorted by name, then id: sandbox and members alike. */
  readonly containers: readonly ObservedContainer[];
}

export interface ObservedApplication {
  readonly key: string;
  readonly name: ApplicationName;
  readonly networks: readonly ObservedNetwork[];
  /** Sorted by name. An application of which only persistent ones are left is not listed. */
  readonly volumes: readonly ObservedVolume[];
  /** By key, sorted; without those that linger. */
  readonly instances: Readonly<Record<string, ObservedInstance>>;
  /** Old instances in their delayed shutdown, the longest first. */
  readonly lingering: readonly LingeringInstance[];
  /** Sorted by name. */
  readonly markers: readonly ObservedMarker[];
}

/** What is left of an instance that has been succeeded, or is not wanted any more. */
export interface LingeringInstance {
  readonly service: string;
  /** The number in its labels, which its successor may have by now; its containers' names say how it is called. */
  readonly index: number;
  readonly sandboxId: string;
  /** When it was succeeded, ms since the epoch. */
  readonly since: number;
  /** When its delayed shutdown began; undefined: its successor is waited for. */
  readonly askedAt: number | undefined;
  /** Sorted by name, sandbox included; [] when all are gone. */
  readonly containers: readonly ObservedContainer[];
}

/** Everything under one owner on one host, and what it shares with others. */
export interface ObservedHost {
  readonly host: string;
  /** By application key. An application nothing moved in is the same object as before. */
  readonly applications: Readonly<Record<string, ObservedApplication>>;
  /** Networks that several applications of a tenant share, sorted by name. */
  readonly sharedNetworks: readonly ObservedNetwork[];
  readonly images: readonly ObservedImage[];
  /** Every persistent volume, sorted by name, whether its application is there or not. */
  readonly persistentVolumes: readonly ObservedVolume[];
  /** Markers that are about the host and no application, sorted by name. */
  readonly markers: readonly ObservedMarker[];
  /** Every log that is kept, sorted by name, whether its application is there or not. */
  readonly logs: readonly ObservedLog[];
  /** Subnets nobody may take: every network of the engine and the routes of its host. */
  readonly takenSubnets: readonly string[];
}

/** What is known of an engine itself. */
export interface EngineInfo {
  readonly id: string;
  readonly version: string;
  readonly apiVersion: string;
  /** `amd64` or `arm64`, as the engine names it. */
  readonly architecture: string;
  readonly liveRestore: boolean;
  /** Its clock when it was asked, ms since the epoch: the times of its containers are told by it. */
  readonly systemTime: number;
  readonly storageDriver: string;
  readonly limits: LimitSupport;
  /** Registries that it trusts without a good certificate, and over plain HTTP: `HOST[:PORT]` and CIDRs, sorted. */
  readonly insecureRegistries: readonly string[];
}

/** How much an engine can still store: images, layers and volumes. */
export interface DiskSpace {
  readonly totalBytes: number;
  /** Left to programs without privileges, as `df` counts. */
  readonly freeBytes: number;
}

/** Which limits the engine's host can enforce; it discards the others, for example memory on Raspberry Pi OS. */
export interface LimitSupport {
  readonly memory: boolean;
  readonly cpus: boolean;
  readonly cpuShares: boolean;
}
