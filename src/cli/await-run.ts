import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from './client-error.ts';
import type { Client } from './client.ts';
import { isRow } from './get-views.ts';
import type { CliIo } from './io.ts';

export interface AwaitRunOptions {
  readonly client: Client;
  readonly io: Pick<CliIo, 'stderr'>;
  readonly signal: AbortSignal;
  readonly waitEveryMs: number;
}

/** A run that succeeded. */
export interface SucceededRun {
  readonly reason: string;
  /** Of a look at the repository; '' of others. */
  readonly revision: string;
}

/** Waits until a run has ended, over restarts of the daemon. @throws ClientError also when it did not succeed */
export async function awaitRun(run: string, options: AwaitRunOptions): Promise<SucceededRun> {
  const { client, io, signal, waitEveryMs } = options;
  let notice = '';
  for (;;) {
    const body = await client.get(`runs/${run}`).catch((error: unknown) => {
      if (!isPassing(error) || signal.aborted) throw error;
      if (error.message !== notice) io.stderr.write(`fairlead: ${error.message}\n`);
      notice = error.message;
    });
    const ended = body === undefined ? undefined : toOutcome(body);
    if (ended !== undefined) return ended;
    await sleep(waitEveryMs, undefined, { signal });
  }
}

/** The daemon is away, or has just started. */
export function isPassing(error: unknown): error is ClientError {
  return error instanceof ClientError && (error.status === undefined || error.status === 503);
}

/** undefined while it is under way. */
function toOutcome(run: unknown): SucceededRun | undefined {
  const { outcome, reason, revision = '', 'error-message': message } = isRow(run) ? run : {};
  switch (outcome) {
    case 'running':
      return undefined;
    case 'succeeded':
      return { reason: String(reason), revision: String(revision) };
    case 'failed':
    case 'cancelled':
      throw new ClientError(`${outcome}: ${String(message ?? reason)}`);
    default:
      throw new ClientError('what the server sends is no run');
  }
}
