import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError, type Client } from './client.ts';
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
  let hasBegun = false;

  function tell(next: string): void {
    if (next !== '' && next !== notice) options.onNotice(next);
    notice = next;
  }

  function take({ name, id, data }: ServerEvent): void {
    const body: unknown = JSON.parse(data);
    if (name === 'gap') return options.onNotice('some events were missed: the server does not keep them any more');
    if (id !== '') lastEventId = id;
    options.onEvent(body);
  }

  for (;;) {
    try {
      const pieces = await client.follow('events', options.query, lastEventId);
      hasBegun = true;
      tell('');
      for await (const event of serverEvents(pieces)) take(event);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ClientError) || !hasBegun) throw error;
      tell(error.message);
    }
    if (signal.aborted) return;
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}
