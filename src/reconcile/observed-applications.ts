import { applicationKey, instanceKey } from '../model/names.ts';
import type {
  Identity,
  ObservedApplication,
  ObservedContainer,
  ObservedInstance,
  ObservedNetwork,
  ObservedVolume,
} from '../model/observed.ts';

/** What an engine holds under one application's labels, in any order. */
interface Belongings {
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly ObservedNetwork[];
  readonly volumes: readonly ObservedVolume[];
}

/**
 * Sorts what an engine holds of an application into instances, by label alone. Docker's order never shows. Undefined when
 * there is nothing but persistent volumes: these stay when it goes.
 */
export function toObservedApplication(
  key: string,
  { containers, networks, volumes }: Belongings,
): ObservedApplication | undefined {
  const passing = volumes.filter(({ kind }) => kind !== 'persistent');
  const identity = [...containers, ...networks, ...passing].map((thing) => thing.identity).find(isThere);
  if (identity === undefined) return undefined;
  const instances: Record<string, ObservedInstance> = {};
  for (const [name, members] of [...groupByInstance(containers)].sort(byKey)) {
    const [first] = members;
    if (first === undefined) continue;
    const { service, index } = first.identity;
    instances[name] = { key: name, service, index, containers: [...members].sort(byName) };
  }
  const { tenant, application } = identity;
  const name = { tenant, application };
  return { key, name, networks: [...networks].sort(byName), volumes: [...volumes].sort(byName), instances };
}

function isThere<T>(thing: T | undefined): thing is T {
  return thing !== undefined;
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

function byName<T extends { readonly name: string; readonly id?: string }>(a: T, b: T): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return (a.id ?? '') < (b.id ?? '') ? -1 : 1;
}
