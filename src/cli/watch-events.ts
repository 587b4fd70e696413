import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from './client-error.ts';
import type { Client } from './client.ts';
import { serverEvents, type ServerEvent } from './server-events.ts';

export interface WatchEventsOptions {
  readonly client: Client;
  readonly query: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** How long it waits before it turns to the server again. */
  readonly retryMs: number;
  readonly onEvent: (body: unknown) => void;
  /** Told what is the matter, once until it is something else. */
  readonly onNotice: (notice: string) => void;
}

/**
 * Tells the newest events, then each as it happens, until `signal` aborts. A daemon that is away for a while does not end
 * it: it goes on where it was. One that is not there to begin with does.
 * @throws ClientError
 */
export async function watchEvents({ client, signal, retryMs, ...options }: WatchEventsOptions): Promise<void> {
  let lastEventId = '';
  let notice = '';

  function tell(next: string): void {
    if (next !== '' && next !== notice) options.onNotice(next);
    notice = next;
  }

  function take({ name, id, data }: ServerEvent): void {
    if (name === 'gap') {
      options.onNotice('some events were missed: the server does not keep them any more');
      return;
    }
    if (id !== '') lastEventId = id;
    options.onEvent(JSON.parse(data));
  }

  async function read(pieces: AsyncIterable<string>): Promise<void> {
    for await (const event of serverEvents(pieces)) take(event);
  }

  /** What ends a stream, and why it cannot be had anew, is told; it is not the end of it all. */
  async function again(): Promise<void> {
    try {
      await sleep(retryMs, undefined, { signal });
      const pieces = await client.follow('events', options.query, lastEventId);
      tell('');
      await read(pieces);
    } catch (error) {
      tellFailure(error);
    }
  }

  function tellFailure(error: unknown): void {
    if (signal.aborted) return;
    if (!(error instanceof ClientError)) throw error;
    tell(error.message);
  }

  const first = await client.follow('events', options.query, lastEventId).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  if (first !== undefined) await read(first).catch(tellFailure);
  while (!signal.aborted) await again();
}
