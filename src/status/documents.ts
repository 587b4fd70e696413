import type { ApplicationDeploymentSpec } from '../model/application-deployment-spec.ts';
import type { ApplicationSpec } from '../model/application-spec.ts';
import type { ProbeStatus } from '../model/observed.ts';
import type { SiteSpec } from '../model/site-spec.ts';
import type { ProbeKind } from '../model/probes.ts';

// The state documents of the API, shaped as the samples of the seeds (contract 5.3, 6). Lists are `[]`, never absent.

/** The closed set of contract 6: one client refuses any other word. */
export type OperStatus = 'running' | 'admin-down' | 'upgrading' | 'starting' | 'error' | 'failed';
export type DeploymentOperStatus = 'deploying' | 'canary' | 'deployed' | 'blocked' | 'error';

/** An init container can also have done what it is for. */
export type InitOperStatus = OperStatus | 'completed';

export interface ImageStatus {
  readonly status: 'present' | 'pulling' | 'missing' | 'error';
  /** The repository digest, else the image id; absent until the image is here. */
  readonly digest?: string;
  /** RFC 3339; only when this daemon pulled it, like `pull-time`. */
  readonly 'last-pull'?: string;
  /** `2s`, `850ms` */
  readonly 'pull-time'?: string;
  readonly 'error-message'?: string;
}

/** What containers and init containers are both shown with. */
interface AnyContainerState {
  readonly name: string;
  /** The first 12 digits of the engine's id; '' before there is one. */
  readonly id: string;
  readonly 'error-message'?: string;
  /** RFC 3339; 1970 before the first start. */
  readonly 'start-time': string;
  /** Since it last ran for 10 min without one. */
  readonly 'current-restarts': number;
  /** Since it was made, by whomever. */
  readonly 'total-restarts': number;
  /** Device files, each at its own path in the container. */
  readonly devices: readonly string[];
  readonly gpus: readonly GpuState[];
  /** `utility, compute`; only with `gpus`. */
  readonly 'nvidia-driver-capabilities'?: string;
}

/** One id under both of its names: samples of different age have one or the other (contract 6). */
export interface GpuState {
  readonly id: string;
  readonly uuid: string;
}

export interface ContainerState extends AnyContainerState {
  readonly 'oper-status': OperStatus;
  readonly ready: boolean;
  /** Of those it has. */
  readonly probes: Readonly<Partial<Record<ProbeKind, ProbeState>>>;
  /** Extension: where it is reached from outside; absent where it opens none. */
  readonly ports?: readonly PortState[];
}

export interface InitContainerState extends AnyContainerState {
  readonly 'oper-status': InitOperStatus;
}

export interface ProbeState {
  readonly status: ProbeStatus;
  readonly 'error-message'?: string;
}

export interface PortState {
  readonly 'container-port': number;
  readonly protocol: string;
  readonly 'host-ip': string;
  readonly 'host-port': number;
}

export interface VolumeState {
  readonly name: string;
  /** As the specification writes it; of a volume of another size, in whole bytes or what they come to. */
  readonly size: string;
  readonly 'host-volume': string;
}

/** Extension: how far an upgrade is. */
export interface UpgradeDocument {
  /** Versions, `(none)` for none. */
  readonly from: readonly string[];
  readonly to: string;
  readonly method: 'per-service' | 'stop-and-restart';
  /** Counted from 1; absent when what is done belongs to no batch. */
  readonly batch?: number;
  readonly batches?: number;
  /** Instances of the new version that have been ready for their healthy-time, and those that are not of it. */
  readonly done: number;
  readonly left: number;
  /** `web-1 to be ready` */
  readonly 'waiting-for'?: string;
  /** When the healthy-time that is waited for is over, and how long that is. */
  readonly 'healthy-at'?: string;
  readonly 'wait-healthy-timeout'?: string;
}

export interface InstanceState {
  readonly name: string;
  readonly 'application-version'?: string;
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: string;
  /** Extension: what it waits for, or how long it has to stay as it is; of one that lingers, how far its shutdown is. */
  readonly progress?: string;
  /** Extension: an old instance in its delayed shutdown; it counts as no replica. */
  readonly lingering?: true;
  readonly ready: boolean;
  /** '' when no host can take it. */
  readonly host: string;
  readonly 'application-network': {
    readonly 'shared-application-network'?: string;
    readonly ips: readonly string[];
    readonly 'dns-records': readonly string[];
  };
  /** The address it leaves by. */
  readonly 'gateway-network': { readonly ips: readonly string[] };
  readonly 'ephemeral-volumes': readonly VolumeState[];
  readonly 'persistent-volumes': readonly VolumeState[];
  readonly 'init-containers': readonly InitContainerState[];
  readonly containers: readonly ContainerState[];
}

