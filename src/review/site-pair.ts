import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
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

/** Keys of the applications that are not wished for in the same way, sorted. */
export function differingApplications({ base, head }: Pick<SitePair, 'base' | 'head'>): readonly string[] {
  return applicationKeys({ base, head }).filter((key) => !isSameWish(base?.applications[key], head?.applications[key]));
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
 * The applications, and all that what is done to them may depend on or have an effect on: those they share a network
 * with. Sorted.
 */
export function withRelated(keys: readonly string[], pair: Pick<SitePair, 'base' | 'head'>): readonly string[] {
  const networks = new Map<string, string[]>();
  for (const site of [pair.base, pair.head]) {
    for (const { key, network } of Object.values(site?.applications ?? {})) {
      const sharing = networks.get(network);
      if (sharing === undefined) networks.set(network, [key]);
      else sharing.push(key);
    }
  }
  const networksOf = new Map<string, string[]>();
  for (const [network, sharing] of networks)
    for (const key of sharing) networksOf.set(key, [...(networksOf.get(key) ?? []), network]);
  const related = new Set(keys);
  // A set that grows while it is walked through is walked through to its new end.
  for (const key of related)
    for (const network of networksOf.get(key) ?? [])
      for (const other of networks.get(network) ?? []) related.add(other);
  return [...related].sort();
}
