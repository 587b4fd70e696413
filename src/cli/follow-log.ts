import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from './client-error.ts';
import { compareTimes, type LogLine } from './log-lines.ts';

export interface FollowLogOptions {
  /** The log from a time on, that time included; undefined: from where the user wants it. */
  readonly read: (since: string | undefined) => Promise<AsyncIterable<LogLine>>;
  /** Whether nothing will be added to the log any more, asked when it has ended. */
  readonly isOver: () => Promise<boolean>;
  readonly signal: AbortSignal;
  /** How long it waits before it turns to the server again. */
  readonly retryMs: number;
  readonly onLine: (line: LogLine) => Promise<void>;
  /** Told what is the matter, once until it is something else. */
  readonly onNotice: (notice: string) => void;
}

/**
 * Tells the lines of a log as they come, each once, until `signal` aborts or there is no such log any more. A container
 * that ends is started again, so the end of its log is not the end; nor is a daemon that is away for a while. One that is
 * not there to begin with is.
 * @throws ClientError
 */
export async function followLog({ signal, retryMs, ...options }: FollowLogOptions): Promise<void> {
  const seen = rememberTimes();
  let notice = '';

  async function tell(lines: AsyncIterable<LogLine>): Promise<void> {
    const isNew = seen.skipTold();
    for await (const line of lines) {
      notice = '';
      if (isNew(line.time)) await options.onLine(line);
      if (signal.aborted) return;
    }
  }

  function tellFailure(error: unknown): void {
    if (!(error instanceof ClientError) || isFinal(error)) throw error;
    if (error.message !== notice && !signal.aborted) options.onNotice(error.message);
    notice = error.message;
  }

  /** @returns whether that was all */
  async function again(): Promise<boolean> {
    try {
      await sleep(retryMs, undefined, { signal });
      if (await options.isOver()) return true;
      await tell(await options.read(seen.last()));
    } catch (error) {
      tellFailure(error);
    }
    return false;
  }

  await tell(await options.read(undefined)).catch(tellFailure);
  while (!(await again()));
}

/** Waiting does not help against these. */
function isFinal({ status }: ClientError): boolean {
  return status !== undefined && [400, 401, 403, 404].includes(status);
}

/** Times of lines that were told; several lines may have one. */
function rememberTimes() {
  let last: string | undefined;
  let count = 0;

  function add(time: string): void {
    count = last !== undefined && compareTimes(time, last) === 0 ? count + 1 : 1;
    last = time;
  }

  return {
    last: () => last,
    /** For a log that begins at the last time: which of its lines are new. Those are remembered. */
    skipTold() {
      const from = last;
      let toSkip = count;
      return (time: string): boolean => {
        const order = from === undefined ? 1 : compareTimes(time, from);
        if (order < 0 || (order === 0 && toSkip > 0)) {
          if (order === 0) toSkip -= 1;
          return false;
        }
        add(time);
        return true;
      };
    },
  };
}
