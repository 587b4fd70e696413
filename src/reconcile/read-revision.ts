import { deployedApplicationKey, pinnedVersion } from '../desired/choose-version.ts';
import { GitError, type GitReader } from '../git/port.ts';
import { UNKNOWN_HISTORY, type Catalog, type ResolvedCatalog, type VersionHistory } from '../model/catalog.ts';
import type { Problem } from '../model/problem.ts';
import { buildCatalog } from '../spec/build-catalog.ts';
import { checkCrossReferences } from '../spec/cross-references.ts';
import { compareProblems } from '../spec/problems.ts';
import { resolveCatalog } from '../spec/resolve-catalog.ts';
import { askVersions, toInForce, type AskedVersions } from './asked-versions.ts';
import { findEarlierVersions, loadJudged } from './earlier-versions.ts';
import type { TreeLoader } from './tree-loader.ts';
import { createVersionSearch } from './version-search.ts';

export interface ReadRevisionOptions {
  readonly git: GitReader;
  readonly loader: TreeLoader;
  /** First parents walked back at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** A revision as a daemon carries it out, and everything that is wrong with it. */
export interface ReadRevision {
  readonly catalog: ResolvedCatalog;
  /** Those between its documents, too; sorted. */
  readonly problems: readonly Problem[];
}

/**
 * Reads one revision for itself: rejected documents are replaced by their last good texts, and versions that are pinned
 * are looked for in history, no others.
 * @throws GitError
 */
export async function readRevision(revision: string, options: ReadRevisionOptions): Promise<ReadRevision> {
  const search = { ...options, runningRevisions: () => Promise.resolve([]) };
  const found = await loadJudged(revision, search);
  const resolved = resolveCatalog(found, await findEarlierVersions(found, search));
  const history = await findPinned(resolved, options);
  return { catalog: { ...resolved, history }, problems: problemsOf(found) };
}

/** The same of a revision that may be from before there was a tree folder: then it holds nothing. @throws GitError */
export async function readFormerRevision(revision: string, options: ReadRevisionOptions): Promise<ReadRevision> {
  try {
    return await readRevision(revision, options);
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'not-found') throw error;
    return { catalog: resolveCatalog(buildCatalog(revision, [], []), []), problems: [] };
  }
}

function problemsOf(catalog: Catalog): readonly Problem[] {
  return [...catalog.problems, ...checkCrossReferences(catalog)].sort(compareProblems);
}

/** The texts of versions that a deployment pins and the revision itself has not. */
async function findPinned(catalog: ResolvedCatalog, options: ReadRevisionOptions): Promise<VersionHistory> {
  const complete = { ...UNKNOWN_HISTORY, isComplete: true };
  const wanted = missingPins(catalog);
  if (wanted.size === 0) return complete;
  const applications = Object.fromEntries(Object.entries(catalog.applications).filter(([key]) => wanted.has(key)));
  const asked: AskedVersions = askVersions({ ...catalog, applications }, new Map());
  const search = createVersionSearch(options);
  const isKnown = ([key, version]: readonly [string, string]) =>
    search.found(key).some((one) => one.version === version && one.document !== undefined);
  const { signal } = options;
  await search.search(asked, {
    signal,
    goesOn: () => !signal.aborted && ![...wanted].every(isKnown),
    onFound: () => undefined,
  });
  const versions = [...wanted].map(([key, version]) => {
    const sightings = search.found(key).filter((one) => one.version === version);
    return [key, sightings.flatMap((one) => toInForce(one) ?? [])] as const;
  });
  return { ...complete, versions: Object.fromEntries(versions), isCut: search.isCut() };
}

/** By application key. */
function missingPins({ deployments, applications }: ResolvedCatalog): ReadonlyMap<string, string> {
  const pins = Object.values(deployments).flatMap((deployment) => {
    const [key, version] = [deployedApplicationKey(deployment), pinnedVersion(deployment)];
    const current = applications[key];
    const isMissing = version !== undefined && current !== undefined && current.document.spec.version !== version;
    return isMissing ? [[key, version] as const] : [];
  });
  return new Map(pins);
}
