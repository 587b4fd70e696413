// Made from schemas/ by scripts/generate.ts. Change the schema and run `npm run generate`.

/**
 * A site: a place with a Docker host that applications are deployed to. A repository without any has one, called `local`.
 */
export interface SiteSpec {
  /**
   * Name of the site.
   */
  name: string;
  /**
   * What people call it.
   */
  'descriptive-name'?: string;
  /**
   * Whether it is a site at the edge or the one above them. Deployments select by it as `system/type`.
   */
  type?: 'edge' | 'top';
  /**
   * Labels of the site, which deployments select by.
   */
  labels?: {
    [k: string]: string;
  };
  /**
   * Whether commands may be run and connections be made in service instances at the site through the API, by those who have the role for it. `forbidden` is for everybody; it ends no session that is open.
   */
  exec?: 'allowed' | 'forbidden';
  /**
   * The time zone of the site, which upgrade windows mean by `site-local` (extension).
   */
  timezone?: string;
  /**
   * When upgrades may begin: outside of all of these a new version waits. Left out, at any time.
   */
  'application-upgrade-windows'?: UpgradeWindowSpec[];
  /**
   * No upgrade begins at the site, whatever the windows say. What is new is started all the same.
   */
  'application-upgrades-blocked'?: boolean;
  /**
   * The hosts of the site; one, for now.
   */
  hosts: HostSpec[];
}
/**
 * A time, again and again, in which upgrades may begin.
 */
export interface UpgradeWindowSpec {
  /**
   * The days on which it opens, with commas between them; left out, every day.
   */
  'days-of-week'?: string;
  /**
   * When it opens on these days, hours and minutes of a day of 24 hours. Where a change of the clock leaves that out it opens as much later, and where it comes twice, the first time.
   */
  'start-time': string;
  /**
   * Whose clock that is: a time zone by its name in the IANA database, or `site-local`, that of the site.
   */
  timezone?: string;
  /**
   * How long it stays open, over midnight if need be. It is time that passes: a change of the clock does not alter it.
   */
  duration: string;
}
/**
 * A Docker host, and what it has that containers can ask for.
 */
export interface HostSpec {
  /**
   * Name of the host, called `cluster-hostname` in its state.
   */
  name: string;
  /**
   * Labels of the host, which services select by with `match-host-labels`.
   */
  labels?: {
    [k: string]: string;
  };
  /**
   * Devices of the host that containers may ask for.
   */
  devices?: HostDeviceSpec[];
  /**
   * Graphics processors of the host.
   */
  gpus?: HostGpuSpec[];
  /**
   * Storage of the host that volumes are made on, the usual one first. Left out, there is one called `default` in the store of the engine.
   */
  'local-volumes'?: LocalVolumeSpec[];
}
/**
 * A device file.
 */
export interface HostDeviceSpec {
  /**
   * The device file on the host; in a container it is at the same place.
   */
  path: string;
  /**
   * Labels that containers ask for it by.
   *
   * Items: A name that can be part of a DNS name.
   */
  'device-labels'?: string[];
}
/**
 * A graphics processor.
 */
export interface HostGpuSpec {
  /**
   * Its id as the driver knows it (`nvidia-smi -L`).
   */
  id: string;
  /**
   * Labels that containers ask for it by.
   *
   * Items: A name that can be part of a DNS name.
   */
  labels?: string[];
  /**
   * Properties that `nvidia-patterns` look at.
   */
  properties?: {
    [k: string]: string;
  };
}
/**
 * Storage that volumes are made on.
 */
export interface LocalVolumeSpec {
  /**
   * Name of the storage, unique on its host.
   */
  name: string;
  /**
   * The folder of the host in which each volume gets a folder of its own; left out, it is the store of the engine.
   */
  path?: string;
  /**
   * Labels of the storage, which volumes select by with `match-volume-labels`.
   */
  labels?: {
    [k: string]: string;
  };
}
