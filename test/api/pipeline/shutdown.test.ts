import { once } from 'node:events';
import http from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apiRoutes } from '../../../src/api/routes.ts';
import type { Route, View } from '../../../src/api/protocol/route.ts';
import { eventually } from '../../eventually.ts';
import { connect } from '../raw-client.ts';
import { ELSEWHERE } from '../elsewhere.ts';
import { errorWith, serve } from '../served.ts';
import { snapshot } from '../snapshot-builders.ts';

const HOST = 'Host: fairlead\r\n';
/** More than the buffers of a connection hold. */
const LARGE = 'x'.repeat(16 * 2 ** 20);

/** Answers when it is told to, at length, or without end; takes a body. */
function routes() {
  const gates: (() => void)[] = [];
  const streams: View[] = [];
  const operation = { summary: 'x', responses: { 200: { description: 'OK' } } };
  const stream = async function* () {
    yield 'one\n';
    yield 'two\n';
    await new Promise(() => undefined);
  };
  const streaming = (id: string): Route => ({
    path: `/${id}`,
    audience: 'everybody',
    methods: {
      GET: {
        ...operation,
        id,
        answer: (view) => {
          streams.push(view);
          return { kind: 'stream', contentType: 'text/plain', chunks: stream() };
        },
      },
    },
  });
  const gated: Route = {
    path: '/gated',
    audience: 'everybody',
    methods: {
      GET: {
        ...operation,
        id: 'gated',
        answer: async () => {
          await new Promise<void>((resolve) => gates.push(resolve));
          return { kind: 'value', value: 'answered' };
        },
      },
      POST: {
        ...operation,
        id: 'body',
        body: { schema: 'Anything', required: true },
        answer: ({ body }) => ({ kind: 'value', value: body?.bytes.length }),
      },
    },
  };
  const large: Route = {
    path: '/large',
    audience: 'everybody',
    methods: {
      GET: {
        ...operation,
        id: 'large',
        answer: () => ({ kind: 'text', contentType: 'text/plain', text: LARGE }),
      },
    },
  };
  return { gates, streams, table: [gated, large, streaming('stream')] };
}

async function start() {
  const ending = new AbortController();
  const { gates, streams, table } = routes();
  const isEnding = () => ending.signal.aborted;
  const usual = apiRoutes({ version: '1.2.3', ...ELSEWHERE, isEnding });
  const served = await serve(snapshot(), {}, { ending: ending.signal, routes: [...usual, ...table] });
  return { ...served, gates, streams, end: () => ending.abort(), connect: () => connect(served.origin) };
}

describe('a server that is to end', () => {
  it('is no longer ready, though alive, and goes on answering', async () => {
    const { ask, end } = await start();
    expect((await ask('/readyz')).status).toBe(200);
    end();
    expect(await ask('/readyz')).toMatchObject({ status: 503, body: errorWith('not ready: it is ending') });
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/v1/state/applications')).body).toEqual([]);
  });

  it('closes idle connections at once, and others with their next answer', async () => {
    const { connect, end, gates } = await start();
    const [idle, busy] = [await connect(), await connect()];
    idle.send(`GET /healthz HTTP/1.1\r\n${HOST}\r\n`);
    await idle.hears(/"ok"/);
    busy.send(`GET /gated HTTP/1.1\r\n${HOST}\r\n`);
    await eventually(() => expect(gates).toHaveLength(1));
    end();
    await idle.closed();
    gates[0]?.();
    const heard = await busy.closed();
    expect(heard).toMatch(/\r\nconnection: close\r\n/i);
    expect(heard).toMatch(/"answered"$/);
  });

  it('ends streams in order, whatever gives them hangs in', async () => {
    const { connect, end, streams } = await start();
    const client = await connect();
    client.send(`GET /stream HTTP/1.1\r\n${HOST}\r\n`);
    await client.hears(/two\n/);
    const signal = streams[0]?.signal();
    expect(signal?.aborted).toBe(false);
    end();
    await client.hears(/two\n\r\n0\r\n\r\n$/);
    expect(signal?.aborted).toBe(true);
  });

  it('streams nothing to who asks now, and says so by an end in order', async () => {
    const { ask, end } = await start();
    end();
    expect(await ask('/stream')).toMatchObject({ status: 200, text: '' });
  });
});

describe('a server that closes', () => {
  it('finishes what it is answering, and what is being sent to it', async () => {
    const { connect, close, gates } = await start();
    const [asking, sending] = [await connect(), await connect()];
    asking.send(`GET /gated HTTP/1.1\r\n${HOST}\r\n`);
    sending.send(`POST /gated HTTP/1.1\r\n${HOST}Content-Length: 4\r\n\r\nab`);
    await eventually(() => expect(gates).toHaveLength(1));
    const closed = close();
    await expect(connect()).rejects.toThrow(/ECONNREFUSED/);
    sending.send('cd');
    await sending.hears(/\r\n\r\n4$/);
    gates[0]?.();
    expect(await asking.closed()).toMatch(/"answered"$/);
    await closed;
  });

  it('answers a request that arrived just before', async () => {
    const { connect, close } = await start();
    const client = await connect();
    await new Promise((resolve) => client.socket.write(`GET /healthz HTTP/1.1\r\n${HOST}\r\n`, resolve));
    await close();
    expect(await client.closed()).toMatch(/"ok"/);
  });

  it('does not wait for connections without a request, nor for half a head', async () => {
    const { connect, close } = await start();
    const [silent, half] = [await connect(), await connect()];
    half.send('GET /healthz HT');
    await close();
    expect([await silent.closed(), await half.closed()]).toEqual(['', '']);
  });

  it('tears no answer of many clients that go on asking', async () => {
    const { origin, end, api } = await start();
    const agent = new http.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const tally = { whole: 0, torn: 0 };
    let isOver = false;
    const askOn = async () => {
      while (!isOver) {
        const answer = await answerTo(`${origin}/large`, agent);
        // Who asks on a connection that is just being closed gets no answer at all, and asks again.
        if (answer === undefined) continue;
        if (answer.complete) tally.whole += 1;
        else tally.torn += 1;
      }
    };
    const clients = Array.from({ length: 8 }, askOn);
    const reached = (count: number) => eventually(() => expect(tally.whole).toBeGreaterThan(count));
    await reached(8);
    end();
    await reached(tally.whole + 8);
    await api.close(60_000);
    isOver = true;
    await Promise.all(clients);
    expect(tally.torn).toBe(0);
  });

  it('waits no longer than it may', async () => {
    const { connect, api, gates } = await start();
    const client = await connect();
    client.send(`GET /gated HTTP/1.1\r\n${HOST}\r\n`);
    await eventually(() => expect(gates).toHaveLength(1));
    await api.close(20);
    expect(await client.closed()).toBe('');
  });
});

/** undefined: the connection ended before there was any of it. */
async function answerTo(url: string, agent: http.Agent): Promise<http.IncomingMessage | undefined> {
  const request = http.get(url, { agent });
  try {
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    answer.on('error', () => undefined).resume();
    await new Promise((resolve) => answer.once('close', resolve));
    return answer;
  } catch {
    return undefined;
  }
}
