import { once } from 'node:events';
import http from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventStream } from '../../../src/api/journal/event-stream.ts';
import { parseEventQuery } from '../../../src/api/journal/event-query.ts';
import type { TokenEntry } from '../../../src/api/protocol/principal.ts';
import { createTokenDirectory, type TokenDirectory } from '../../../src/api/access/token-directory.ts';
import { createEventRing, type EventRing, type GrowingEventRing } from '../../../src/journal/event-ring.ts';
import type { EventFacts } from '../../../src/status/event-document.ts';
import { eventually } from '../../eventually.ts';
import { ENTRIES, serve, TOKEN, type Served } from '../served.ts';
import { application, snapshot } from '../snapshot-builders.ts';

const SITE = snapshot({ applications: [application('acme.shop'), application('beta.shop')] });
const START = Date.parse('2026-01-02T03:04:05.678Z');

/** A ring that knows how many listen. */
interface WatchedRing extends GrowingEventRing {
  readonly readers: () => number;
}

function ringOf(count: number, capacity = 100): WatchedRing {
  const ring = createEventRing({ capacity, now: () => START });
  let readers = 0;
  const watched: WatchedRing = {
    ...ring,
    readers: () => readers,
    subscribe: (onEvent) => {
      readers += 1;
      const unsubscribe = ring.subscribe(onEvent);
      return () => {
        readers -= 1;
        unsubscribe();
      };
    },
  };
  tell(watched, 1, count);
  return watched;
}

/** Who may, until it changes. */
function changingTokens(): { tokens: TokenDirectory; become: (entries: readonly TokenEntry[]) => void } {
  let directory = createTokenDirectory(ENTRIES);
  return {
    tokens: { find: (token) => directory.find(token) },
    become: (entries) => void (directory = createTokenDirectory(entries)),
  };
}

function tell(ring: GrowingEventRing, from: number, to: number, facts: Partial<EventFacts> = {}): void {
  for (let i = from; i <= to; i += 1) ring.add({ type: 'converged', message: `event ${i}`, ...facts }, 'local');
}

interface Reader {
  /** Everything that came. */
  readonly text: () => string;
  /** The end of it. */
  readonly tail: () => string;
  /** `event 1`, … and `gap`, in the order they came. */
  readonly told: () => readonly string[];
  readonly isOpen: () => boolean;
  readonly response: http.IncomingMessage;
}

interface Following {
  readonly query?: string;
  readonly lastEventId?: string;
  readonly as?: keyof typeof TOKEN;
  readonly agent?: http.Agent;
}

/** Follows events on a socket of its own; resolves when the answer has begun. */
async function follow({ origin }: Served, following: Following = {}): Promise<Reader> {
  const { query = '', lastEventId, as = 'provider', agent } = following;
  const headers = {
    authorization: `Bearer ${TOKEN[as]}`,
    accept: 'text/event-stream',
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const request = http.get(`${origin}/v1/state/events${query}`, { headers, ...(agent === undefined ? {} : { agent }) });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  onTestFinished(() => void response.destroy());
  const pieces: string[] = [];
  let isOpen = true;
  response.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
  const text = () => pieces.join('');
  response.on('close', () => (isOpen = false)).on('error', () => undefined);
  const tail = () => pieces.slice(-2).join('');
  return { text, tail, told: () => toldIn(text()), isOpen: () => isOpen, response };
}

function toldIn(text: string): readonly string[] {
  const blocks = text.split('\n\n').filter((block) => block.includes('data: '));
  return blocks.map((block) => {
    if (block.startsWith('event: gap\n')) return 'gap';
    return (JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '') as { message: string }).message;
  });
}

const idOf = (number: number) => String(START * 1000 + number - 1);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `event ${from + i}`);

