// The part of the Docker Engine API (1.41 and later) Fairlead reads and writes, spelled as the engine spells it.
// The engine's answers are trusted to have this shape.

export interface WireContainer {
  readonly Id: string;
  /** With a leading slash. */
  readonly Name: string;
  readonly Created: string;
  /** The image's id. */
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: WireState;
  readonly Config: {
    /** As given on create: a reference or an id. */
    readonly Image: string;
    readonly Labels: Readonly<Record<string, string>> | null;
    /** Seconds; absent: the engine's default, 10. */
    readonly StopTimeout?: number | null;
    /** Whether it has a terminal. */
    readonly Tty?: boolean;
  };
  readonly HostConfig: WireResources & {
    readonly NetworkMode: string;
    readonly RestartPolicy: { readonly Name: string };
    /** Only what the create asked for, and the storage driver granted. */
    readonly StorageOpt?: Readonly<Record<string, string>> | null;
  };
  readonly Mounts?: readonly WireMountPoint[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, WireEndpoint>> | null;
    /** By `80/tcp`; null: exposed and nothing leads to it. */
    readonly Ports?: Readonly<Record<string, readonly WirePortBinding[] | null>> | null;
  };
}

export interface WirePortBinding {
  readonly HostIp: string;
  /** '' in a create: the engine picks one. */
  readonly HostPort: string;
}

export interface WireLogConfig {
  readonly Type: string;
  readonly Config?: Readonly<Record<string, string>>;
}

/** A mount of a container that is there. */
export interface WireMountPoint {
  readonly Type: string;
  /** Of the volume; absent on other types. */
  readonly Name?: string;
  readonly Destination: string;
}

export interface WireState {
  readonly Status: string;
  readonly Pid: number;
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
  readonly Error: string;
  /** `0001-01-01T00:00:00Z`: never. */
  readonly StartedAt: string;
  readonly FinishedAt: string;
}

interface WireResources {
  readonly Memory: number;
  readonly NanoCpus: number;
  readonly CpuShares: number;
}

export interface WireEndpoint {
  /** Of the network last joined; '' before the first start. Kept when that network is removed. */
  readonly NetworkID: string;
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
}

/** A row of `GET /containers/json`. */
export interface WireContainerRow {
  readonly Id: string;
}

export interface WireNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string }[] | null };
}

export interface WireImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  /** Only in the answer to an inspect. */
  readonly Config?: { readonly Entrypoint?: readonly string[] | null } | null;
}

export interface WireInfo {
  readonly ID: string;
  readonly ServerVersion: string;
  /** RFC 3339 with nanoseconds, by the clock of the engine's host. */
  readonly SystemTime: string;
  readonly LiveRestoreEnabled: boolean;
  readonly Driver: string;
  readonly MemoryLimit: boolean;
  readonly CpuCfsQuota: boolean;
  readonly CPUShares: boolean;
  readonly RegistryConfig?: {
    readonly InsecureRegistryCIDRs?: readonly string[] | null;
    readonly IndexConfigs?: Readonly<Record<string, { readonly Secure?: boolean }>> | null;
  } | null;
}

export interface WireVersion {
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
  /** Go's word: `amd64`, `arm64`. */
  readonly Arch: string;
}

/** A line of `GET /events`. */
export interface WireEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> | null };
}

/** A line of the answer to a pull or an import. */
export interface WireProgress {
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** Body of `POST /containers/create`. */
export interface WireCreateContainer {
  readonly Image: string;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly Hostname?: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly StopTimeout?: number;
  /** Keys as `80/tcp`. */
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly OpenStdin?: boolean;
  readonly StdinOnce?: boolean;
  readonly HostConfig: WireHostConfig;
  readonly NetworkingConfig?: {
    readonly EndpointsConfig: Readonly<Record<string, { readonly Aliases: readonly string[] }>>;
  };
}

export interface WireHostConfig extends Partial<WireResources> {
  readonly Init?: boolean;
  readonly MemorySwap?: number;
  readonly RestartPolicy?: { readonly Name: string };
  readonly NetworkMode: string;
  /** `container:<id>` */
  readonly PidMode?: string;
  readonly CapAdd?: readonly string[];
  readonly CapDrop?: readonly string[];
  readonly AutoRemove?: boolean;
  readonly ReadonlyRootfs?: boolean;
  readonly SecurityOpt?: readonly string[];
  readonly LogConfig?: WireLogConfig;
  readonly Devices?: readonly WireDevice[];
  readonly DeviceRequests?: readonly WireDeviceRequest[];
  readonly StorageOpt?: Readonly<Record<string, string>>;
  readonly PortBindings?: Readonly<Record<string, readonly WirePortBinding[]>>;
  readonly Mounts?: readonly WireMount[];
}

export interface WireDevice {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  /** Of `rwm`. */
  readonly CgroupPermissions: string;
}

export interface WireDeviceRequest {
  readonly Driver: string;
  readonly DeviceIDs: readonly string[];
  /** Any of these lists, each as a whole. */
  readonly Capabilities: readonly (readonly string[])[];
}

/** A bind of a folder that is not on the host is refused; the engine's older `Binds` would make it. */
export type WireMount =
  | {
      readonly Type: 'volume';
      readonly Source: string;
      readonly Target: string;
      readonly ReadOnly: boolean;
      readonly VolumeOptions: { readonly NoCopy: boolean };
    }
  | { readonly Type: 'bind'; readonly Source: string; readonly Target: string };

/** Body of `POST /containers/{id}/update`. */
export interface WireUpdateContainer extends Partial<WireResources> {
  readonly MemorySwap?: number;
  readonly RestartPolicy: { readonly Name: string };
}

/** Body of `POST /networks/create`. */
export interface WireCreateNetwork {
  readonly Name: string;
  readonly CheckDuplicate: boolean;
  readonly Driver: string;
  readonly IPAM: { readonly Driver: string; readonly Config: readonly { readonly Subnet: string }[] };
  readonly Labels: Readonly<Record<string, string>>;
}
