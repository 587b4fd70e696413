import { instanceKey, shortInstanceName } from '../model/names.ts';
import type { DesiredSite } from '../model/desired.ts';
import type { ObservedHost, ObservedVolume } from '../model/observed.ts';
import type { SiteHost } from '../model/site-host.ts';
import type { HostState, PersistentVolumeState } from './documents.ts';
import { formatSize } from './format.ts';

type Described = Pick<HostState, 'labels' | 'devices' | 'device-labels' | 'gpus' | 'local-volumes'>;

/** What its site says of a host (avassa-reference 8.2); nothing before a revision was read. */
export function siteHostState(host: SiteHost | undefined, status: HostState['oper-status']): Described {
  if (host === undefined) return { labels: {}, devices: [], 'device-labels': {}, gpus: [], 'local-volumes': [] };
  return {
    labels: host.labels,
    devices: host.devices.map(({ path, deviceLabels }) => ({ name: path, labels: deviceLabels })),
    'device-labels': devicesByLabel(host),
    // Its own keys last: no property of a graphics processor hides them.
    gpus: host.gpus.map(({ id, labels, properties }) => ({ ...properties, id, uuid: id, labels })),
    'local-volumes': host.volumes.map(({ name, path, labels }) => ({
      name,
      status,
      ...(path === '' ? {} : { path }),
      labels,
    })),
  };
}

function devicesByLabel({ devices }: SiteHost): Readonly<Record<string, readonly string[]>> {
  const labels = [...new Set(devices.flatMap(({ deviceLabels }) => deviceLabels))].sort();
  const having = (label: string) => devices.filter(({ deviceLabels }) => deviceLabels.includes(label));
  return Object.fromEntries(labels.map((label) => [label, having(label).map(({ path }) => path)]));
}

/** Every persistent volume of a host. They outlive what they were made for, so somebody has to see them. */
export function persistentVolumeStates(
  observed: ObservedHost | undefined,
  desired: DesiredSite | undefined,
): readonly PersistentVolumeState[] {
  if (observed === undefined) return [];
  const desiredKeys = Object.values(desired?.applications ?? {}).flatMap(({ instances, unplaced }) =>
    [...instances, ...unplaced].map(({ key }) => key),
  );
  const observedKeys = Object.values(observed.applications).flatMap(({ instances }) => Object.keys(instances));
  const keys = new Set([...desiredKeys, ...observedKeys]);
  return observed.persistentVolumes.map((volume) => persistentVolumeState(volume, keys));
}

function persistentVolumeState(
  { name, identity, sizeBytes, hostVolume }: ObservedVolume,
  instances: ReadonlySet<string>,
): PersistentVolumeState {
  return {
    name,
    tenant: identity.tenant,
    application: identity.application,
    'service-instance': shortInstanceName(identity),
    size: formatSize(sizeBytes),
    'host-volume': hostVolume,
    'in-use': instances.has(instanceKey(identity)),
  };
}
