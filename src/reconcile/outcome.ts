import type { Plan } from '../model/plan.ts';
import { PRUNE_CHECK_REASON } from '../plan/prune-guard.ts';
import type { Snapshot } from '../store/store.ts';
import { startableSteps } from '../execute/lanes.ts';
import type { HostView } from './host-loop.ts';

/** How a run with `--once` stands (contract 1). */
export type Outcome = { readonly done: false } | { readonly done: true; readonly failures: readonly string[] };

export interface OutcomeOptions {
  readonly dryRun: boolean;
  /** ms since the epoch */
  readonly now: number;
}

/** A host that does not answer is given this long, as contract 8.8 does. */
export const PATIENCE_MS = 15_000;
/** A step has failed when it did so this often: the first time may be bad luck. */
const TRIES = 3;

const GOING_ON: Outcome = { done: false };

/** Done when nothing is left to do and every instance is ready, or when something failed and nothing else can proceed. */
export function judgeOutcome(snapshot: Snapshot, host: HostView, { dryRun, now }: OutcomeOptions): Outcome {
  const { repository, plan } = snapshot;
  const revision = repository['fetched-revision'];
  const error = repository['error-message'];
  if (error !== undefined && (revision === '' || plan?.revision !== revision)) return failed([error]);
  if (host.tried && host.status === 'down') {
    return now - host.changedAt < PATIENCE_MS ? GOING_ON : failed([`host ${host.host}: ${host.message}`]);
  }
  if (plan === undefined || plan.revision !== revision) return GOING_ON;
  if (awaitsHistory(host)) return GOING_ON;
  if (plan.held.some(({ reason }) => reason === PRUNE_CHECK_REASON)) return GOING_ON;
  const proceeding = host.inFlight.length > 0 || startableSteps(plan, host.inFlight).length > 0;
  if (proceeding && !dryRun) return GOING_ON;
  const failures = [
    ...rejections(snapshot),
    ...sickApplications(snapshot, host),
    ...inVain(snapshot),
    ...failedSteps(plan, host),
  ];
  if (failures.length > 0) return failed(failures);
  return dryRun || allReady(snapshot) ? failed([]) : GOING_ON;
}

/** A version that a deployment pins may be found yet. */
function awaitsHistory({ desired }: HostView): boolean {
  return desired !== undefined && desired.awaited.length > 0;
}

function failed(failures: readonly string[]): Outcome {
  return { done: true, failures };
}

function rejections({ repository }: Snapshot): readonly string[] {
  const errors = repository.problems.filter(({ severity }) => severity === 'error');
  const held = repository['held-removals'].map(({ application, reason }) => `${application}: ${reason}`);
  const refused = repository.verification?.['error-message'];
  return [
    ...(refused === undefined ? [] : [refused]),
    ...errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`),
    ...held,
  ];
}

/** Applications in error for another reason than a step that may yet succeed. */
function sickApplications({ applications }: Snapshot, { attempts }: HostView): readonly string[] {
  const young = new Set(
    attempts.filter(({ error, count }) => error !== '' && count < TRIES).map((one) => one.application),
  );
  return [...applications].flatMap(([key, { state }]) =>
    state['oper-status'] === 'error' && !young.has(key) && !young.has('')
      ? [`${key}: ${state['error-message'] ?? 'error'}`]
      : [],
  );
}

/** What depends on something that is not deployed here waits for a commit; whatever else waits is meant to. */
function inVain({ applications }: Snapshot): readonly string[] {
  return [...applications].flatMap(
    ([
      key,
      {
        state: { waiting },
      },
    ]) => (waiting?.cause === 'missing-dependency' ? [`${key}: ${waiting.message}`] : []),
  );
}

function failedSteps({ later }: Plan, { attempts }: HostView): readonly string[] {
  const failed = new Set(
    attempts.filter(({ error, count }) => error !== '' && count >= TRIES).map(({ stepId }) => stepId),
  );
  return later.filter(({ step }) => failed.has(step.id)).map(({ step, waitingFor }) => `${step.id}: ${waitingFor}`);
}

/**
 * An upgrade is at its end when all has been ready for its healthy-time, a delayed shutdown when nothing lingers; one that
 * is suspended has none.
 */
function allReady({ applications }: Snapshot): boolean {
  return [...applications.values()].every(
    ({ state }) =>
      (state.upgrade === undefined || state.waiting?.cause === 'suspended') &&
      state['service-instances'].every(({ ready, lingering }) => ready && lingering === undefined),
  );
}
