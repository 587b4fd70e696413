import type { Commit } from './port.ts';

/** Where commits are read. */
export interface Commits {
  /** undefined when it is not to be had. */
  readCommit(oid: string): Promise<Commit | undefined>;
}

/** Clocks of committers differ: parents may look younger than their children by that much. */
const CLOCK_SKEW_MS = 24 * 60 * 60 * 1000;
const MAX_COMMITS = 5_000;

/**
 * Whether `former` can be reached from `oid`. History older than `former` is not walked, so a branch that was moved
 * elsewhere costs no more than one that grew. 'unknown' after 5,000 commits.
 */
export async function isAncestor(
  store: Commits,
  former: Pick<Commit, 'oid' | 'time'>,
  oid: string,
): Promise<boolean | 'unknown'> {
  const waiting = [oid];
  const seen = new Set(waiting);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (next === former.oid) return true;
    if (seen.size > MAX_COMMITS) return 'unknown';
    const commit = await store.readCommit(next);
    if (commit === undefined || commit.time < former.time - CLOCK_SKEW_MS) continue;
    const fresh = commit.parents.filter((parent) => !seen.has(parent));
    for (const parent of fresh) seen.add(parent);
    waiting.push(...fresh);
  }
  return false;
}
