import { GitError } from '../git/port.ts';
import type { RevisionOutcome as RevisionDocument } from '../status/document-types.ts';
import type { RepositoryState } from '../status/documents.ts';
import type { Snapshot } from '../store/store.ts';
import type { FindRevision } from './find-revision.ts';
import type { HostView } from './host-loop.ts';
import { judgeRevision, type RevisionPlace } from './revision-outcome.ts';

/** How a commit stands now. @param asked see `REVISION`. @throws AmbiguousRevisionError */
export type RevisionJudge = (asked: string) => Promise<RevisionDocument>;

export interface RevisionJudgeOptions {
  readonly snapshot: () => Snapshot;
  readonly host: () => HostView;
  readonly find: FindRevision;
  readonly branch: string;
  readonly dryRun: boolean;
  /** ms since the epoch */
  readonly now: () => number;
}

export function createRevisionJudge({ find, branch, dryRun, now, ...seen }: RevisionJudgeOptions): RevisionJudge {
  return async (asked) => {
    const { repository } = seen.snapshot();
    const head = repository['fetched-revision'];
    const found = await placeOf(asked, repository, find);
    const snapshot = seen.snapshot();
    // Another one may have come into force meanwhile: the next question is about that.
    const isCurrent = snapshot.repository['fetched-revision'] === head;
    if (typeof found === 'string' || !isCurrent)
      return {
        ...{ revision: asked, outcome: 'waiting', 'judged-revision': '' },
        reasons: [typeof found === 'string' ? found : 'another commit has just come'],
      };
    const views = { snapshot, host: seen.host(), branch };
    const { outcome, reasons } = judgeRevision(views, found, { dryRun, now: now() });
    const isThere = found?.kind === 'in-force';
    return {
      revision: isThere ? found.revision : asked,
      outcome,
      'judged-revision': isThere ? head : '',
      reasons,
    };
  };
}

/** A sentence where it cannot be told. */
async function placeOf(
  asked: string,
  repository: RepositoryState,
  find: FindRevision,
): Promise<RevisionPlace | string | undefined> {
  const { 'fetched-revision': head, 'wanted-revision': wanted, verification } = repository;
  try {
    const place = head === '' ? undefined : await find(asked, head);
    const refusal = verification?.['error-message'];
    if (place?.kind === 'in-force' || refusal === undefined || wanted === '') return place;
    const isRefused = (await find(asked, wanted)).kind === 'in-force';
    return isRefused ? { kind: 'refused', reason: refusal } : place;
  } catch (error) {
    if (error instanceof GitError) return `history cannot be read: ${error.message}`;
    throw error;
  }
}
