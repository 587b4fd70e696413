import type { RevisionReport } from '../notify/report.ts';
import type { Snapshot } from '../store/store.ts';
import type { HostView } from './host-loop.ts';
import type { OutcomeOptions } from './outcome.ts';
import { judgeRevision, type RevisionOutcome } from './revision-outcome.ts';

const STATES = { waiting: 'pending', applied: 'success', failed: 'failure' } as const;

/**
 * What there is to tell of the commits of a site, the newest first: the one that is wanted, where it is not in force, and
 * the one that is.
 */
export function reportRevisions(
  views: { readonly snapshot: Snapshot; readonly host: HostView; readonly branch: string },
  options: OutcomeOptions,
): readonly RevisionReport[] {
  const { site, repository } = views.snapshot;
  const { 'fetched-revision': fetched } = repository;
  if (fetched === '') return notInForce(views.snapshot);
  const { outcome, reasons } = judgeRevision(views, { kind: 'in-force', revision: fetched }, options);
  return [
    ...notInForce(views.snapshot),
    { revision: fetched, site, state: STATES[outcome], reasons: shown(outcome, reasons) },
  ];
}

/** That of the commit which is wanted and not read, or not trusted. */
function notInForce({ site, repository }: Snapshot): readonly RevisionReport[] {
  const { 'wanted-revision': revision, 'fetched-revision': fetched, verification } = repository;
  if (revision === '' || revision === fetched) return [];
  const reason = verification?.['error-message'] ?? repository['error-message'];
  if (reason === undefined) return [{ revision, site, state: 'pending', reasons: ['it is being read'] }];
  return [{ revision, site, state: 'failure', reasons: [reason] }];
}

function shown(outcome: RevisionOutcome['outcome'], reasons: readonly string[]): readonly string[] {
  return outcome === 'applied' ? [] : reasons;
}
