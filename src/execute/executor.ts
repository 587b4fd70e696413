import { setMaxListeners } from 'node:events';
import { DockerError, type DockerPort } from '../docker/port.ts';
import type { Narrator } from '../events.ts';
import type { Action, Attempt, Ongoing, Plan, Step } from '../model/plan.ts';
import { startableSteps } from './lanes.ts';
import { perform } from './perform.ts';
import type { SignedPulls } from './signed-pulls.ts';
import { createStepMemory, type StepMemoryOptions } from '../plan/step-memory.ts';

export interface ExecutorOptions extends StepMemoryOptions {
  readonly docker: DockerPort;
  /** Brings what has to be signed; absent: nobody can, and such a pull fails. */
  readonly signedPulls?: SignedPulls | undefined;
  readonly host: string;
  readonly narrate: Narrator;
  /** A failure as it is to be told. Never rejects. */
  readonly explain: (failure: DockerError) => Promise<DockerError>;
  /** Observes what a step touched, so that the next plan sees it. Never rejects. */
  readonly observe: (step: Step) => Promise<void>;
  /** Called after each step, when it has been observed. */
  readonly onDone: () => void;
}

/**
 * Carries out the steps of a plan that may start now, and nothing else: what follows them is planned again from what is
 * then observed. So there is no queue to go stale, and every moment of an operation is one that a crash could leave.
 */
export interface Executor {
  /** Starts what may start. Returns at once. */
  advance(plan: Plan): void;
  inFlight(): readonly Step[];
  /** The engine is back: what failed because it was away may be tried at once. */
  reconnected(): void;
  attempts(): readonly Attempt[];
  ongoing(): readonly Ongoing[];
  /** Resolves when nothing is in flight, or when `ms` have passed; then what is left is aborted. */
  drain(ms: number): Promise<void>;
}

/** How long an aborted call may take to notice. */
const ABORT_MS = 1_000;

export function createExecutor(options: ExecutorOptions): Executor {
  const { host, now, narrate } = options;
  const flights = new Map<string, { readonly step: Step; readonly done: Promise<void> }>();
  const memory = createStepMemory(options);
  const abort = new AbortController();
  setMaxListeners(0, abort.signal); // one for each call under way
  const inFlight = () => [...flights.values()].map(({ step }) => step);

  async function fly(step: Step): Promise<void> {
    const began = now();
    const thrown = await failureOf(() => carryOut(step.action, options, abort.signal));
    const failure = thrown && (await options.explain(thrown));
    const tries = memory.record(step, failure);
    await options.observe(step);
    flights.delete(step.id);
    const ms = now() - began;
    if (failure === undefined) narrate({ kind: 'step-done', host, step, ms });
    else narrate({ kind: 'step-failed', host, step, error: failure.message, tries, ms });
    options.onDone();
  }

  return {
    advance(plan) {
      memory.settle(plan, inFlight());
      for (const step of startableSteps(plan, inFlight())) {
        memory.begin(step);
        flights.set(step.id, { step, done: fly(step) });
      }
    },
    inFlight,
    reconnected: () => memory.reconnected(),
    attempts: () => memory.attempts(),
    ongoing: () => memory.ongoing(),
    async drain(ms) {
      const settled = () => Promise.allSettled([...flights.values()].map(({ done }) => done));
      await Promise.race([settled(), elapsed(ms)]);
      abort.abort();
      await Promise.race([settled(), elapsed(ABORT_MS)]);
    },
  };
}

function carryOut(action: Action, { docker, signedPulls }: ExecutorOptions, signal: AbortSignal): Promise<void> {
  const isSigned = action.kind === 'pull-image' && action.signed !== undefined;
  return isSigned && signedPulls !== undefined ? signedPulls.pull(action, signal) : perform(docker, action, signal);
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** What went wrong; undefined when nothing did. Anything thrown is kept to its step: a sick one must not end the daemon. */
async function failureOf(action: () => Promise<void>): Promise<DockerError | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof DockerError) return error;
    return new DockerError('refused', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
