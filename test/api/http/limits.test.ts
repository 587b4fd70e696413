import { describe, expect, it } from 'vitest';
import { LIMITS, type Limits } from '../../../src/api/http/limits.ts';
import type { AnsweredRequest, RefusalReason } from '../../../src/api/http/request-watch.ts';
import type { Route } from '../../../src/api/protocol/route.ts';
import { connect, parseAnswer } from '../raw-client.ts';
import { errorWith, serve } from '../served.ts';
import { snapshot } from '../snapshot-builders.ts';

const HOST = 'Host: fairlead\r\n';
/** So that nothing is waited for longer than it takes to see it. */
const SHORT: Partial<Limits> = { headMs: 500, requestMs: 1_000, idleMs: 500, checkEveryMs: 50 };

/** Takes a body, and an answer larger than any buffer of the system. */
const ECHO: Route = {
  path: '/echo',
  audience: 'everybody',
  methods: {
    POST: {
      id: 'echo',
      summary: 'How much was sent',
      body: { schema: 'Anything', required: true },
      responses: { 200: { description: 'OK' } },
      answer: ({ body }) => ({ kind: 'value', value: body?.bytes.length ?? 0 }),
    },
    GET: {
      id: 'flood',
      summary: 'A lot',
      responses: { 200: { description: 'OK' } },
      answer: () => ({ kind: 'text', contentType: 'text/plain', text: 'x'.repeat(32 * 2 ** 20) }),
    },
  },
};

async function start(limits: Partial<Limits> = {}) {
  const refused: RefusalReason[] = [];
  const ended: AnsweredRequest[] = [];
  const watch = {
    began: () => undefined,
    ended: (request: AnsweredRequest) => void ended.push(request),
    refused: (reason: RefusalReason) => void refused.push(reason),
  };
  const served = await serve(snapshot(), {}, { limits, watch, routes: [ECHO] });
  return { ...served, refused, ended, connect: () => connect(served.origin) };
}