/** Beside an instance's own keys, what the site provider's views add. */
export type SystemInstanceState = InstanceState & { readonly tenant: string; readonly application: string };

/** The specification in force with its state; the specification is absent when no valid text of it is known. */
export type ApplicationState = Partial<ApplicationSpec> & {
  readonly name: string;
  readonly 'config-modified-time': string;
  readonly 'locally-deployed': boolean;
  readonly 'application-deployment'?: string;
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: string;
  /** Extension: an upgrade under way in a sentence, and in figures. */
  readonly progress?: string;
  readonly upgrade?: UpgradeDocument;
  /** Extension: what of the specification is not carried out. */
  readonly warnings: readonly string[];
  readonly 'service-instances': readonly InstanceState[];
};

export type DeploymentState = ApplicationDeploymentSpec & {
  readonly 'application-version': string;
  readonly status: {
    readonly 'oper-status': DeploymentOperStatus;
    readonly 'error-message'?: string;
    /** Time left of the healthy-time that is waited for: `7m18s`. */
    readonly 'wait-healthy-timeout'?: string;
    readonly images: readonly { readonly name: string; readonly status: string; readonly digest?: string }[];
    readonly 'application-versions': readonly {
      readonly version: string;
      readonly 'deployed-to': readonly { readonly site: string; readonly time: string }[];
      readonly 'deploying-to': readonly { readonly site: string }[];
    }[];
  };
};

/** A Docker host. What its site says of it is there once a revision was read. */
export interface HostState {
  readonly 'cluster-hostname': string;
  readonly hostname: string;
  readonly 'host-id': string;
  readonly version: string;
  /** Hosts are not taken out of service yet. */
  readonly 'maintenance-mode': 'off';
  /** The one host of a site holds its state. */
  readonly controller: boolean;
  readonly 'oper-status': 'up' | 'down';
  readonly 'error-message'?: string;
  /** RFC 3339; 1970 when it was never up. */
  readonly 'started-at': string;
  /** Extension: what of a specification this host cannot carry out, and a disk that is low. */
  readonly warnings: readonly string[];
  /** Extension; absent while nobody holds the lease, as with `--dry-run`. */
  readonly disk?: DiskState;
  readonly labels: Readonly<Record<string, string>>;
  readonly devices: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** Label → the devices that have it. */
  readonly 'device-labels': Readonly<Record<string, readonly string[]>>;
  /** Beside these its properties, as the site gives them. */
  readonly gpus: readonly { readonly id: string; readonly uuid: string; readonly labels: readonly string[] }[];
  readonly 'local-volumes': readonly LocalVolumeState[];
  /** Extension: every persistent volume on the host, also of what is gone. */
  readonly 'persistent-volumes': readonly PersistentVolumeState[];
}

/** The file system of the engine's images, containers and volumes. */
export interface DiskState {
  /** `253GB`, rounded, as `free`. */
  readonly total: string;
  readonly free: string;
  readonly low: boolean;
}

export interface LocalVolumeState {
  readonly name: string;
  readonly status: 'up' | 'down';
  /** A folder of the host; absent: the store of the engine. */
  readonly path?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PersistentVolumeState {
  /** On the engine: `acme.shop.web-1.data`. */
  readonly name: string;
  readonly tenant: string;
  readonly application: string;
  /** `web-1` */
  readonly 'service-instance': string;
  readonly size: string;
  readonly 'host-volume': string;
  /** Whether the service instance it belongs to is wished for, or still there. */
  readonly 'in-use': boolean;
}

/** A site with the labels that every site has, `system/name` and `system/type`. */
export type SiteState = SiteSpec & {
  readonly type: 'edge' | 'top';
  readonly labels: Readonly<Record<string, string>>;
  /** Extension: whether this daemon looks after it. */
  readonly 'served-here': boolean;
};

export interface RepositoryState {
  readonly 'wanted-revision': string;
  readonly 'fetched-revision': string;
  /** The newest revision that every host was brought to. */
  readonly 'applied-revision': string;
  readonly 'fetch-time': string;
  readonly 'error-message'?: string;
  readonly problems: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
    readonly severity: 'error' | 'warning';
  }[];
  readonly 'held-removals': readonly { readonly application: string; readonly reason: string }[];
  /** Whether the version lists are complete: history is looked through after a revision is in force. */
  readonly 'history-complete': boolean;
}
