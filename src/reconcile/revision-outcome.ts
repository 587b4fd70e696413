import type { ApplicationState, InstanceState } from '../status/documents.ts';
import type { ApplicationEntry, Snapshot } from '../store/store.ts';
import type { HostView } from './host-loop.ts';
import { judgeOutcome, type OutcomeOptions } from './outcome.ts';

// Whether a commit is what runs, in words for whoever waits for it.

/** Where a commit is, seen from the one in force. */
export type RevisionPlace =
  /** It is the one in force, or that one contains it; in full. */
  | { readonly kind: 'in-force'; readonly revision: string }
  /** `walked`: so many commits of the past were looked at; `whole`: there are no more. */
  | { readonly kind: 'not-there'; readonly walked: number; readonly whole: boolean }
  /** It has been seen at the branch, and nobody who is trusted has signed it. */
  | { readonly kind: 'refused'; readonly reason: string };

/** How a commit stands. */
export interface RevisionOutcome {
  readonly outcome: 'waiting' | 'applied' | 'failed';
  /** What is missing, or what failed; at most 20 sentences. */
  readonly reasons: readonly string[];
}

const MOST_REASONS = 20;

/** @param branch the one that is followed */
export function judgeRevision(
  { snapshot, host, branch }: { readonly snapshot: Snapshot; readonly host: HostView; readonly branch: string },
  place: RevisionPlace | undefined,
  options: OutcomeOptions,
): RevisionOutcome {
  const { repository } = snapshot;
  if (place?.kind === 'refused') return failed([place.reason]);
  if (place?.kind !== 'in-force') return waiting(whyNotThere(snapshot, branch, place));
  if (options.dryRun) return failed(['this daemon was started with --dry-run: it applies nothing']);
  const outcome = judgeOutcome(ofWhatIsInForce(snapshot), host, options);
  if (outcome.done && outcome.failures.length > 0) return failed(outcome.failures);
  const isApplied = repository['applied-revision'] === repository['fetched-revision'];
  if (outcome.done && isApplied) return { outcome: 'applied', reasons: [] };
  return waiting(whatIsMissing(snapshot));
}

/** What is wrong with the repository, or with a commit that came later, does not concern it. */
function ofWhatIsInForce(snapshot: Snapshot): Snapshot {
  const { verification, 'error-message': error, ...repository } = snapshot.repository;
  return verification === undefined && error === undefined ? snapshot : { ...snapshot, repository };
}

function waiting(reasons: readonly string[]): RevisionOutcome {
  return { outcome: 'waiting', reasons: bounded(reasons) };
}

function failed(reasons: readonly string[]): RevisionOutcome {
  return { outcome: 'failed', reasons: bounded(reasons) };
}

function bounded(reasons: readonly string[]): readonly string[] {
  const distinct = [...new Set(reasons)];
  if (distinct.length <= MOST_REASONS) return distinct;
  return [...distinct.slice(0, MOST_REASONS - 1), `and ${distinct.length - MOST_REASONS + 1} more`];
}

function whyNotThere({ repository }: Snapshot, branch: string, place: RevisionPlace | undefined): readonly string[] {
  const { 'fetched-revision': fetched, 'wanted-revision': wanted, 'error-message': error } = repository;
  const trouble = error === undefined ? [] : [`the repository cannot be followed: ${error}`];
  if (place?.kind !== 'not-there') return ['the repository has not been read so far', ...trouble];
  const isRefused = repository.verification?.['error-message'] !== undefined;
  if (wanted !== fetched && !isRefused) return [`the daemon reads ${wanted} of ${branch}`, ...trouble];
  const where = place.whole ? 'does not contain it' : `does not contain it within ${place.walked} commits`;
  return [`${branch}, as the daemon saw it last, is at ${fetched}, which ${where}`, ...trouble];
}

/** In the order somebody would ask: the hosts, what is done and comes, what does not run yet. */
function whatIsMissing(snapshot: Snapshot): readonly string[] {
  const { plan, repository, hosts, figures } = snapshot;
  const away = hosts.flatMap(({ 'cluster-hostname': name, 'oper-status': status, 'error-message': message }) =>
    status === 'up' ? [] : [`host ${name} is ${status}${message === undefined ? '' : `: ${message}`}`],
  );
  if (plan?.revision !== repository['fetched-revision'])
    return [...away, `the hosts have not been compared with ${repository['fetched-revision']} so far`];
  const current = [...figures.inFlight, ...plan.steps].map(
    ({ target, intent, reason }) => `${target}: ${intent}, ${reason}`,
  );
  const later = plan.later.map(
    ({ step: { target, intent, reason }, waitingFor }) => `${target}: ${intent} later, ${reason} (${waitingFor})`,
  );
  const blocked = Object.entries(plan.blocked).map(([application, reason]) => `${application}: ${reason}`);
  return [...away, ...current, ...blocked, ...later, ...[...snapshot.applications.values()].flatMap(notReady)];
}

function notReady({ tenant, name, state }: ApplicationEntry): readonly string[] {
  const key = `${tenant}.${name}`;
  const instances = state['service-instances'].flatMap((instance) => instanceReason(instance));
  return [...upgradeReason(state), ...instances].map((reason) => `${key}: ${reason}`);
}

function upgradeReason({ upgrade, progress }: ApplicationState): readonly string[] {
  if (upgrade === undefined) return [];
  return [progress ?? `the upgrade to ${upgrade.to} goes on`];
}

function instanceReason({ name, ready, lingering, ...state }: InstanceState): readonly string[] {
  const why = state['error-message'] ?? state.progress;
  if (lingering) return [`${name} is in its delayed shutdown${why === undefined ? '' : `: ${why}`}`];
  if (ready) return [];
  return [`${name} is not ready, ${state['oper-status']}${why === undefined ? '' : `: ${why}`}`];
}
