import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { chooseProtocol } from '../../../src/api/sessions/ask-upgrade.ts';
import type { AnsweredRequest } from '../../../src/api/http/request-watch.ts';
import type { Route } from '../../../src/api/protocol/route.ts';
import type { ApiOptions } from '../../../src/api/pipeline/server.ts';
import { eventually } from '../../eventually.ts';
import { makeCertificate } from '../certificate.ts';
import { connect } from '../raw-client.ts';
import { serve, TOKEN } from '../served.ts';
import { snapshot } from '../snapshot-builders.ts';

/** Sends back what it is sent. */
function echoing() {
  const state = { asked: 0, left: 0, mayAnswer: Promise.resolve() };
  const leave = () => void (state.left += 1);
  const route: Route = {
    path: '/v1/state/echo',
    audience: 'tenants',
    methods: {
      GET: {
        id: 'echo',
        summary: 'Echo',
        responses: {},
        answer: async (view) => {
          const protocol = chooseProtocol(view, ['v1.echo']);
          state.asked += 1;
          await state.mayAnswer;
          return {
            kind: 'upgrade',
            upgrade: {
              protocol,
              begin: (socket) => {
                socket.on('message', (data, binary) => socket.send(data, { binary }));
                socket.on('close', leave);
              },
              abandon: leave,
            },
          };
        },
      },
    },
  };
  return { state, route };
}

async function start(server: Partial<ApiOptions> = {}) {
  const { state, route } = echoing();
  const served = await serve(snapshot(), {}, { routes: [route], ...server });
  return { ...served, state };
}

const HEAD = [
  'GET /v1/state/echo HTTP/1.1',
  ...['Host: a', 'Connection: Upgrade', 'Upgrade: websocket'],
  ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
  ...['Sec-WebSocket-Protocol: v1.echo', `Authorization: Bearer ${TOKEN.acme}`],
].join('\r\n');
const OPTIONS = { headers: { authorization: `Bearer ${TOKEN.acme}` } };

describe('a WebSocket', () => {
  it('is served over TLS as well', async () => {
    const pair = makeCertificate();
    const { origin } = await start({ tls: { pair: () => pair, follow: () => undefined } });
    const options = { ...OPTIONS, ca: pair.cert };
    const socket = new WebSocket(`${origin.replace('http', 'wss')}/v1/state/echo`, 'v1.echo', options);
    await once(socket, 'open');
    socket.send(Buffer.from('hello'));
    expect(String((await once(socket, 'message'))[0])).toBe('hello');
    socket.close();
    await once(socket, 'close');
  });

  it('hears what came right behind the request', async () => {
    const { origin } = await start();
    const { send, hears, socket } = await connect(origin);
    // A binary message `hi`, masked with zeros.
    send(`${HEAD}\r\n\r\n\x82\x82\0\0\0\0hi`);
    await hears(/\x82\x02hi$/);
    socket.destroy();
  });

  it('is let go of when the client has gone before it began', async () => {
    const { origin, state, errors } = await start();
    let answer = () => {};
    state.mayAnswer = new Promise((resolve) => (answer = resolve));
    const { send, socket } = await connect(origin);
    send(`${HEAD}\r\n\r\n`);
    await eventually(() => expect(state.asked).toBe(1));
    socket.destroy();
    answer();
    await eventually(() => expect(state.left).toBe(1));
    expect(errors).toEqual([]);
  });

  it('counts as a request that was answered when it has ended', async () => {
    const ended: AnsweredRequest[] = [];
    const watch = {
      began: () => undefined,
      refused: () => undefined,
      ended: (one: AnsweredRequest) => void ended.push(one),
    };
    const { origin } = await start({ watch });
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/v1/state/echo`, 'v1.echo', OPTIONS);
    await once(socket, 'open');
    expect(ended).toEqual([]);
    socket.close();
    await eventually(() =>
      expect(ended).toMatchObject([{ method: 'GET', route: '/v1/state/echo', status: '1xx', streamed: true }]),
    );
  });
});