describe('a body', () => {
  it('of 1 MiB is taken, and one byte more is 413', async () => {
    const { ask } = await start();
    const post = (length: number) => ask('/echo', { method: 'POST', body: 'x'.repeat(length) });
    expect(await post(LIMITS.bodyBytes)).toMatchObject({ status: 200, body: LIMITS.bodyBytes });
    expect(await post(LIMITS.bodyBytes + 1)).toMatchObject({
      status: 413,
      body: errorWith('the body is larger than 1 MiB'),
    });
  });

  it('that comes in chunks is 413 as soon as it is too large, though it does not say how large it is', async () => {
    const { connect } = await start({ bodyBytes: 1024 * 1024 });
    const client = await connect();
    client.send(`POST /echo HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`);
    for (let sent = 0; sent <= LIMITS.bodyBytes; sent += 65_536) client.send(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    await client.hears(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
    client.socket.destroy();
  });

  it('that does not come in time is 408', async () => {
    const { connect, refused, errors } = await start(SHORT);
    const client = await connect();
    client.send(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nthe beginning`);
    await client.hears(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    client.socket.end();
    await client.closed();
    expect(refused).toEqual(['too-slow']);
    expect(errors).toEqual([]);
  });
});

describe('the head of a request', () => {
  it('of 17 KiB is 431, in the words of every error', async () => {
    const { connect, refused } = await start();
    const client = await connect();
    client.send(`GET /echo HTTP/1.1\r\n${HOST}X-Long: ${'x'.repeat(17 * 1024)}\r\n\r\n`);
    const answer = parseAnswer(await client.closed());
    expect(answer.status).toBe(431);
    expect(answer.head).toContain('Request Header Fields Too Large');
    expect(answer.body).toEqual(errorWith('the head of the request is larger than 16 KiB'));
    expect(refused).toEqual(['too-large']);
  });

  it('may have 100 headers, and with one more it is 431', async () => {
    const { connect } = await start();
    const send = async (count: number) => {
      const client = await connect();
      const headers = Array.from({ length: count - 2 }, (_, n) => `X-${n}: ${n}\r\n`).join('');
      client.send(`POST /echo HTTP/1.1\r\n${HOST}${headers}Connection: close\r\n\r\n`);
      return parseAnswer(await client.closed());
    };
    expect(await send(100)).toMatchObject({ status: 200, body: 0 });
    expect(await send(101)).toMatchObject({ status: 431, body: errorWith('the request has more than 100 headers') });
  });

  it('that trickles in is 408 when its time is over', async () => {
    const { connect, refused } = await start(SHORT);
    const client = await connect();
    client.send('GET /echo HTTP/1.1\r\nX-Slow: ');
    const dripping = setInterval(() => client.send('x'), 5);
    try {
      const answer = parseAnswer(await client.closed());
      expect(answer.status).toBe(408);
      expect(answer.body).toEqual(
        errorWith('the head of the request did not come within 0.5 s, or the whole of it within 1 s'),
      );
    } finally {
      clearInterval(dripping);
    }
    expect(refused).toEqual(['too-slow']);
  });

  it('that never begins ends the connection without a word', async () => {
    const { connect } = await start(SHORT);
    expect(await (await connect()).closed()).toBe('');
  });

  it('that is no HTTP is 400', async () => {
    const { connect, refused } = await start();
    const client = await connect();
    client.send('BEGIN\r\n\r\n');
    expect(parseAnswer(await client.closed())).toMatchObject({
      status: 400,
      body: errorWith('the request is not valid HTTP'),
    });
    expect(refused).toEqual(['malformed']);
  });
});

describe('a path', () => {
  it('of 8 KiB is read, and a longer one is 414', async () => {
    const { ask } = await start();
    const path = (length: number) => `/echo?${'x'.repeat(length - '/echo?'.length)}`;
    expect((await ask(path(8192), { method: 'POST' })).status).toBe(200);
    expect(await ask(path(8193), { method: 'POST' })).toMatchObject({
      status: 414,
      body: errorWith('the path with its query is longer than 8192 characters'),
    });
  });

  it('longer than a head may be is 431', async () => {
    const { connect } = await start();
    const client = await connect();
    client.send(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`);
    expect(parseAnswer(await client.closed()).status).toBe(431);
  });
});

describe('connections', () => {
  it('on which nonsense follows a request that is being answered are closed: nothing can be said in between', async () => {
    const { connect } = await start();
    const client = await connect();
    client.send(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhiNONSENSE\r\n\r\n`);
    expect(await client.closed()).toBe('');
  });

  it('beyond the limit are closed, and those that are open go on', async () => {
    const { connect, refused } = await start({ connections: 2 });
    const first = await connect();
    await connect();
    expect(await (await connect()).closed()).toBe('');
    first.send(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi`);
    await first.hears(/\r\n\r\n2$/);
    expect(refused).toEqual(['too-many']);
  });

  it('are kept for the next request, and closed when none comes', async () => {
    const { connect } = await start(SHORT);
    const client = await connect();
    for (const body of ['a', 'bc'])
      client.send(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}`);
    const heard = await client.closed();
    expect(heard.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  });

  it('of a client that does not take its answer are closed', async () => {
    const { connect, ended } = await start({ answerMs: 100 });
    const client = await connect();
    client.socket.pause();
    client.send(`GET /echo HTTP/1.1\r\n${HOST}\r\n`);
    await new Promise<void>((resolve) => client.socket.once('close', () => resolve()).resume());
    expect(client.heard().length).toBeLessThan(32 * 2 ** 20);
    expect(ended).toMatchObject([{ route: '/echo', status: '2xx' }]);
  });

  it('that break off in the middle of a request do no harm', async () => {
    const { connect, ask, errors } = await start();
    const client = await connect();
    client.send(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nthe beginning`);
    client.socket.resetAndDestroy();
    expect((await ask('/echo', { method: 'POST', body: 'hi' })).body).toBe(2);
    expect(errors).toEqual([]);
  });
});
