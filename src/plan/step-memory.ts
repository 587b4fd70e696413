import { remembered } from '../health/backoff.ts';
import type { Attempt, Ongoing, Plan, Step } from '../model/plan.ts';
import { startId } from './steps.ts';

/** What a step failed with, in the terms of the port (`docker/port.ts`). */
export interface StepFailure {
  readonly code: string;
  readonly message: string;
}

/**
 * What is remembered of steps from one plan to the next: tries, so that nothing is repeated in a tight loop, and the
 * words an operation began with. It is lost with the process; then the next try comes earlier and the words are newer.
 */
export interface StepMemory {
  begin(step: Step): void;
  /** Notes how a step ended; returns how often it ended so in a row. */
  record(step: Step, failure: StepFailure | undefined): number;
  /** Forgets the operations of targets for which nothing is planned or under way. */
  settle(plan: Plan, inFlight: readonly Step[]): void;
  /** Forgets failures that were nobody's but the engine's, which was away. */
  reconnected(): void;
  attempts(): readonly Attempt[];
  ongoing(): readonly Ongoing[];
}

export interface StepMemoryOptions {
  readonly now: () => number;
  /** Hash of an application as desired now. */
  readonly desiredHash: (application: string) => string;
  /** What was remembered before; default: nothing. */
  readonly former?: { readonly attempts: readonly Attempt[]; readonly ongoing: readonly Ongoing[] };
}

export function createStepMemory({ now, desiredHash, former }: StepMemoryOptions): StepMemory {
  const attempts = new Map(former?.attempts.map((attempt) => [attempt.stepId, attempt]));
  const operations = new Map(former?.ongoing.map((operation) => [operation.target, operation]));
  const cutOff = new Set<string>();
  let lookedAt = 0;

  /** As long as no time passes nothing gets older. */
  function forgetOld(): void {
    if (lookedAt === now()) return;
    lookedAt = now();
    for (const [id, attempt] of attempts) if (remembered(attempt, lookedAt) === undefined) attempts.delete(id);
  }

  return {
    begin({ target, intent, reason, application, aside }) {
      if (aside === true) return;
      operations.set(target, { target, intent, reason, desiredHash: desiredHash(application) });
    },
    record(step, failure) {
      forgetOld();
      const { id: stepId, application, action } = step;
      const hash = desiredHash(application);
      const error = failure?.message ?? '';
      const before = attempts.get(stepId);
      const again = before?.desiredHash === hash && (before.error === '') === (error === '');
      const count = again ? before.count + 1 : 1;
      if (action.kind === 'create-container') {
        // One made anew has not been started yet.
        attempts.delete(startId(action.container.name));
      }
      const refused = refusedSubnets(step, failure, before);
      attempts.set(stepId, { stepId, application, desiredHash: hash, count, at: now(), error, ...refused });
      if (failure?.code === 'unreachable') cutOff.add(stepId);
      else cutOff.delete(stepId);
      return count;
    },
    settle({ steps, later }, inFlight) {
      const targets = new Set([...steps, ...later.map(({ step }) => step), ...inFlight].map(({ target }) => target));
      for (const target of operations.keys()) if (!targets.has(target)) operations.delete(target);
    },
    reconnected() {
      for (const stepId of cutOff) attempts.delete(stepId);
      cutOff.clear();
    },
    attempts: () => [...attempts.values()],
    ongoing: () => [...operations.values()],
  };
}

/** A network is tried with one range after the other: those before must not be chosen again. */
function refusedSubnets(
  { action }: Step,
  failure: StepFailure | undefined,
  before: Attempt | undefined,
): Pick<Attempt, 'refusedSubnets'> {
  if (action.kind !== 'create-network') return {};
  const refused = failure?.code === 'subnet-taken' ? [action.subnet] : [];
  return { refusedSubnets: [...new Set([...(before?.refusedSubnets ?? []), ...refused])] };
}
