import { Worker, type Transferable } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.ts';
import { toOutcome, valueOf } from './outcome.ts';
import { executionOf } from './thread-file.ts';

export interface ThreadOptions {
  /** The file of this folder that it runs, without its ending: `review-worker`. */
  readonly file: string;
  /** Of its heap: beyond that it ends, alone. */
  readonly mostMegabytes: number;
  /** So long it is kept for a next job, with what it has read and compiled; ms. */
  readonly idleMs?: number;
}

export interface Job {
  readonly input: unknown;
  /** Bytes of the input that go over for good. */
  readonly transfer?: readonly Transferable[];
  /** Answers what the thread asks, by the name of a method. */
  readonly answer?: (method: string, args: readonly unknown[]) => Promise<unknown>;
}

/** A thread beside the daemon's own, for what would hold that up. It is there only while there is something to do. */
export interface Thread {
  /**
   * One job at a time, in the order they come. A job that is aborted ends at once, whatever it is at.
   * @throws what the job throws, or why the signal aborted
   */
  run(job: Job, signal: AbortSignal): Promise<unknown>;
}

const IDLE_MS = 60_000;

export function createThread({ file, mostMegabytes, idleMs = IDLE_MS }: ThreadOptions): Thread {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function start(): Worker {
    const { run, options } = executionOf(file);
    const started = new Worker(run, { ...options, resourceLimits: { maxOldGenerationSizeMb: mostMegabytes } });
    const forget = () => {
      if (worker === started) worker = undefined;
    };
    // It keeps no process alive: whoever waits for it does.
    started.unref();
    started.once('error', forget);
    started.once('exit', forget);
    return started;
  }

  function end(): void {
    void worker?.terminate();
    worker = undefined;
  }

  async function inTurn(job: Job, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    clearTimeout(idle);
    worker ??= start();
    try {
      return await carryOut(worker, job, signal);
    } finally {
      if (signal.aborted) end();
      idle = setTimeout(end, idleMs).unref();
    }
  }

  return {
    async run(job, signal) {
      const turn = last.then(() => inTurn(job, signal));
      last = turn.catch(() => undefined);
      return await turn;
    },
  };
}

async function carryOut(worker: Worker, job: Job, signal: AbortSignal): Promise<unknown> {
  const over = new AbortController();
  const tell = (message: ToThread, transfer: readonly Transferable[] = []) => worker.postMessage(message, transfer);
  try {
    return await new Promise((resolve, reject) => {
      const hear = (message: FromThread) => {
        if (message.kind === 'ask') void answer(message, job).then(tell);
        else resolve(message.outcome);
      };
      const fail = (error: Error) => reject(error);
      const end = () => reject(new Error('the thread ended'));
      worker.on('message', hear).once('error', fail).once('exit', end);
      over.signal.addEventListener('abort', () => worker.off('message', hear).off('error', fail).off('exit', end));
      signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: over.signal });
      tell({ kind: 'job', input: job.input }, job.transfer);
    }).then((outcome) => valueOf(outcome as Parameters<typeof valueOf>[0]));
  } finally {
    over.abort();
  }
}

async function answer(
  { number, method, args }: Extract<FromThread, { kind: 'ask' }>,
  job: Job,
): Promise<Extract<ToThread, { kind: 'answer' }>> {
  try {
    const value = await job.answer?.(method, args);
    return { kind: 'answer', number, outcome: { value } };
  } catch (error) {
    return { kind: 'answer', number, outcome: toOutcome(error) };
  }
}
