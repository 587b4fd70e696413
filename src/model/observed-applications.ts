import { applicationKey, instanceKey } from './names.ts';
import type { ObservedMarker } from './markers.ts';
import type {
  Identity,
  LingeringInstance,
  ObservedApplication,
  ObservedContainer,
  ObservedInstance,
  ObservedNetwork,
  ObservedVolume,
} from './observed.ts';

/** What an engine holds under one application's labels, in any order. */
interface Belongings {
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly ObservedNetwork[];
  readonly volumes: readonly ObservedVolume[];
  readonly markers: readonly ObservedMarker[];
}

/**
 * Sorts what an engine holds of an application into instances, by label alone. Docker's order never shows. Undefined when
 * there is nothing but persistent volumes: these stay when it goes.
 */
export function toObservedApplication(
  key: string,
  { containers, networks, volumes, markers }: Belongings,
): ObservedApplication | undefined {
  const passing = volumes.filter(({ kind }) => kind !== 'persistent');
  const [place] = [...[...containers, ...networks, ...passing].flatMap(({ identity }) => identity ?? []), ...markers];
  if (place === undefined) return undefined;
  const lingering = toLingering(containers.filter(isOfInstance), markers);
  const gone = new Set(lingering.flatMap((instance) => instance.containers));
  const instances: Record<string, ObservedInstance> = {};
  for (const [name, members] of [...groupByInstance(containers.filter((one) => !gone.has(one)))].sort(byKey)) {
    const [first] = members;
    if (first === undefined) continue;
    const { service, index } = first.identity;
    instances[name] = { key: name, service, index, containers: [...members].sort(byName) };
  }
  const { tenant, application } = place;
  const name = { tenant, application };
  const sorted = { networks: [...networks].sort(byName), volumes: [...volumes].sort(byName) };
  return { key, name, ...sorted, instances, lingering, markers: [...markers].sort(byName) };
}

/** The application something belongs to; undefined for what is not ours or belongs to none (a lease). */
export function applicationOf(identity: Identity | undefined, owner: string): string | undefined {
  if (identity?.owner !== owner || identity.application === '') return undefined;
  return applicationKey(identity);
}

/** By the marker alone: a container's labels stay what they were, and its name may not have been changed yet. */
function toLingering(
  containers: readonly Labelled[],
  markers: readonly ObservedMarker[],
): readonly LingeringInstance[] {
  return markers
    .flatMap((marker): LingeringInstance[] => {
      if (marker.kind !== 'lingering') return [];
      const { sandboxId } = marker;
      const members = containers.filter((one) => one.id === sandboxId || one.sandboxId === sandboxId);
      const { service = '', index = 0 } = members[0]?.identity ?? {};
      const asked = markers.find((one) => one.kind === 'shutdown-asked' && one.sandboxId === sandboxId);
      const askedAt = asked?.kind === 'shutdown-asked' ? asked.at : undefined;
      return [{ service, index, sandboxId, since: marker.at, askedAt, containers: [...members].sort(byName) }];
    })
    .sort((a, b) => a.since - b.since || (a.sandboxId < b.sandboxId ? -1 : 1));
}

type Labelled = ObservedContainer & { readonly identity: Identity };

function groupByInstance(containers: readonly ObservedContainer[]): Map<string, Labelled[]> {
  const groups = new Map<string, Labelled[]>();
  for (const container of containers) {
    if (!isOfInstance(container)) continue;
    const key = instanceKey(container.identity);
    groups.set(key, [...(groups.get(key) ?? []), container]);
  }
  return groups;
}

function isOfInstance(container: ObservedContainer): container is Labelled {
  const role = container.identity?.role;
  return role === 'container' || role === 'init-container' || role === 'sandbox';
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function byName<T extends { readonly name: string; readonly id?: string }>(a: T, b: T): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return (a.id ?? '') < (b.id ?? '') ? -1 : 1;
}
