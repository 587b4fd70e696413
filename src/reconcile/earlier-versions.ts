import type { Commit } from '../git/port.ts';
import type { Catalog, ParsedFile } from '../model/catalog.ts';
import type { EarlierVersion } from '../spec/resolve-catalog.ts';
import { createHistory, type HistoryOptions } from './history.ts';
import type { TreeLoader } from './tree-loader.ts';

// Last good texts come from git alone, never from memory: a fresh daemon finds the same ones (contract 2).

export interface EarlierVersionsOptions extends HistoryOptions {
  readonly loader: TreeLoader;
  /** Commits in the labels of what runs: found even where the history was rewritten or is not here. */
  readonly runningRevisions: () => Promise<readonly string[]>;
}

/** A walk under way. */
interface Search {
  readonly loader: TreeLoader;
  /** Files of which an earlier version may still be needed. */
  readonly wanted: Set<string>;
  readonly found: EarlierVersion[];
  /** The wanted files, those they were in conflict with and the policies, as they were at the commit looked at before. */
  former: ReadonlyMap<string, ParsedFile | undefined>;
}

/**
 * A revision, judged by the policies in force: of one that is broken that is its last good text, so a mistake in it
 * neither lets anything through nor stops anything.
 */
export async function loadJudged(revision: string, options: EarlierVersionsOptions): Promise<Catalog> {
  const catalog = await options.loader.load(revision);
  const broken = catalog.rejected.filter(({ kind }) => kind === 'policy');
  if (broken.length === 0) return catalog;
  return options.loader.load(revision, await findEarlierVersions({ ...catalog, rejected: broken }, options));
}

/** Earlier versions of every rejected file, newest first, back to the newest one without fault. */
export async function findEarlierVersions(
  catalog: Catalog,
  options: EarlierVersionsOptions,
): Promise<readonly EarlierVersion[]> {
  const wanted = rejectedFiles(catalog);
  if (wanted.size === 0) return [];
  const { loader } = options;
  const judged = new Set([...wanted, ...policyFiles(wanted)]);
  const search: Search = { loader, wanted, found: [], former: await loadFiles(loader, catalog.revision, judged) };
  for await (const { oid } of createHistory(options).firstParents(catalog.revision)) {
    await collect(oid, search);
    if (wanted.size === 0) return search.found;
  }
  for (const revision of await reachable(await options.runningRevisions(), options)) await collect(revision, search);
  return search.found;
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
 * Adds the versions a commit has of the wanted files, as its whole catalog judged them: a text that contradicted
 * another, or the policy of then, never was in force. A file found without fault is wanted no more, nor is one that did not exist then: what it
 * held before had been removed. Where neither the files nor what they contradicted nor the policies have changed, nor has the judgement.
 */
async function collect(revision: string, search: Search): Promise<void> {
  const { loader, wanted, found, former } = search;
  const files = await loadFiles(loader, revision, new Set([...wanted, ...former.keys()]));
  if ([...files].every(([file, parsed]) => former.get(file) === parsed)) return;
  for (const file of wanted) if (files.get(file) === undefined) wanted.delete(file);
  if (wanted.size === 0) return;
  const catalog = await loader.load(revision);
  const judged = new Set([...wanted, ...rejectedFiles(catalog), ...policyFiles(wanted)]);
  search.former = await loadFiles(loader, revision, judged);
  for (const file of wanted) {
    const parsed = asJudged(file, catalog);
    found.push({ revision, parsed });
    if (parsed.rejected.length === 0) wanted.delete(file);
  }
}

/** What the catalog of a commit made of one of its files. */
function asJudged(file: string, { documents, rejected, problems }: Catalog): ParsedFile {
  const ofFile = (one: { readonly file: string }) => one.file === file;
  return {
    file,
    documents: documents.filter(ofFile),
    rejected: rejected.filter(ofFile),
    problems: problems.filter(ofFile),
  };
}

/** Where the policies stand that the documents of some files are judged by. */
function policyFiles(files: ReadonlySet<string>): readonly string[] {
  const tenants = [...files].flatMap((file) => /^tenants\/[^/]+\//.exec(file)?.[0] ?? []);
  const folders = ['', ...new Set(tenants)];
  return folders.flatMap((folder) => ['yaml', 'yml', 'json'].map((end) => `${folder}policy.${end}`));
}

function rejectedFiles({ rejected }: Catalog): Set<string> {
  return new Set(rejected.map(({ file }) => file));
}

async function loadFiles(
  loader: TreeLoader,
  revision: string,
  files: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ParsedFile | undefined>> {
  const loaded = new Map<string, ParsedFile | undefined>();
  for (const file of files) loaded.set(file, await loader.loadFile(revision, file));
  return loaded;
}
