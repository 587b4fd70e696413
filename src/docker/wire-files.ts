// The part of the Docker Engine API about volumes, files and commands in containers; see wire.ts.

/** Header `X-Docker-Container-Path-Stat` of `HEAD /containers/{id}/archive`, base64 JSON. */
export interface WirePathStat {
  /** RFC 3339. */
  readonly mtime: string;
  /** Absolute and resolved; '' for what is no symbolic link. */
  readonly linkTarget: string;
}

/** Answer of `POST /containers/{id}/exec`. */
export interface WireExecCreated {
  readonly Id: string;
}

/** `GET /exec/{id}/json` */
export interface WireExec {
  readonly Running: boolean;
  readonly ExitCode: number | null;
}

export interface WireVolume {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  /** Of the driver, as given on create. */
  readonly Options: Readonly<Record<string, string>> | null;
}

/** `GET /volumes` */
export interface WireVolumes {
  readonly Volumes: readonly WireVolume[] | null;
}

/** Body of `POST /volumes/create`. */
export interface WireCreateVolume {
  readonly Name: string;
  readonly Driver: 'local';
  readonly DriverOpts: Readonly<Record<string, string>>;
  readonly Labels: Readonly<Record<string, string>>;
}
