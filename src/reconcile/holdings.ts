import { applicationKey } from '../model/names.ts';
import type { ObservedMarker } from '../model/markers.ts';
import type {
  ObservedApplication,
  ObservedContainer,
  ObservedHost,
  ObservedImage,
  ObservedHealth,
  ObservedLog,
  ObservedNetwork,
  ObservedVolume,
} from '../model/observed.ts';
import { applicationOf, toObservedApplication } from '../model/observed-applications.ts';
import { seen, seenHealth } from '../health/sight.ts';

/** Containers or networks by id, volumes by name. */
export interface Shelf<T> {
  put(thing: T): void;
  has(id: string): boolean;
  /** Drops what has this id or name but is not `except`. */
  drop(idOrName: string, except?: string): void;
  /** Puts these and drops all others. */
  replaceAll(things: readonly T[]): void;
}

/** What was last seen of an engine, as values: put in, taken out, looked at. */
export interface Holdings {
  readonly containers: Shelf<ObservedContainer>;
  readonly networks: Shelf<ObservedNetwork>;
  readonly volumes: Shelf<ObservedVolume>;
  /** Logs of containers that are gone; no application changes with them. */
  readonly logs: Shelf<ObservedLog>;
  readonly markers: Shelf<ObservedMarker>;
  /** What its probes found in the life of the container that began at `startedAt`. */
  setHealth(id: string, startedAt: number, health: ObservedHealth): void;
  setImages(images: readonly ObservedImage[]): void;
  /** Routes of the engine's host, as CIDRs; those that belong to a network are told by the network. */
  setRoutes(routes: readonly string[]): void;
  /** An application nothing moved in is the same object as in the snapshot before, and so is all if nothing moved. */
  snapshot(): ObservedHost;
}

type Thing = ObservedContainer | ObservedNetwork | ObservedVolume | ObservedLog | ObservedMarker;

export interface HoldingsOptions {
  readonly host: string;
  readonly owner: string;
  /** ms since the epoch */
  readonly now: () => number;
}

export function createHoldings({ host, owner, now }: HoldingsOptions): Holdings {
  const containers = new Map<string, ObservedContainer>();
  const networks = new Map<string, ObservedNetwork>();
  const volumes = new Map<string, ObservedVolume>();
  const logs = new Map<string, ObservedLog>();
  const markers = new Map<string, ObservedMarker>();
  const changed = new Set<string>();
  let images: readonly ObservedImage[] = [];
  let routes: readonly string[] = [];
  let applications: Readonly<Record<string, ObservedApplication>> = {};
  let sharedNetworks: readonly ObservedNetwork[] = [];
  let current: ObservedHost | undefined;

  /** Remembers which application has to be grouped again. */
  function touch(thing: Thing | undefined): void {
    const key = placeOf(thing, owner);
    if (key !== undefined) changed.add(key);
    current = undefined;
  }

  return {
    // An engine knows nothing of probes: what they found in this life is kept when the container is read again.
    containers: createShelf(containers, touch, (container, before) => seen(container, before, now())),
    networks: createShelf(networks, touch),
    volumes: createShelf(volumes, touch),
    logs: createShelf(logs, () => (current = undefined)),
    markers: createShelf(markers, touch),
    setHealth(id, startedAt, health) {
      const container = containers.get(id);
      if (container?.startedAt !== startedAt || isEqual(container.health, health)) return;
      containers.set(id, seenHealth(container, health, now()));
      touch(container);
    },
    setImages(seen) {
      if (isEqual(seen, images)) return;
      images = seen;
      current = undefined;
    },
    setRoutes(found) {
      const known = new Set(subnetsOf(networks));
      routes = found.filter((route) => !known.has(route));
      current = undefined;
    },
    snapshot() {
      if (current !== undefined) return current;
      applications = regroup(applications, changed, { owner, containers, networks, volumes, markers });
      changed.clear();
      sharedNetworks = keepIfEqual(sharedNetworks, sharedOnes(networks, owner));
      const persistentVolumes = [...volumes.values()].filter(({ kind }) => kind === 'persistent').sort(byName);
      const takenSubnets = [...new Set([...routes, ...subnetsOf(networks)])].sort();
      const keptLogs = [...logs.values()].sort(byName);
      const hostMarkers = [...markers.values()].filter(({ application }) => application === '').sort(byName);
      current = {
        ...{ host, applications, sharedNetworks, images, persistentVolumes, takenSubnets },
        ...{ logs: keptLogs, markers: hostMarkers },
      };
      return current;
    },
  };
}

