import type { Snapshot } from '../store/store.ts';
import { startableSteps } from '../execute/lanes.ts';
import type { HostView } from './host-loop.ts';

/** How a run with `--once` stands (contract 1). */
export type Outcome = { readonly done: false } | { readonly done: true; readonly failures: readonly string[] };

const GOING_ON: Outcome = { done: false };

/** Done when nothing is left to do and every instance is ready, or when something failed and nothing else can proceed. */
export function judgeOutcome(snapshot: Snapshot, host: HostView, { dryRun }: { readonly dryRun: boolean }): Outcome {
  const { repository, plan } = snapshot;
  const revision = repository['fetched-revision'];
  if (revision === '' && repository['error-message'] !== undefined) return failed([repository['error-message']]);
  if (host.tried && host.status === 'down') return failed([`host ${host.host}: ${host.message}`]);
  if (plan === undefined || plan.revision !== revision) return GOING_ON;
  const proceeding = host.inFlight.length > 0 || startableSteps(plan, host.inFlight).length > 0;
  if (proceeding && !dryRun) return GOING_ON;
  const failures = [
    ...rejections(snapshot),
    ...sickApplications(snapshot),
    ...plan.later.map(({ waitingFor, step }) => `${step.id}: ${waitingFor}`),
  ];
  if (failures.length > 0) return failed(failures);
  return dryRun || allReady(snapshot) ? failed([]) : GOING_ON;
}

function failed(failures: readonly string[]): Outcome {
  return { done: true, failures };
}

function rejections({ repository }: Snapshot): readonly string[] {
  const errors = repository.problems.filter(({ severity }) => severity === 'error');
  const held = repository['held-removals'].map(({ application, reason }) => `${application}: ${reason}`);
  return [...errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`), ...held];
}

function sickApplications({ applications }: Snapshot): readonly string[] {
  return [...applications].flatMap(([key, { state }]) =>
    state['oper-status'] === 'error' ? [`${key}: ${state['error-message'] ?? 'error'}`] : [],
  );
}

function allReady({ applications }: Snapshot): boolean {
  return [...applications.values()].every(({ state }) =>
    state['service-instances'].every((instance) => instance.ready),
  );
}
