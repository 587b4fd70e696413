import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
import { own } from '../model/own.ts';
import type { PruneVerdict } from '../plan/prune-guard.ts';

/** One site under two revisions. */
export interface SitePair {
  /** undefined: the site is new. */
  readonly base: DesiredSite | undefined;
  /** undefined: the site goes. */
  readonly head: DesiredSite | undefined;
  /** What runs there now; undefined: what `base` leads to. */
  readonly observed: ObservedHost | undefined;
  /** What history says of removals; undefined: nothing had to be asked, see `removalsToJudge`. */
  readonly pruneVerdict: PruneVerdict | undefined;
}

/** Keys of the applications that are not wished for in the same way, or whose tenant may have more or less, sorted. */
export function differingApplications({ base, head }: Pick<SitePair, 'base' | 'head'>): readonly string[] {
  return applicationKeys({ base, head }).filter((key) => {
    const [was, now] = [base?.applications[key], head?.applications[key]];
    return !isSameWish(was, now) || quotaText(base, was) !== quotaText(head, now);
  });
}

function quotaText(site: DesiredSite | undefined, application: DesiredApplication | undefined): string {
  const quota = application && site && own(site.quotas, application.name.tenant);
  return JSON.stringify(quota?.limits.map(({ kind, most }) => [kind, most]) ?? []);
}

/** Of either revision, sorted. */
export function applicationKeys({ base, head }: Pick<SitePair, 'base' | 'head'>): readonly string[] {
  return [...new Set([base, head].flatMap((site) => Object.keys(site?.applications ?? {})))].sort();
}

/** Equal but for the commit whose text it is. What did not change is mostly the very same object. */
function isSameWish(base: DesiredApplication | undefined, head: DesiredApplication | undefined): boolean {
  if (base === head) return true;
  if (base === undefined || head === undefined) return false;
  return JSON.stringify({ ...base, revision: '' }) === JSON.stringify({ ...head, revision: '' });
}

/**
 * The applications, in groups that have nothing to do with each other; with them all that what is done to them may depend
 * on, or have an effect on: those that share a network or a quota, and those that need one another. Sorted.
 */
export function relatedGroups(
  keys: readonly string[],
  pair: Pick<SitePair, 'base' | 'head'>,
): readonly (readonly string[])[] {
  const neighbours = neighboursIn(pair);
  const seen = new Set<string>();
  return keys.flatMap((key) => {
    if (seen.has(key)) return [];
    const group = new Set([key]);
    // A set that grows while it is walked through is walked through to its new end.
    for (const one of group) for (const other of neighbours.get(one) ?? []) group.add(other);
    for (const one of group) seen.add(one);
    return [[...group].sort()];
  });
}

/** By application key, those it has something to do with in either revision; of one that is alone, nobody. */
function neighboursIn({ base, head }: Pick<SitePair, 'base' | 'head'>): ReadonlyMap<string, readonly string[]> {
  const sites = [base, head].filter((site) => site !== undefined);
  const neighbours = new Map<string, string[]>();
  for (const circle of [...sharingSomething(sites), ...needingOneAnother(sites)]) {
    for (const key of circle) neighbours.set(key, [...(neighbours.get(key) ?? []), ...circle]);
  }
  return neighbours;
}

/** Applications on one network or under one quota. */
function sharingSomething(sites: readonly DesiredSite[]): readonly (readonly string[])[] {
  const shared = new Map<string, Set<string>>();
  const note = (what: string, key: string) => {
    const sharing = shared.get(what);
    if (sharing === undefined) shared.set(what, new Set([key]));
    else sharing.add(key);
  };
  for (const { applications, quotas } of sites) {
    for (const { key, network, name } of Object.values(applications)) {
      note(network, key);
      // No network is called so.
      if (own(quotas, name.tenant) !== undefined) note(`quota of ${name.tenant}`, key);
    }
  }
  return [...shared.values()].filter(({ size }) => size > 1).map((sharing) => [...sharing]);
}

/** Each application that waits for others, with those. */
function needingOneAnother(sites: readonly DesiredSite[]): readonly (readonly string[])[] {
  return sites.flatMap(({ dependencies }) => Object.entries(dependencies).map(([key, needed]) => [key, ...needed]));
}
