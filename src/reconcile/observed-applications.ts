import { applicationKey, instanceKey } from '../model/names.ts';
import type {
  Identity,
  ObservedApplication,
  ObservedContainer,
  ObservedInstance,
  ObservedNetwork,
} from '../model/observed.ts';

/** Sorts what an engine holds into applications and instances, by label alone. Docker's order never shows. */
export function toObservedApplication(
  key: string,
  containers: readonly ObservedContainer[],
  networks: readonly ObservedNetwork[],
): ObservedApplication | undefined {
  const identity = [...containers, ...networks].map((thing) => thing.identity).find((found) => found !== undefined);
  if (identity === undefined) return undefined;
  const instances: Record<string, ObservedInstance> = {};
  for (const [name, members] of [...groupByInstance(containers)].sort(byKey)) {
    const [first] = members;
    if (first === undefined) continue;
    const { service, index } = first.identity;
    instances[name] = { key: name, service, index, containers: [...members].sort(byName) };
  }
  const { tenant, application } = identity;
  return { key, name: { tenant, application }, networks: [...networks].sort(byName), instances };
}

/** The application something belongs to; undefined for what is not ours or belongs to none (a lease). */
export function applicationOf(identity: Identity | undefined, owner: string): string | undefined {
  if (identity?.owner !== owner || identity.application === '') return undefined;
  return applicationKey(identity);
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

function byName(
  a: { readonly name: string; readonly id: string },
  b: { readonly name: string; readonly id: string },
): number {
  return a.name === b.name ? (a.id < b.id ? -1 : 1) : a.name < b.name ? -1 : 1;
}
