import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { keepAlive, type KeepAliveOptions } from '../../../src/api/http/keep-alive.ts';
import { eventually } from '../../eventually.ts';

/** The two ends of a socket that is kept alive. */
async function join(options: KeepAliveOptions, clientOptions = {}) {
  const server = createServer();
  const acceptor = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, clientOptions);
  client.on('error', () => undefined);
  const [near] = (await once(acceptor, 'connection')) as [WebSocket];
  await once(client, 'open');
  keepAlive(near, options);
  onTestFinished(() => {
    client.terminate();
    near.terminate();
    server.close();
  });
  return { near, client };
}

describe('a socket that is kept alive', () => {
  it('stays open while the client answers', async () => {
    const { near, client } = await join({ pingMs: 5, silenceMs: 1_000 });
    let pings = 0;
    client.on('ping', () => (pings += 1));
    await eventually(() => expect(pings).toBeGreaterThan(300));
    expect(near.readyState).toBe(WebSocket.OPEN);
  });

  it('is let go of when the client answers nothing', async () => {
    const { near } = await join({ pingMs: 5, silenceMs: 50 }, { autoPong: false });
    const [code] = (await once(near, 'close')) as [number];
    expect(code).toBe(1006);
  });

  it('stays open while it is we who do not listen', async () => {
    const { near, client } = await join({ pingMs: 5, silenceMs: 1_000 });
    near.pause();
    let pings = 0;
    client.on('ping', () => (pings += 1));
    await eventually(() => expect(pings).toBeGreaterThan(300));
    near.resume();
    await eventually(() => expect(pings).toBeGreaterThan(600));
    expect(near.readyState).toBe(WebSocket.OPEN);
  });

  it('that is not listened to is let go of when the client is gone', async () => {
    const { near, client } = await join({ pingMs: 5 });
    near.pause();
    client.terminate();
    await once(near, 'close');
  });
});