describe('a stream of events', () => {
  it('begins with what happens from now on, and goes on', async () => {
    const events = ringOf(5);
    const reader = await follow(await serve(SITE, { events }));
    await eventually(() => expect(reader.text()).toBe('retry: 2000\n\n'));
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    tell(events, 6, 6);
    await eventually(() => expect(reader.told()).toEqual(['event 6']));
    tell(events, 7, 8);
    await eventually(() => expect(reader.told()).toEqual(range(6, 8)));
    const [block] = reader.text().split('\n\n').slice(1);
    const body = {
      id: idOf(6),
      time: new Date(START).toISOString(),
      type: 'converged',
      site: 'local',
      message: 'event 6',
    };
    expect(block).toBe(`id: ${idOf(6)}\ndata: ${JSON.stringify(body)}`);
  });

  it('goes on after the last event a client had, without losing or repeating one', async () => {
    const events = ringOf(5);
    const served = await serve(SITE, { events });
    const reader = await follow(served, { lastEventId: idOf(3) });
    tell(events, 6, 6);
    await eventually(() => expect(reader.told()).toEqual(range(4, 6)));
    const other = await follow(served, { lastEventId: idOf(6) });
    tell(events, 7, 7);
    await eventually(() => expect(other.told()).toEqual(['event 7']));
  });

  it('says that some are missing where the last event is not kept any more, and goes on with the oldest', async () => {
    const served = await serve(SITE, { events: ringOf(150) });
    for (const lastEventId of [idOf(10), 'of another server']) {
      const reader = await follow(served, { lastEventId });
      await eventually(() => expect(reader.told()).toEqual(['gap', ...range(51, 150)]));
    }
    const reader = await follow(served, { lastEventId: idOf(50) });
    await eventually(() => expect(reader.told()).toEqual(range(51, 150)));
  });

  it('begins with the newest of a number, or since an event or a time', async () => {
    const served = await serve(SITE, { events: ringOf(5) });
    for (const [query, expected] of [
      ['?limit=2', range(4, 5)],
      ['?limit=99', range(1, 5)],
      [`?since=${idOf(2)}`, range(3, 5)],
      ['?since=2026-01-02T03:04:05Z', range(1, 5)],
    ] as const) {
      const reader = await follow(served, { query });
      await eventually(() => expect(reader.told()).toEqual(expected));
    }
  });

  it('has what is asked for alone', async () => {
    const events = ringOf(0);
    const served = await serve(SITE, { events });
    const failures = await follow(served, { query: '?type=step-failed&fields=message,site' });
    tell(events, 1, 1);
    tell(events, 2, 2, { type: 'step-failed' });
    await eventually(() => expect(failures.told()).toEqual(['event 2']));
    expect(failures.text()).toContain('data: {"site":"local","message":"event 2"}\n');
  });

  it('of a tenant is its own', async () => {
    const events = ringOf(3);
    const reader = await follow(await serve(SITE, { events }), { as: 'acme', query: '?limit=10' });
    tell(events, 4, 4, { tenant: 'beta', application: 'shop' });
    tell(events, 5, 5, { tenant: 'acme', application: 'shop' });
    await eventually(() => expect(reader.told()).toEqual(['event 5']));
  });

  it('is chosen by Accept alone', async () => {
    const { ask } = await serve(SITE, { events: ringOf(1) });
    for (const accept of ['application/json, text/event-stream;q=0.5', 'text/event-stream;q=0, */*', 'text/plain'])
      expect((await ask('/v1/state/events', { headers: { accept } })).body).toHaveLength(1);
  });

  it('has no body for HEAD, and holds nothing', async () => {
    const events = ringOf(1);
    const { ask } = await serve(SITE, { events });
    const answer = await ask('/v1/state/events', { method: 'HEAD', headers: { accept: 'text/event-stream' } });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(events.readers()).toBe(0);
  });
});

