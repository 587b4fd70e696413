import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { resolveConnection } from '../../src/cli/connection.ts';
import { openSocket } from '../../src/cli/open-socket.ts';
import { eventually } from '../eventually.ts';
import { startDouble } from './api-double.ts';

/** Both ends of a session whose client asks often whether the server is there. */
async function opened() {
  let server: WebSocket | undefined;
  const double = await startDouble({ onSession: (socket) => (server = socket) });
  const [, origin = '', , tokenFile = ''] = double.flags;
  const connection = resolveConnection({ server: origin, tokenFile }, { env: {}, isRoot: false });
  const client = await openSocket(connection, {
    path: 'applications/shop/service-instances/web-1/connect',
    query: {},
    protocol: 'v1.connect.supd',
    signal: new AbortController().signal,
    pingMs: 20,
  });
  return { client, server: server! };
}

describe('a session that is open', () => {
  it('ends when the server answers no more', async () => {
    const { client, server } = await opened();
    server.pause();
    client.resume();
    const [code] = (await once(client, 'close')) as [number];
    expect(code).toBe(1006);
  });

  it('lasts while the server answers', async () => {
    const { client, server } = await opened();
    client.resume();
    for (let pings = 0; pings < 10; pings += 1) await once(server, 'ping');
    expect(client.readyState).toBe(client.OPEN);
    client.terminate();
  });

  it('is not given up while one side does not read, and the server hears of that', async () => {
    const { client, server } = await opened();
    for (let pongs = 0; pongs < 10; pongs += 1) await once(server, 'pong');
    expect([client.isPaused, client.readyState]).toEqual([true, client.OPEN]);
    client.terminate();
  });

  it('is not given up when the server has stopped reading what was sent in bulk', async () => {
    const { client, server } = await opened();
    client.resume();
    server.pause();
    client.send(Buffer.alloc(64 * 1024 * 1024));
    const pings = vi.spyOn(client, 'ping');
    await eventually(() => expect(pings.mock.calls.length).toBeGreaterThan(10));
    expect(client.readyState).toBe(client.OPEN);
    client.terminate();
  });
});
