import type { GitReader } from './port.ts';

/**
 * The repository as it would be, had `head` been merged into `base`: history is looked at from head, and what came before
 * it is base first. So a text that only ever stood on the branch was never in force.
 */
export function asMerged(git: GitReader, base: string, head: string): GitReader {
  return {
    ...git,
    async readCommit(oid, signal) {
      const commit = await git.readCommit(oid, signal);
      if (oid !== head || base === head || commit === undefined) return commit;
      return { ...commit, shallow: false, parents: [base, ...commit.parents.filter((parent) => parent !== base)] };
    },
  };
}
