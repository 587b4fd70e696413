import type { SiteOptions } from '../desired/site-context.ts';
import { asMerged } from '../git/merged.ts';
import type { GitPort } from '../git/port.ts';
import { namingSecrets, pairSites } from '../review/pair-sites.ts';
import { review, type ReviewInput } from '../review/review.ts';
import type { SitePair } from '../review/site-pair.ts';
import type { ReviewDocument } from '../status/documents.ts';
import { judgeRemovals } from './judge-removals.ts';
import { readFormerRevision, readRevision } from './read-revision.ts';
import { createTreeLoader } from './tree-loader.ts';

export interface ReviewRevisionsOptions {
  readonly git: GitPort;
  /** Full ids, and what they were asked for by. */
  readonly base: { readonly ref: string; readonly revision: string };
  readonly head: { readonly ref: string; readonly revision: string };
  readonly site: Omit<SiteOptions, 'secrets'>;
  readonly networkPool: string;
  /** First parents walked back at most. */
  readonly limit: number;
  readonly now: number;
  readonly notes: readonly string[];
  readonly signal: AbortSignal;
}

/** The site that was asked for is in neither revision, or it cannot be told which sites there are. */
export class NoSiteError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoSiteError';
  }
}

/**
 * What merging `head` would change for hosts that are as `base` wants them.
 * @throws GitError, NoSiteError
 */
export async function reviewRevisions(options: ReviewRevisionsOptions): Promise<ReviewDocument> {
  return review(await readReview(options));
}

/** Everything that the review of two revisions follows from. @throws GitError, NoSiteError */
export async function readReview(options: ReviewRevisionsOptions): Promise<ReviewInput> {
  const { base, head, limit, signal } = options;
  const git = asMerged(options.git, base.revision, head.revision);
  const loader = createTreeLoader(git);
  const reading = { git, loader, limit, signal };
  const before = await readFormerRevision(base.revision, reading);
  const after = await readRevision(head.revision, reading);
  const catalogs = { base: before.catalog, head: after.catalog };
  const { pairs, problem } = pairSites(catalogs, options.site);
  if (problem !== '') throw new NoSiteError(problem);
  const sites: SitePair[] = [];
  for (const pair of pairs) {
    const asked = { ...pair, observed: undefined, pruneVerdict: undefined };
    sites.push(await judgeRemovals(asked, { ...reading, site: options.site }));
  }
  return {
    against: 'revision',
    ...catalogs,
    refs: { base: base.ref, head: head.ref },
    sites,
    problems: { base: before.problems, head: after.problems },
    networkPool: options.networkPool,
    now: options.now,
    warnings: [],
    notes: options.notes,
    notesOn: [{ applications: namingSecrets(catalogs), note: SECRETS_NOTE }],
  };
}

const SECRETS_NOTE = 'the values of secrets are in no repository: they are taken to be delivered, and unchanged';
