import { setMaxListeners } from 'node:events';

/** The call did not end in time. */
export class DeadlineExceeded extends Error {
  constructor(ms: number) {
    super(`no answer within ${formatSeconds(ms)}`);
    this.name = 'DeadlineExceeded';
  }
}

/** A signal that follows `signal` and a clock. `disarm` when done: what is armed keeps timer and listener alive. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** The clock starts anew. */
  extend(): void;
  /** Only the clock stops: `signal` still aborts. */
  stopClock(): void;
  disarm(): void;
}

/** A timer beyond this fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Not AbortSignal.any: on Node 20 it leaves something behind on a long-lived signal with every call. */
export function armDeadline(signal: AbortSignal, wantedMs: number): Deadline {
  const ms = Math.min(wantedMs, LONGEST_TIMER_MS);
  const controller = new AbortController();
  const forward = () => {
    controller.abort(signal.reason);
  };
  const expire = () => {
    controller.abort(new DeadlineExceeded(ms));
  };
  let timer = setTimeout(expire, ms);
  if (signal.aborted) forward();
  setMaxListeners(0, signal); // one for each call under way
  signal.addEventListener('abort', forward, { once: true });
  return {
    signal: controller.signal,
    extend: () => {
      clearTimeout(timer);
      timer = setTimeout(expire, ms);
    },
    stopClock: () => {
      clearTimeout(timer);
    },
    disarm: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', forward);
    },
  };
}

/** Waits, and rejects with the signal's reason when that aborts first. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(toError(signal.reason));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Settles with `promise`, or rejects with the signal's reason when that aborts first. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const watch = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => {
      reject(toError(signal.reason));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: watch.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    watch.abort();
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function formatSeconds(ms: number): string {
  return `${ms / 1000} s`;
}
