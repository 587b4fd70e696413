import type { Problem } from '../model/problem.ts';
import type { ReviewDocument, SiteReview } from '../status/documents.ts';
import { compareDeployed, compareDocuments, compareRejected } from './compare-documents.ts';
import { newProblems } from './compare-problems.ts';
import type { ForeseeOptions } from './foresee-change.ts';
import type { RevisionPair } from './pair-sites.ts';
import { reviewSite } from './review-site.ts';
import { differingApplications, type SitePair } from './site-pair.ts';
import { summarize } from './summarize.ts';

export interface ReviewInput extends RevisionPair, ForeseeOptions {
  readonly against: ReviewDocument['against'];
  /** What the revisions were asked for by; '' for none. */
  readonly refs: { readonly base: string; readonly head: string };
  readonly sites: readonly SitePair[];
  /** Of each revision, with those between its documents. */
  readonly problems: { readonly base: readonly Problem[]; readonly head: readonly Problem[] };
  /** Sentences. */
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** Told when one of these applications, by key, is told of. */
  readonly notesOn?: readonly { readonly applications: ReadonlySet<string>; readonly note: string }[];
}

/** What a revision would change (`fairlead plan`, contract 1). Pure, and plain JSON: equal input, equal document. */
export function review(input: ReviewInput): ReviewDocument {
  const { base, head, refs, problems } = input;
  const sites = reviewSites(input);
  const found = {
    documents: compareDocuments(input),
    sites,
    rejected: compareRejected(input),
    problems: newProblems(problems.base, problems.head),
    mended: mendedProblems(problems),
  };
  const changed = Object.values(found).some((list) => list.length > 0);
  return {
    against: input.against,
    base: { ref: refs.base, revision: base.revision },
    head: { ref: refs.head, revision: head.revision },
    changed,
    summary: summarize(found),
    ...found,
    warnings: input.warnings,
    notes: [...input.notes, ...notesOn(input, sites)],
  };
}

/** Of a file that head breaks nobody knows what is mended in it. */
function mendedProblems({ base, head }: ReviewInput['problems']): readonly Problem[] {
  const broken = newProblems(base, head).filter(({ severity }) => severity === 'error');
  const hidden = new Set(broken.map(({ file }) => file));
  return newProblems(head, base).filter(({ file }) => !hidden.has(file));
}

function notesOn({ notesOn: all = [] }: ReviewInput, sites: readonly SiteReview[]): readonly string[] {
  const told = sites.flatMap(({ applications }) => applications.map(({ application }) => application));
  return all.flatMap(({ applications, note }) => (told.some((key) => applications.has(key)) ? [note] : []));
}

/** By name. Where a deployment alone differs, and no site wants anything else for it, every site it is at tells so. */
function reviewSites(input: ReviewInput): readonly SiteReview[] {
  const fields = compareDeployed(input);
  const differing = new Set(input.sites.flatMap((pair) => differingApplications(pair)));
  const unfelt = new Set([...fields.keys()].filter((key) => !differing.has(key)));
  const { networkPool, now } = input;
  return input.sites
    .flatMap((pair) => reviewSite(pair, { networkPool, now, fields, unfelt }) ?? [])
    .toSorted((a, b) => (a.site < b.site ? -1 : 1));
}
