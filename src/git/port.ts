/** Everything Fairlead asks of a git repository. Adapters: local.ts (a path) and remote.ts (http, https, ssh). */
export interface GitPort {
  /**
   * Looks where the branch is and makes that commit readable. Cheap when nothing moved.
   * @throws GitError
   */
  fetch(signal: AbortSignal): Promise<Head>;
  /** Calls back, coalesced, when something tells that `fetch` would find news. Remote repositories never call. */
  watch(onChange: () => void): Promise<Watcher>;
  /** Files below the tree folder at a commit, as path (relative to that folder) → entry. Folders are not listed. */
  readTree(commit: string): Promise<ReadonlyMap<string, TreeEntry>>;
  /** One entry of `readTree` without reading the rest; undefined when the path is not there. */
  readTreeEntry(commit: string, path: string): Promise<TreeEntry | undefined>;
  /**
   * Where the files below the tree folder differ between two commits: path → what `commit` has there, undefined for
   * nothing. Costs the folders that differ. A commit without the tree folder has no files.
   */
  compareTrees(from: string, commit: string): Promise<ReadonlyMap<string, TreeEntry | undefined>>;
  /** The bytes, or 'too-large' without holding them in memory where that can be told before. */
  readBlob(oid: string, maxBytes: number): Promise<Uint8Array | 'too-large'>;
  /** undefined when the commit is not here and cannot be fetched. */
  readCommit(commit: string, signal: AbortSignal): Promise<Commit | undefined>;
  /**
   * Makes head and what it descends from readable, `depth` commits deep, where a shallow store has less. What the
   * server does not give stays away without an error.
   * @throws GitError when it cannot be asked
   */
  deepen(depth: number, signal: AbortSignal): Promise<void>;
  /**
   * The commit a name stands for now, made readable: a branch, a tag, a full name (`refs/pull/12/head`), HEAD, or the
   * full oid of a commit where the server gives it. What is known of the followed branch stays as it is. Costs one
   * question while the commit is here already. Where a remote store is made anew, which is seldom, the commit is
   * 'not-found' again until it is asked for again.
   * @returns the full oid of the commit
   * @throws GitError 'ref-missing' | 'ref-ambiguous', or what `fetch` throws
   */
  fetchRef(ref: string, signal: AbortSignal): Promise<string>;
  /** The annotated tags there are now, of the whole repository. One question. @throws GitError */
  listTags(signal: AbortSignal): Promise<readonly Tag[]>;
  /**
   * The raw bytes of a commit or an annotated tag, without git's own header. A tag that is not here is fetched; undefined
   * when the object is not to be had.
   * @throws GitError
   */
  readObject(oid: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

/** Reading what there is, without asking for news. */
export type GitReader = Pick<
  GitPort,
  'readTree' | 'readTreeEntry' | 'compareTrees' | 'readBlob' | 'readCommit' | 'deepen'
>;

/** A ref below refs/tags/ that is an object of its own. Others (`git tag NAME`) cannot be signed, and are no tags here. */
export interface Tag {
  /** Without `refs/tags/`. */
  readonly name: string;
  /** Of the tag object. */
  readonly oid: string;
  /** What it names in the end, as the repository says; the tag object itself knows better. */
  readonly commit: string;
}

export interface Head {
  /** Full oid. */
  readonly revision: string;
  /** True when the former head is no ancestor of this one. */
  readonly forced: boolean;
}

export interface TreeEntry {
  readonly oid: string;
  readonly type: 'file' | 'symlink' | 'submodule';
}

export interface Commit {
  readonly oid: string;
  /** First parent first; empty for a root and where a shallow history ends. */
  readonly parents: readonly string[];
  /** True where a shallow history ends: there are parents, but not here. */
  readonly shallow: boolean;
  /** ms since the epoch (committer). */
  readonly time: number;
  readonly message: string;
}

export interface Watcher {
  close(): Promise<void>;
}

export type GitErrorCode =
  | 'unreachable' // the server or folder cannot be reached: try again, with growing delay
  | 'unauthorized' // credentials are missing or wrong
  | 'untrusted' // its host key or certificate is not known, or another than the known one
  | 'not-found' // no such repository
  | 'branch-missing' // the branch does not exist (any more)
  | 'ref-missing' // nothing has the name that was asked for, or it is no commit
  | 'ref-ambiguous' // several things have it
  | 'corrupt'; // the answer or the store makes no sense

/** A failed look at the repository. The message is a sentence and holds no credential. */
export class GitError extends Error {
  readonly code: GitErrorCode;
  constructor(code: GitErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'GitError';
    this.code = code;
  }
}
