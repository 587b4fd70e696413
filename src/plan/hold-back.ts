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

/**
 * Moves steps that were tried a moment ago to their time: failures, and containers that keep ending. Nothing is stopped
 * before its time for the sake of a start that is put off.
 */
export function holdBack(steps: readonly Step[], memory: Memory): TimedSteps {
  const attempts = new Map(memory.attempts.map((attempt) => [attempt.stepId, attempt]));
  const putOff = new Map<string, LaterStep>();
  for (const step of steps) {
    const later = awaited(step) ?? postpone(step, attempts.get(step.id), memory);
    if (later !== undefined) putOff.set(step.id, later);
  }
  if (putOff.size === 0) return { steps, later: [], wakeAt: undefined };
  for (const step of steps) {
    const end = step.action.kind === 'stop-container' ? endPutOff(step, steps, putOff) : undefined;
    if (end !== undefined && !putOff.has(step.id)) putOff.set(step.id, { ...end, step });
  }
  const later = steps.flatMap(({ id }) => putOff.get(id) ?? []);
  const now = steps.filter(({ id }) => !putOff.has(id));
  const times = later.flatMap(({ at }) => at ?? []);
  return { steps: now, later, wakeAt: times.length === 0 ? undefined : Math.min(...times) };
}

/** A step for which something has to come to pass by itself; the event that tells of it brings the next look. */
function awaited(step: Step): LaterStep | undefined {
  return step.awaits === undefined ? undefined : { step, at: step.awaitsUntil, waitingFor: step.awaits };
}

function postpone(step: Step, attempt: Attempt | undefined, memory: Memory): LaterStep | undefined {
  if (attempt?.desiredHash !== memory.desiredHash(step.application)) return undefined;
  const tries = remembered(attempt, memory.now);
  if (tries === undefined) return undefined;
  const delay = attempt.error === '' ? repeatDelay(step.action.kind, tries.count) : retryDelay(tries.count);
  const at = tries.at + delay;
  return at <= memory.now ? undefined : { step, at, waitingFor: waitingFor(attempt) };
}

/** The first of the steps this one leads to, where all of them are put off; other work on the target is not held up. */
function endPutOff(step: Step, steps: readonly Step[], putOff: ReadonlyMap<string, LaterStep>): LaterStep | undefined {
  const following = steps.filter(({ after, target }) => target === step.target && after.includes(step.id));
  const ends = following.map((next) => putOff.get(next.id) ?? endPutOff(next, steps, putOff));
  const known = ends.filter((end) => end !== undefined);
  if (known.length < ends.length) return undefined;
  return known.sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity))[0];
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
