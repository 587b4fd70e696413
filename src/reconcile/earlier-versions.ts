import type { Commit, GitPort } from '../git/port.ts';
import type { Catalog, ParsedFile } from '../model/catalog.ts';
import type { EarlierVersion } from '../spec/resolve-catalog.ts';
import type { TreeLoader } from './tree-loader.ts';

// Last good texts come from git alone, never from memory: a fresh daemon finds the same ones (contract 2).

export interface EarlierVersionsOptions {
  readonly git: GitPort;
  readonly loader: TreeLoader;
  /** Commits walked back at most. */
  readonly limit: number;
  /** Commits in the labels of what runs: found even where the history was rewritten or is not here. */
  readonly runningRevisions: () => Promise<readonly string[]>;
  readonly signal: AbortSignal;
}

/** Earlier versions of every rejected file, newest first, back to the newest one without fault. */
export async function findEarlierVersions(
  catalog: Catalog,
  options: EarlierVersionsOptions,
): Promise<readonly EarlierVersion[]> {
  const wanted = new Set(catalog.rejected.map((document) => document.file));
  if (wanted.size === 0) return [];
  const found: EarlierVersion[] = [];
  for await (const revision of ancestors(catalog.revision, options)) {
    await collect(revision, wanted, found, options.loader);
    if (wanted.size === 0) return found;
  }
  for (const revision of await reachable(await options.runningRevisions(), options)) {
    await collect(revision, wanted, found, options.loader);
  }
  return found;
}

/** Those of the commits that can be read, newest first. */
async function reachable(revisions: readonly string[], { git, signal }: EarlierVersionsOptions): Promise<string[]> {
  const commits: Commit[] = [];
  for (const revision of revisions) {
    const commit = await git.readCommit(revision, signal);
    if (commit !== undefined) commits.push(commit);
  }
  return commits.sort((a, b) => b.time - a.time).map(({ oid }) => oid);
}

/**
 * Adds the versions a commit has of the wanted files. A file found without fault is wanted no more, nor is one that did
 * not exist then: what it held before had been removed.
 */
async function collect(
  revision: string,
  wanted: Set<string>,
  found: EarlierVersion[],
  loader: TreeLoader,
): Promise<void> {
  for (const file of wanted) {
    const parsed = await loader.loadFile(revision, file);
    if (parsed !== undefined && !isKnown(found, parsed)) found.push({ revision, parsed });
    if (parsed === undefined || parsed.rejected.length === 0) wanted.delete(file);
  }
}

function isKnown(found: readonly EarlierVersion[], parsed: ParsedFile): boolean {
  return found.some((version) => version.parsed === parsed);
}

/** First parents, newest first, without the commit itself. */
async function* ancestors(head: string, { git, limit, signal }: EarlierVersionsOptions): AsyncGenerator<string> {
  let commit = await git.readCommit(head, signal);
  for (let walked = 0; walked < limit; walked += 1) {
    const parent = commit?.parents[0];
    if (parent === undefined) return;
    yield parent;
    commit = await git.readCommit(parent, signal);
  }
}
