import type { DesiredContainer, DesiredInstance } from '../model/desired.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';

/** A container of the specification and what there is of it. */
export interface Pair {
  readonly desired: DesiredContainer;
  readonly observed: ObservedContainer | undefined;
}

export interface SortedContainers {
  readonly sandbox: ObservedContainer | undefined;
  /** In the order they run in. */
  readonly initContainers: readonly Pair[];
  readonly members: readonly Pair[];
  /** Not in the specification, or one too many of a name. */
  readonly surplus: readonly ObservedContainer[];
}

export type WithSandbox = SortedContainers & { readonly sandbox: ObservedContainer };

/** Matches containers to wishes by label, never by name: somebody may have renamed one. */
export function sortContainers(desired: DesiredInstance, observed: ObservedInstance | undefined): SortedContainers {
  const left = new Set(observed?.containers ?? []);
  const take = (wanted: DesiredContainer): ObservedContainer | undefined => {
    const candidates = [...left].filter(
      ({ identity }) => identity?.role === wanted.role && identity.container === wanted.container,
    );
    const chosen = candidates.find(({ name }) => name === wanted.name) ?? candidates[0];
    if (chosen !== undefined) left.delete(chosen);
    return chosen;
  };
  const pair = (wanted: DesiredContainer): Pair => ({ desired: wanted, observed: take(wanted) });
  const sandbox = take(desired.sandbox);
  const initContainers = desired.initContainers.map(pair);
  const members = desired.containers.map(pair);
  return { sandbox, initContainers, members, surplus: [...left] };
}
