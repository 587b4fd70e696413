import type { RunConfig } from './config.ts';
import type { LatestViews } from './reconcile/latest-views.ts';
import { judgeOutcome } from './reconcile/outcome.ts';

/** An outcome may ripen by the clock alone. */
const OUTCOME_EVERY_MS = 1_000;

/** What stands in the way of everything being ready; empty when it is. */
export async function waitForOutcome(
  views: LatestViews,
  { timeoutMs, dryRun }: RunConfig,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const deadline = Date.now() + timeoutMs;
  do {
    const outcome = judgeOutcome(views.store.snapshot(), views.host(), { dryRun, now: Date.now() });
    if (outcome.done) return outcome.failures;
    if (Date.now() >= deadline) return [`not everything was ready after ${timeoutMs / 1000} s`];
  } while (await views.change(Math.min(deadline - Date.now(), OUTCOME_EVERY_MS), signal));
  return ['stopped before everything was ready'];
}
