import { resolveSiteContext, type SiteOptions } from '../desired/site-context.ts';
import { desiredSite } from '../desired/site.ts';
import { findMergeBase } from '../git/merge-base.ts';
import { mergeTrees } from '../git/merged-tree.ts';
import { asMerged } from '../git/merged.ts';
import type { GitReader } from '../git/port.ts';
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
import { createTreeLoader, type ParsedFiles } from './tree-loader.ts';

/** What is in force, and what runs. */
export interface LiveState {
  readonly catalog: ResolvedCatalog;
  readonly desired: DesiredSite;
  readonly observed: ObservedHost;
}

/** What would be done if a ref were merged now: everything the answer follows from, but the repository. Plain data. */
export interface LiveQuestion {
  /** Its full name. */
  readonly ref: string;
  /** The commit it stands for. */
  readonly revision: string;
  readonly live: LiveState;
  readonly site: Omit<SiteOptions, 'secrets'>;
  readonly secrets: SecretValues;
  readonly networkPool: string;
  /** First parents walked back at most. */
  readonly limit: number;
  /** ms since the epoch */
  readonly now: number;
  /** What would keep the commit from coming into force: sentences. */
  readonly warnings: readonly string[];
}

export interface LiveReading {
  readonly git: GitReader;
  /** Files that were read before. */
  readonly parsed: ParsedFiles;
}

/**
 * The answer, on the host as it is: drift is made good with it. It may take seconds of the processor.
 * @throws GitError, NoSiteError
 */
export async function answerLive(
  question: LiveQuestion,
  { git, parsed }: LiveReading,
  signal: AbortSignal,
): Promise<ReviewDocument> {
  const { ref, revision, live, limit, site, networkPool, now, warnings } = question;
  const base = live.catalog.revision;
  const merged = await merge(git, { base, head: revision }, signal);
  const reading = { git: merged.git, loader: createTreeLoader(merged.git, parsed), limit, signal };
  const after = await readRevision(revision, reading);
  const before = await readRevision(base, reading);
  const head = { ...after.catalog, history: joinHistories(live.catalog.history, after.catalog.history) };
  const pair: SitePair = {
    ...live,
    base: live.desired,
    head: desire(head, question),
    pruneVerdict: undefined,
  };
  return review({
    against: 'running',
    refs: { base: '', head: ref },
    base: live.catalog,
    head,
    sites: [await judgeRemovals(pair, { ...reading, site })],
    problems: { base: before.problems, head: after.problems },
    warnings,
    notes: merged.notes,
    networkPool,
    now,
  });
}

/** The repository in which `head` is what merging it into `base` makes, and what has to be said of that. */
async function merge(
  git: GitReader,
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
function desire(head: ResolvedCatalog, { live, site, secrets }: LiveQuestion): DesiredSite {
  const choice = resolveSiteContext(head, { ...site, secrets });
  if (choice.kind === 'problem') throw new NoSiteError(choice.message);
  return desiredSite(head, choice.context, live.desired);
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
