import type { Commit, GitReader } from '../git/port.ts';

export interface HistoryOptions {
  readonly git: GitReader;
  /** First parents walked back at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** The past of a branch. Where the repository is shallow, more of it is fetched, in pieces that grow, as it is read. */
export interface History {
  /** undefined when the commit is not to be had. @throws GitError */
  read(oid: string): Promise<Commit | undefined>;
  /** First parents, newest first, without the commit itself. @throws GitError */
  firstParents(head: string): AsyncGenerator<Commit>;
}

/** Commits in the first piece. */
const FIRST_DEPTH = 50;
const GROWTH = 4;

export function createHistory({ git, limit, signal }: HistoryOptions): History {
  let depth = 1;

  async function read(oid: string): Promise<Commit | undefined> {
    let commit = await git.readCommit(oid, signal);
    while (commit?.shallow === true && depth <= limit) {
      depth = Math.min(Math.max(FIRST_DEPTH, depth * GROWTH), limit + 1);
      await git.deepen(depth, signal);
      commit = await git.readCommit(oid, signal);
    }
    return commit;
  }

  async function* firstParents(head: string): AsyncGenerator<Commit> {
    let commit = limit > 0 ? await read(head) : undefined;
    for (let walked = 0; walked < limit; walked += 1) {
      const parent = commit?.parents[0];
      commit = parent === undefined ? undefined : await read(parent);
      if (commit === undefined) return;
      yield commit;
    }
  }

  return { read, firstParents };
}
