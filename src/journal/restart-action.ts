import type { RestartAnswer as LoopAnswer } from '../reconcile/restart-requests.ts';
import type { AuditTrail } from './audit.ts';
import type { RunDocument, RunFacts } from './run-document.ts';
import type { Runs } from './runs.ts';

/** A restart that somebody asks for. */
export interface RestartRequest {
  readonly principal: NonNullable<RunFacts['principal']> | undefined;
  /** The address of who asks. */
  readonly address: string;
  readonly site: string;
  readonly tenant: string;
  readonly application: string;
  /** `web-1` */
  readonly instance: string;
  /** Ids of its containers, as the state shows them. */
  readonly containers: readonly string[];
  /** With the delayed shutdown of its service, if it has one. */
  readonly delayed: boolean;
}

export type RestartResult =
  | { readonly kind: 'accepted'; readonly run: RunDocument }
  | { readonly kind: 'not-placed' }
  | { readonly kind: 'under-way' }
  /** The daemon only looks. */
  | { readonly kind: 'dry-run' };

export interface RestartActionOptions {
  /** `HostLoop.restart` */
  readonly ask: (instance: string, options: { readonly delayed: boolean }) => LoopAnswer;
  readonly runs: Runs;
  readonly audit: Pick<AuditTrail, 'begin' | 'end'>;
  readonly dryRun: boolean;
}

/**
 * Asks for a restart and keeps a record of it, on the disk before anybody is told that it was accepted. What was accepted
 * and not told, because the daemon ended in between, may be done without a record.
 */
export function createRestartAction({ ask, runs, audit, dryRun }: RestartActionOptions) {
  return async (request: RestartRequest): Promise<RestartResult> => {
    if (dryRun) return { kind: 'dry-run' };
    const { principal, address, site, tenant, application, instance, containers, delayed } = request;
    const answer = ask(`${tenant}.${application}.${instance}`, { delayed });
    if (answer !== 'accepted') return { kind: answer };
    const who = principal === undefined ? {} : { principal };
    const what = { tenant, application, 'service-instance': instance };
    const facts: RunFacts = { kind: 'restart', trigger: 'api', ...who, ...what };
    const run = await runs.begin(
      facts,
      containers.filter((id) => id !== ''),
    );
    const record = await audit.begin({ action: 'restart', ...who, address, site, ...what, run: run.id });
    await audit.end(record.id, { reason: 'accepted; the run tells what came of it' });
    return { kind: 'accepted', run };
  };
}
