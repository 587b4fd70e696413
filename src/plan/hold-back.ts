import { remembered, restartDelay, retryDelay } from '../health/backoff.ts';
import type { ActionKind, Attempt, LaterStep, Step } from '../model/plan.ts';

export interface Memory {
  readonly attempts: readonly Attempt[];
  /** Hash of the application as desired now, by key; attempts at anything else are forgotten. */
  readonly desiredHash: (application: string) => string;
  readonly now: number;
}

export interface TimedSteps {
  readonly steps: readonly Step[];
  readonly later: readonly LaterStep[];
  readonly wakeAt: number | undefined;
}

/** Moves steps that were tried a moment ago to their time: failures, and containers that keep ending. */
export function holdBack(steps: readonly Step[], memory: Memory): TimedSteps {
  const attempts = new Map(memory.attempts.map((attempt) => [attempt.stepId, attempt]));
  const later: LaterStep[] = [];
  const now = steps.filter((step) => {
    const attempt = attempts.get(step.id);
    if (attempt?.desiredHash !== memory.desiredHash(step.application)) return true;
    const tries = remembered(attempt, memory.now);
    if (tries === undefined) return true;
    const delay = attempt.error === '' ? repeatDelay(step.action.kind, tries.count) : retryDelay(tries.count);
    if (tries.at + delay <= memory.now) return true;
    later.push({ step, at: tries.at + delay, waitingFor: waitingFor(attempt) });
    return false;
  });
  return { steps: now, later, wakeAt: later.length === 0 ? undefined : Math.min(...later.map(({ at }) => at)) };
}

/** As often as somebody may undo what we do before we suspect that it has no effect. */
const TRUSTED_REPEATS = 10;

/**
 * Before repeating what succeeded. A container that keeps ending is restarted ever later (contract 8.6); any other step
 * that comes back again and again either fights somebody or does not do what the plan thinks, and must not spin.
 */
function repeatDelay(kind: ActionKind, count: number): number {
  return restartDelay(kind === 'start-container' ? count : count - TRUSTED_REPEATS);
}

function waitingFor({ error, count }: Attempt): string {
  return error === '' ? `it was done ${count} times in the last minutes` : `try ${count} failed: ${error}`;
}