/** `merge`: adds to what was read what is known of it besides. */
function createShelf<T extends Thing>(
  kept: Map<string, T>,
  touch: (thing: T | undefined) => void,
  merge: (seen: T, before: T | undefined) => T = (seen) => seen,
): Shelf<T> {
  const shelf: Shelf<T> = {
    has: (id) => kept.has(id),
    put(seen) {
      const before = kept.get(keyOf(seen));
      const thing = merge(seen, before);
      if (before !== undefined && isEqual(before, thing)) return;
      kept.set(keyOf(thing), thing);
      touch(before);
      touch(thing);
    },
    drop(idOrName, except = '') {
      for (const [key, thing] of kept) {
        if ((key !== idOrName && thing.name !== idOrName) || key === except) continue;
        kept.delete(key);
        touch(thing);
      }
    },
    replaceAll(things) {
      const keys = new Set(things.map(keyOf));
      for (const key of kept.keys()) if (!keys.has(key)) shelf.drop(key);
      for (const thing of things) shelf.put(thing);
    },
  };
  return shelf;
}

function keyOf(thing: Thing): string {
  return 'id' in thing ? thing.id : thing.name;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** The application something belongs to; undefined for what is not ours or belongs to none. */
function placeOf(thing: Thing | undefined, owner: string): string | undefined {
  if (thing === undefined || !('kind' in thing) || !('owner' in thing)) return applicationOf(thing?.identity, owner);
  return thing.owner === owner && thing.application !== '' ? applicationKey(thing) : undefined;
}

/** They belong to no application: the labels say a tenant and a name alone. */
function sharedOnes(networks: ReadonlyMap<string, ObservedNetwork>, owner: string): readonly ObservedNetwork[] {
  const isShared = ({ identity }: ObservedNetwork) => identity?.owner === owner && identity.application === '';
  return [...networks.values()].filter(isShared).sort(byName);
}

function keepIfEqual<T>(before: T, now: T): T {
  return isEqual(before, now) ? before : now;
}

/** Both come from one translator, so their keys stand in one order. */
function isEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function subnetsOf(networks: ReadonlyMap<string, ObservedNetwork>): readonly string[] {
  return [...networks.values()].flatMap(({ subnets }) => subnets);
}

interface Shelves {
  readonly owner: string;
  readonly containers: ReadonlyMap<string, ObservedContainer>;
  readonly networks: ReadonlyMap<string, ObservedNetwork>;
  readonly volumes: ReadonlyMap<string, ObservedVolume>;
  readonly markers: ReadonlyMap<string, ObservedMarker>;
}

/** The applications anew: those in `changed` from what is held now, the others as they were. */
function regroup(
  before: Readonly<Record<string, ObservedApplication>>,
  changed: ReadonlySet<string>,
  { owner, containers, networks, volumes, markers }: Shelves,
): Readonly<Record<string, ObservedApplication>> {
  if (changed.size === 0) return before;
  const members = groupByApplication(containers, owner, changed);
  const nets = groupByApplication(networks, owner, changed);
  const space = groupByApplication(volumes, owner, changed);
  const facts = groupByApplication(markers, owner, changed);
  const kept = Object.entries(before).filter(([key]) => !changed.has(key));
  const anew = [...changed].flatMap((key): [string, ObservedApplication][] => {
    const application = toObservedApplication(key, {
      containers: members.get(key) ?? [],
      networks: nets.get(key) ?? [],
      volumes: space.get(key) ?? [],
      markers: facts.get(key) ?? [],
    });
    return application === undefined ? [] : [[key, application]];
  });
  return Object.fromEntries([...kept, ...anew]);
}

function groupByApplication<T extends Thing>(
  things: ReadonlyMap<string, T>,
  owner: string,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things.values()) {
    const key = placeOf(thing, owner);
    if (key === undefined || !wanted.has(key)) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}
