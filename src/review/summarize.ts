import type { ApplicationReview, ReviewDocument } from '../status/documents.ts';

type Found = Pick<ReviewDocument, 'documents' | 'sites' | 'rejected' | 'problems' | 'mended'>;

/** In the order they are told: what needs most attention first. */
const WORDS: readonly (readonly [ApplicationReview['change'], string])[] = [
  ['restarted', 'restarted without coordination'],
  ['removed', 'removed'],
  ['waiting', 'held back'],
  ['upgraded', 'upgraded'],
  ['added', 'added'],
  ['changed', 'changed without a restart'],
  ['untouched', 'not touched'],
];

/** `2 applications change: 1 upgraded, 1 added; 1 document is rejected` */
export function summarize(found: Found): string {
  const parts = [
    ...applicationParts(found),
    ...sitePart(found),
    counted(found.rejected.length, 'document is rejected', 'documents are rejected'),
    counted(found.problems.length, 'new problem', 'new problems'),
    counted(found.mended.length, 'problem mended', 'problems mended'),
    counted(
      found.documents.length,
      'document of sites, tenants or policies differs',
      'documents of sites, tenants or policies differ',
    ),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'No changes.' : parts.join('; ');
}

/** An application counts once in each way it changes, at however many sites. */
function applicationParts({ sites }: Found): readonly string[] {
  const all = sites.flatMap(({ applications }) => applications);
  const keys = new Set(all.map(({ application }) => application));
  if (keys.size === 0) return [];
  const kinds = WORDS.flatMap(([change, word]) => {
    const count = new Set(all.filter((one) => one.change === change).map(({ application }) => application)).size;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const count = sites.filter(({ applications }) => applications.length > 0).length;
  const places = count === 1 ? '' : ` at ${count} sites`;
  return [`${counted(keys.size, 'application changes', 'applications change')}${places}: ${kinds.join(', ')}`];
}

/** Nothing comes of it that could be counted, and that is what one has to know. */
function sitePart({ sites }: Found): readonly string[] {
  const gone = sites.filter(({ change }) => change === 'removed').length;
  return gone === 0 ? [] : [`${counted(gone, 'site goes', 'sites go')}, and what runs there stays`];
}

/** '' for none. */
function counted(count: number, one: string, several: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : several}`;
}
