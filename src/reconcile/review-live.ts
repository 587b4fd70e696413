import { resolveSiteContext, type SiteOptions } from '../desired/site-context.ts';
import { desiredSite } from '../desired/site.ts';
import { findMergeBase } from '../git/merge-base.ts';
import { mergeTrees } from '../git/merged-tree.ts';
import { asMerged } from '../git/merged.ts';
import type { GitPort } from '../git/port.ts';
import type { ResolvedCatalog, VersionHistory } from '../model/catalog.ts';
import type { DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { SecretValues } from '../model/secret-values.ts';
import { review } from '../review/review.ts';
import type { SitePair } from '../review/site-pair.ts';
import type { ReviewDocument } from '../status/documents.ts';
import { judgeRemovals } from './judge-removals.ts';
import { readRevision } from './read-revision.ts';
import { NoSiteError } from './review-revisions.ts';
import type { TreeLoader } from './tree-loader.ts';

/** What is in force, and what runs. */
export interface LiveState {
  readonly catalog: ResolvedCatalog;
  readonly desired: DesiredSite;
  readonly observed: ObservedHost;
}

export interface LiveReviewOptions {
  readonly git: GitPort;
  /** Of the same repository, for a tree that may be anything: `git` may read trees that are nowhere written. */
  readonly loaderOf: (git: GitPort) => TreeLoader;
  readonly site: Omit<SiteOptions, 'secrets'>;
  readonly secrets: () => SecretValues;
  readonly networkPool: string;
  /** First parents walked back at most. */
  readonly limit: number;
  /** undefined: not everything has been read yet. */
  readonly state: () => LiveState | undefined;
  /** ms since the epoch */
  readonly now: () => number;
}

/** The repository or the host has not been read so far. */
export class NotReadYetError extends Error {
  constructor() {
    super('the repository or the host has not been read so far; try again in a moment');
    this.name = 'NotReadYetError';
  }
}

/**
 * What would be done if a ref of the repository were merged now, on the host as it is now: drift is made good with it.
 * Nothing is carried out, and nothing that follows the branch is disturbed.
 * @param ref a full name, see `toFullRef`
 * @throws GitError, NoSiteError, NotReadYetError
 */
export async function reviewLive(
  ref: string,
  options: LiveReviewOptions,
  signal: AbortSignal,
): Promise<ReviewDocument> {
  const { git, state, limit } = options;
  const revision = await git.fetchRef(ref, signal);
  const live = state();
  if (live === undefined) throw new NotReadYetError();
  const base = live.catalog.revision;
  const merged = await merge(git, { base, head: revision }, signal);
  const loader = options.loaderOf(merged.git);
  const reading = { git: merged.git, loader, limit, signal };
  const after = await readRevision(revision, reading);
  const before = await readRevision(base, reading);
  const head = { ...after.catalog, history: joinHistories(live.catalog.history, after.catalog.history) };
  const pair: SitePair = {
    ...live,
    base: live.desired,
    head: desire(head, live.desired, options),
    pruneVerdict: undefined,
  };
  const { networkPool, site, now } = options;
  return review({
    against: 'running',
    refs: { base: '', head: ref },
    base: live.catalog,
    head,
    sites: [await judgeRemovals(pair, { ...reading, site })],
    problems: { base: before.problems, head: after.problems },
    notes: merged.notes,
    networkPool,
    now: now(),
  });
}

/** The repository in which `head` is what merging it into `base` makes, and what has to be said of that. */
async function merge(
  git: GitPort,
  { base, head }: { readonly base: string; readonly head: string },
  signal: AbortSignal,
) {
  const joined = asMerged(git, base, head);
  const found = await findMergeBase({ readCommit: (oid) => git.readCommit(oid, signal) }, base, head);
  if (found.commit === undefined) return { git: joined, notes: [NO_MERGE_BASE] };
  const { git: merged, conflicts } = await mergeTrees(joined, { base, head, mergeBase: found.commit });
  return { git: merged, notes: conflicts.length === 0 ? [] : [conflicted(conflicts)] };
}

const NO_MERGE_BASE =
  'where it left the branch that is followed is not known, so it is taken as it is: ' +
  'what came to the branch since looks as if it were taken back';

/** Files that are named. */
const MOST_NAMED = 5;

function conflicted(paths: readonly string[]): string {
  const named = paths.slice(0, MOST_NAMED).join(', ');
  const rest = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  return `changed on both sides, and taken as they are here: ${named}${rest}`;
}

/** @throws NoSiteError */
function desire(head: ResolvedCatalog, former: DesiredSite, { site, secrets }: LiveReviewOptions): DesiredSite {
  const choice = resolveSiteContext(head, { ...site, secrets: secrets() });
  if (choice.kind === 'problem') throw new NoSiteError(choice.message);
  return desiredSite(head, choice.context, former);
}

/** What the daemon knows of versions, and what was looked for beside that. */
function joinHistories(known: VersionHistory, found: VersionHistory): VersionHistory {
  const versions = Object.entries(found.versions).map(([key, added]) => {
    const before = known.versions[key] ?? [];
    const isNew = (one: (typeof added)[number]) =>
      !before.some(({ document }) => document.spec.version === one.document.spec.version);
    return [key, [...before, ...added.filter(isNew)]] as const;
  });
  return { ...known, versions: { ...known.versions, ...Object.fromEntries(versions) } };
}
