/** A Docker host as its site describes it. */
export interface SiteHost {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly devices: readonly HostDevice[];
  readonly gpus: readonly HostGpu[];
  /** In order: the first that matches is taken. Never empty. */
  readonly volumes: readonly HostVolume[];
}

export interface HostDevice {
  /** `/dev/rtc0` */
  readonly path: string;
  readonly deviceLabels: readonly string[];
}

export interface HostGpu {
  readonly id: string;
  readonly labels: readonly string[];
  /** What `nvidia-patterns` ask about. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface HostVolume {
  readonly name: string;
  /** A folder on the host; '' is the engine's own store. */
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
}
