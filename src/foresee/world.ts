import type { DesiredSite } from '../model/desired.ts';
import { applicationKey, instanceKey, volumeName } from '../model/names.ts';
import type { ObservedMarker } from '../model/markers.ts';
import type {
  ObservedApplication,
  ObservedContainer,
  ObservedFiles,
  ObservedHost,
  ObservedImage,
  ObservedLog,
  ObservedNetwork,
  ObservedVolume,
} from '../model/observed.ts';
import { guessFiles } from './guess-files.ts';

/** A host as it will be, with what an engine holds and nobody sees at the moment. */
export interface World {
  readonly host: ObservedHost;
  readonly hidden: Hidden;
}

interface Hidden {
  /** What config maps hold, by the volume's name on the engine: without a sandbox that runs nobody can look. */
  readonly files: ReadonlyMap<string, ObservedFiles>;
  /** Which config maps the sandboxes have that were made meanwhile: by id, the names in the specification. */
  readonly mounted: ReadonlyMap<string, readonly string[]>;
  /** How many ids were given out. */
  readonly ids: number;
}

/** What a step may see and change: what there is of one application, and what belongs to none. */
export interface Scene extends Hidden {
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly ObservedNetwork[];
  /** Persistent ones included, though they outlive it. */
  readonly volumes: readonly ObservedVolume[];
  readonly markers: readonly ObservedMarker[];
  readonly sharedNetworks: readonly ObservedNetwork[];
  readonly images: readonly ObservedImage[];
  readonly logs: readonly ObservedLog[];
  readonly hostMarkers: readonly ObservedMarker[];
  readonly takenSubnets: readonly string[];
}

/** When something happens; ms since the epoch. */
export interface Moment {
  /** By the daemon's clock: what it sees and notes. */
  readonly now: number;
  /** By the engine's: when its containers were made, began and ended. */
  readonly engineNow: number;
  readonly owner: string;
}

export function containersOf({ applications }: ObservedHost): readonly ObservedContainer[] {
  return Object.values(applications).flatMap(({ instances, lingering }) =>
    [...Object.values(instances), ...lingering].flatMap((instance) => instance.containers),
  );
}

/** A host as it is seen: what its config maps hold is told by the sandboxes that run, else it is guessed. */
export function toWorld(host: ObservedHost, desired: DesiredSite): World {
  const files = new Map(Object.values(host.applications).flatMap((application) => unseenFiles(application, desired)));
  for (const { identity, files: held } of containersOf(host)) {
    if (identity === undefined) continue;
    for (const [volume, one] of Object.entries(held)) files.set(volumeName(identity, volume), one);
  }
  return { host, hidden: { files, mounted: new Map(), ids: idsIn(host) } };
}

function unseenFiles(
  { key, volumes, instances }: ObservedApplication,
  { applications, earlier }: DesiredSite,
): readonly [string, ObservedFiles][] {
  const configMaps = volumes.filter(({ kind }) => kind === 'files');
  const newest = applications[key];
  if (configMaps.length === 0 || newest === undefined) return [];
  const texts = [newest, ...(earlier[key] ?? [])];
  return configMaps.flatMap((volume): [string, ObservedFiles][] => {
    const guess = guessFiles(volume, instances[instanceKey(volume.identity)], texts);
    return guess === undefined ? [] : [[volume.name, guess]];
  });
}

const ID = /^(?:sha256:)?fore(\d{8})/;

/**
 * An id that no engine gives, told apart by its first 12 characters as everybody does, and another than any that was
 * foreseen before.
 */
export function giveId(scene: Scene): readonly [string, Scene] {
  const ids = scene.ids + 1;
  return [`fore${String(ids).padStart(8, '0')}`, { ...scene, ids }];
}

function idsIn(host: ObservedHost): number {
  const networks = [...Object.values(host.applications).flatMap((one) => one.networks), ...host.sharedNetworks];
  const ids = [...containersOf(host), ...networks, ...host.images].map(({ id }) => Number(ID.exec(id)?.[1] ?? 0));
  return ids.reduce((most, id) => Math.max(most, id), 0);
}

/** `key`: of an application; '' for what belongs to none. */
export function sceneOf({ host, hidden }: World, key: string): Scene {
  const application = host.applications[key];
  const { sharedNetworks, images, logs, takenSubnets, markers: hostMarkers, persistentVolumes } = host;
  const containers = application === undefined ? [] : containersOf({ ...host, applications: { [key]: application } });
  return {
    ...hidden,
    ...{ sharedNetworks, images, logs, takenSubnets, hostMarkers },
    containers,
    networks: application?.networks ?? [],
    volumes: application?.volumes ?? persistentVolumes.filter(({ identity }) => applicationKey(identity) === key),
    markers: application?.markers ?? [],
  };
}
