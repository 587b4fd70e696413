import { GitError, type Commit } from './port.ts';

/** The newest commit that two lines have in common; undefined: none, or none that is here. */
export interface MergeBase {
  readonly commit: string | undefined;
  /** History ends here though it goes on elsewhere, so that more of it might tell otherwise. */
  readonly isCut: boolean;
}

/** Where commits are read. */
export interface CommitReader {
  /** undefined: it is not here. */
  readCommit(oid: string): Promise<Commit | undefined>;
}

type Side = 'base' | 'head';

interface Reached {
  readonly commit: Commit;
  /** The lines it is of, as far as is known. */
  readonly sides: Set<Side>;
}

/** Far more than branches are apart, and some seconds. */
const MOST_COMMITS = 50_000;

/**
 * Walks both lines back, newest commit first, until one is met that is of both. isomorphic-git's own knows neither
 * shallow clones nor borrowed objects, which checkouts of pipelines are made of.
 * @throws GitError
 */
export async function findMergeBase(store: CommitReader, base: string, head: string): Promise<MergeBase> {
  const reached = new Map<string, Reached>();
  const waiting: Reached[] = [];
  let isCut = false;

  async function reach(oid: string, from: Iterable<Side>): Promise<void> {
    const known = reached.get(oid) ?? (await read(oid));
    const before = known.sides.size;
    for (const side of from) known.sides.add(side);
    // Again, too, where a clock was wrong and it was thought to be of one line alone.
    if (known.sides.size > before) insertByTime(waiting, known);
  }

  async function read(oid: string): Promise<Reached> {
    const commit = await store.readCommit(oid);
    if (commit === undefined) throw new GitError('corrupt', `commit ${oid} is missing`);
    isCut ||= commit.shallow;
    const fresh: Reached = { commit, sides: new Set() };
    reached.set(oid, fresh);
    return fresh;
  }

  await reach(base, ['base']);
  await reach(head, ['head']);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { commit, sides } = next;
    if (sides.size === 2) return { commit: commit.oid, isCut: false };
    if (reached.size > MOST_COMMITS) break;
    for (const parent of commit.parents) await reach(parent, sides);
  }
  return { commit: undefined, isCut };
}

/** Oldest first, so that the newest is taken from the end. */
function insertByTime(waiting: Reached[], one: Reached): void {
  const index = waiting.findLastIndex(({ commit }) => commit.time <= one.commit.time);
  waiting.splice(index + 1, 0, one);
}
