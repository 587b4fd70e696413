import type { ApplicationName, Role } from './names.ts';
import type { Resources } from './desired.ts';

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
}

export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  /** Absent: not made by Fairlead. */
  readonly identity: Identity | undefined;
  readonly status: ContainerStatus;
  readonly pid: number;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** What the engine said when it could not start it; '' if nothing. */
  readonly engineError: string;
  readonly createdAt: number;
  /** 0: never. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Restarts by the engine since the container was made or last started by hand. */
  readonly restartCount: number;
  /** When the engine's latest restarts were, oldest first, as far as they were seen: at most five. Best effort. */
  readonly restarts: readonly number[];
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
  /** By key, sorted. */
  readonly instances: Readonly<Record<string, ObservedInstance>>;
}

/** Everything under one owner on one host, and what it shares with others. */
export interface ObservedHost {
  readonly host: string;
  /** By application key. An application nothing moved in is the same object as before. */
  readonly applications: Readonly<Record<string, ObservedApplication>>;
  readonly images: readonly ObservedImage[];
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
  readonly storageDriver: string;
  readonly limits: LimitSupport;
}

/** Which limits the engine's host can enforce; it discards the others, for example memory on Raspberry Pi OS. */
export interface LimitSupport {
  readonly memory: boolean;
  readonly cpus: boolean;
  readonly cpuShares: boolean;
}
