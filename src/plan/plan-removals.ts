import type { DesiredSite } from '../model/desired.ts';
import type { ObservedApplication, ObservedHost } from '../model/observed.ts';
import { own } from '../model/own.ts';
import type { HeldRemoval } from '../model/plan.ts';
import { EVERY_TENANT } from '../spec/layout.ts';
import {
  MASS_REMOVAL_REASON,
  needsVerdict,
  PRUNE_CHECK_REASON,
  type PruneVerdict,
  type Pruning,
} from './prune-guard.ts';

export interface RemovalInput {
  readonly desired: DesiredSite;
  readonly observed: ObservedHost;
  readonly pruneVerdict?: PruneVerdict | undefined;
}

export interface Removals {
  /** Keys of the applications that go, or would, were they not suspended. */
  readonly removable: readonly string[];
  readonly held: readonly HeldRemoval[];
  /** What history has to be asked about. */
  readonly pruning: Pruning | undefined;
}

/** Applications that run and are not desired, as far as they may be removed. */
export function planRemovals({ desired, observed, pruneVerdict }: RemovalInput): Removals {
  const undesired = Object.values(observed.applications).filter(({ key }) => desired.applications[key] === undefined);
  const candidates = undesired.filter(({ key }) => desired.leftAlone[key] === undefined);
  const frozen = candidates.flatMap((application) => holdFrozen(application, desired));
  const isFrozen = new Set(frozen.map(({ application }) => application));
  const removed = candidates.filter(({ key }) => !isFrozen.has(key));
  const suspended = removed.filter(({ key }) => desired.changeRules.suspended[key] !== undefined);
  const free = removed.filter((application) => !suspended.includes(application));
  const running = keysOf(free.filter(hasInstances));
  const judged = pruneVerdict !== undefined && running.every((key) => pruneVerdict.applications.includes(key));
  if (!needsVerdict(running.length) || (judged && pruneVerdict.allowed)) {
    return { removable: keysOf(removed), held: frozen, pruning: undefined };
  }
  const reason = judged ? MASS_REMOVAL_REASON : PRUNE_CHECK_REASON;
  return {
    removable: keysOf([...free.filter((application) => !hasInstances(application)), ...suspended]),
    held: [...frozen, ...running.map((application) => ({ application, reason }))],
    pruning: { applications: running, running: keysOf(Object.values(observed.applications).filter(hasInstances)) },
  };
}

/** The file may be another tenant's, so its name is not for everybody: the site provider sees it among the problems. */
const FROZEN_FOR_ALL_REASON =
  'a file of the repository that may be of any tenant is broken or misplaced, and until it is mended nothing is removed; ' +
  'the problems of the repository name it';

/** Of a tenant of which nothing may be removed, because a broken file may hold any name of it. */
function holdFrozen({ key, name }: ObservedApplication, { frozenTenants }: DesiredSite): readonly HeldRemoval[] {
  const isFrozenForAll = frozenTenants[EVERY_TENANT] !== undefined;
  const reason = own(frozenTenants, name.tenant) ?? (isFrozenForAll ? FROZEN_FOR_ALL_REASON : undefined);
  return reason === undefined ? [] : [{ application: key, reason }];
}

function hasInstances({ instances }: ObservedApplication): boolean {
  return Object.keys(instances).length > 0;
}

function keysOf(applications: readonly ObservedApplication[]): readonly string[] {
  return applications.map(({ key }) => key).sort();
}