describe('readers of events', () => {
  it('are forgotten when they go', async () => {
    const events = ringOf(1);
    const reader = await follow(await serve(SITE, { events }));
    await eventually(() => expect(events.readers()).toBe(1));
    reader.response.destroy();
    await eventually(() => expect(events.readers()).toBe(0));
  });

  it('are let go when their token is no longer good, and the others stay', async () => {
    const { tokens, become } = changingTokens();
    const served = await serve(SITE, { events: ringOf(1) }, { tokens, limits: { lookAgainMs: 5 } });
    const [gone, other] = [await follow(served, { as: 'acme' }), await follow(served)];
    become(ENTRIES.filter(({ name }) => name !== 'acme'));
    await eventually(() => expect(gone.isOpen()).toBe(false));
    expect(gone.response.complete).toBe(true);
    expect(other.isOpen()).toBe(true);
  });

  it('are let go when their token stands for less', async () => {
    const { tokens, become } = changingTokens();
    const served = await serve(SITE, { events: ringOf(1) }, { tokens, limits: { lookAgainMs: 5 } });
    const reader = await follow(served);
    become(ENTRIES.map((entry) => ({ ...entry, tenant: 'acme', roles: new Set(['read', 'logs']) })));
    await eventually(() => expect(reader.isOpen()).toBe(false));
  });

  it('are let go at once when the server ends', async () => {
    const events = ringOf(1);
    const served = await serve(SITE, { events });
    const readers = await Promise.all(Array.from({ length: 5 }, () => follow(served)));
    await served.close();
    await eventually(() => expect(readers.some((reader) => reader.isOpen())).toBe(false));
    expect(events.readers()).toBe(0);
  });

  it('may be two hundred, and each is told everything in order', async () => {
    const events = ringOf(0, 1000);
    const served = await serve(SITE, { events });
    const readers = await Promise.all(Array.from({ length: 200 }, () => follow(served)));
    await eventually(() => expect(events.readers()).toBe(200));
    for (let i = 0; i < 10; i += 1) {
      tell(events, i * 50 + 1, i * 50 + 50);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const reader of readers) await eventually(() => expect(reader.told()).toEqual(range(1, 500)));
  });

  it('that read nothing hold up nobody, cost no memory, and hear of what they missed when they read on', async () => {
    const events = ringOf(0, 100);
    const served = await serve(SITE, { events });
    const [slow, quick] = [await follow(served), await follow(served)];
    await eventually(() => expect(events.readers()).toBe(2));
    slow.response.pause();
    const before = slow.text().length;
    // More than all buffers on the way hold, and many times what the ring does.
    for (let i = 0; i < 60; i += 1) {
      tell(events, i * 50 + 1, i * 50 + 50, { revision: 'x'.repeat(10_000) });
      await eventually(() => expect(quick.tail()).toContain(`"event ${i * 50 + 50}"`));
    }
    expect(slow.text()).toHaveLength(before);
    slow.response.resume();
    await eventually(() => expect(slow.tail()).toContain('"event 3000"'));
    const told = slow.told();
    expect(told).toContain('gap');
    expect(told.slice(told.lastIndexOf('gap') + 1)).toEqual(range(2_901, 3_000));
    expect(told.length).toBeLessThan(3_000);
    expect(quick.told()).not.toContain('gap');
  }, 60_000);
});

describe('a stream that nothing happens in', () => {
  /** What it sends by a clock that is pushed on by as much as it waits for at most. */
  async function piecesOf(events: EventRing, options: { readonly longestMs: number; readonly heartbeatMs: number }) {
    const query = parseEventQuery({ query: {}, scope: { kind: 'all-tenants' } });
    let time = 0;
    const now = () => (time += 1);
    const signal = new AbortController().signal;
    const stream = eventStream({ events, query, lastEventId: undefined, fields: undefined, signal, now, ...options });
    const pieces: string[] = [];
    for await (const piece of stream) pieces.push(piece);
    return pieces;
  }

  it('has a heartbeat, and ends in time for its reader to come back with another token', async () => {
    const events = ringOf(1);
    const pieces = await piecesOf(events, { heartbeatMs: 10, longestMs: 60 });
    expect(pieces[0]).toBe('retry: 2000\n\n');
    expect(new Set(pieces.slice(1))).toEqual(new Set([': alive\n\n']));
    expect(events.readers()).toBe(0);
  });
});
