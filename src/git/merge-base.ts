import type { ObjectStore } from './object-store.ts';
import { GitError, type Commit } from './port.ts';

/** The newest commit that two lines have in common; undefined: none, or none that is here. */
export interface MergeBase {
  readonly commit: string | undefined;
  /** History ends here though it goes on elsewhere, so that more of it might tell otherwise. */
  readonly isCut: boolean;
}

/** Far more than branches are apart, and some seconds. */
const MOST_COMMITS = 50_000;

/**
 * Walks both lines back, newest commit first, until one is met that is of both. isomorphic-git's own knows neither
 * shallow clones nor borrowed objects, which checkouts of pipelines are made of.
 * @throws GitError
 */
export async function findMergeBase(store: ObjectStore, base: string, head: string): Promise<MergeBase> {
  const sides = new Map<string, Set<'base' | 'head'>>();
  const waiting: Commit[] = [];
  let isCut = false;

  async function reach(oid: string, from: Iterable<'base' | 'head'>): Promise<void> {
    const known = sides.get(oid);
    if (known === undefined) {
      const commit = await store.readCommit(oid);
      if (commit === undefined) throw new GitError('corrupt', `commit ${oid} is missing`);
      isCut ||= commit.shallow;
      sides.set(oid, new Set(from));
      insertByTime(waiting, commit);
    } else for (const side of from) known.add(side);
  }

  await reach(base, ['base']);
  await reach(head, ['head']);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const of = sides.get(next.oid) ?? new Set();
    if (of.size === 2) return { commit: next.oid, isCut: false };
    if (sides.size > MOST_COMMITS) break;
    for (const parent of next.parents) await reach(parent, of);
  }
  return { commit: undefined, isCut };
}

/** Oldest first, so that the newest is taken from the end. */
function insertByTime(commits: Commit[], commit: Commit): void {
  const index = commits.findLastIndex(({ time }) => time <= commit.time);
  commits.splice(index + 1, 0, commit);
}
