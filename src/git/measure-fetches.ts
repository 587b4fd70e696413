import { GitError, type GitErrorCode, type GitPort } from './port.ts';

/** A look at the repository that ended. */
export interface GitFetch {
  /** `aborted`: nobody wanted to know any more; `failed`: something that is no GitError. */
  readonly outcome: 'ok' | GitErrorCode | 'aborted' | 'failed';
  readonly ms: number;
}

export interface MeasureOptions {
  readonly onFetch: (fetch: GitFetch) => void;
  /** ms, from any start; the default is the clock of the machine. */
  readonly elapsed?: () => number;
}

/** The same port, with every look at the branch told when it has ended. */
export function measureFetches(git: GitPort, options: MeasureOptions): GitPort {
  const { onFetch, elapsed = () => performance.now() } = options;
  return {
    watch: git.watch.bind(git),
    readTree: git.readTree.bind(git),
    readTreeEntry: git.readTreeEntry.bind(git),
    compareTrees: git.compareTrees.bind(git),
    readBlob: git.readBlob.bind(git),
    readCommit: git.readCommit.bind(git),
    deepen: git.deepen.bind(git),
    fetchRef: git.fetchRef.bind(git),
    listTags: git.listTags.bind(git),
    readObject: git.readObject.bind(git),
    fetch: async (signal) => {
      const began = elapsed();
      const tell = (outcome: GitFetch['outcome']) => onFetch({ outcome, ms: elapsed() - began });
      try {
        const head = await git.fetch(signal);
        tell('ok');
        return head;
      } catch (error) {
        if (signal.aborted) tell('aborted');
        else tell(error instanceof GitError ? error.code : 'failed');
        throw error;
      }
    },
  };
}
