import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { holdRelay, type HeldRelay } from '../../src/docker/held-relay.ts';
import { DATAGRAM_COST, MOST_DATAGRAM } from '../../src/docker/relay-frames.ts';
import { RECEIVE_WINDOW } from '../../src/docker/relayed-connection.ts';
import { eventually } from '../eventually.ts';
import { unpackSandboxProgram, type SandboxProgram } from './sandbox-program.ts';

const HOST = '127.0.0.1';
/** By IPv4; the header takes the rest. */
const LONGEST_BY_IPV4 = 65_507;
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

let program: SandboxProgram;
let relay: HeldRelay;
const sockets: Socket[] = [];
const { signal } = new AbortController();

beforeAll(async () => {
  program = await unpackSandboxProgram();
});
beforeEach(() => {
  relay = holdRelay(program.attach('relay'));
});
afterEach(async () => {
  await relay.close();
  for (const socket of sockets.splice(0)) socket.close();
});
afterAll(() => program.dispose());

async function bind(): Promise<Socket> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.bind(0, HOST);
  await once(socket, 'listening');
  return socket;
}

async function echo(): Promise<number> {
  const socket = await bind();
  socket.on('message', (bytes, { port }) => socket.send(bytes, port, HOST));
  return socket.address().port;
}

const dial = (port: number, address = HOST): Promise<Duplex> =>
  relay.dial({ protocol: 'udp', address, port, onGone: () => undefined }, signal);

async function exchange(connection: Duplex, datagram: Buffer): Promise<Buffer> {
  connection.write(datagram);
  const answered = once(connection, 'data');
  connection.resume();
  const [answer] = (await answered) as [Buffer];
  connection.pause();
  return answer;
}

describe('datagrams through the relay', () => {
  it.each([0, 1, 1_400, 32_769, LONGEST_BY_IPV4])('of %i bytes stay whole', async (size) => {
    const connection = await dial(await echo());
    const datagram = randomBytes(size);
    expect((await exchange(connection, datagram)).equals(datagram)).toBe(true);
    connection.destroy();
  });

  it('go on for longer than any credit lasts, long and short ones', async () => {
    const connection = await dial(await echo());
    for (let turn = 0; turn < 60; turn += 1) {
      const datagram = randomBytes(turn % 3 === 0 ? 10 : 60_000);
      expect((await exchange(connection, datagram)).equals(datagram)).toBe(true);
    }
    connection.destroy();
  });

  it('nobody reads do not pile up, however small', async () => {
    const port = await echo();
    const connection = await dial(port);
    const other = await dial(await echo());
    for (let sent = 0; sent < 20_000; sent += 1) {
      if (!connection.write(Buffer.alloc(0))) await new Promise((resolve) => connection.once('drain', resolve));
    }
    // What comes of the other shows that everything before it has come.
    await exchange(other, Buffer.from('x'));
    expect(connection.readableLength).toBeGreaterThan(0);
    expect(connection.readableLength).toBeLessThanOrEqual(RECEIVE_WINDOW / DATAGRAM_COST);
    connection.destroy();
    other.destroy();
  });

  it('to where nobody listens end the connection with words', async () => {
    const port = await echo();
    await new Promise<void>((resolve) => sockets.pop()?.close(resolve));
    const connection = await dial(port);
    connection.write(Buffer.from('hello?'));
    expect((await once(connection, 'error'))[0]).toMatchObject({ message: 'connection refused' });
  });

  it('that are too long end it too', async () => {
    const port = await echo();
    const [here, there] = [await dial(port), await dial(port)];
    here.write(Buffer.alloc(MOST_DATAGRAM + 1));
    expect(String((await once(here, 'error'))[0])).toContain('at most 65527 bytes');
    there.write(Buffer.alloc(LONGEST_BY_IPV4 + 1));
    expect(String((await once(there, 'error'))[0])).toContain('too long');
  });

  it('still come after the end of what is sent', async () => {
    const socket = await bind();
    const connection = await dial(socket.address().port);
    connection.end(Buffer.from('a question'));
    const [, { port }] = (await once(socket, 'message')) as [Buffer, { readonly port: number }];
    await eventually(() => expect(connection.writableFinished).toBe(true));
    socket.send('an answer', port, HOST);
    expect(String((await once(connection, 'data'))[0])).toBe('an answer');
    connection.destroy();
  });
});

describe('the relay by IPv6', () => {
  it('carries bytes, or says that there is no IPv6 here', async () => {
    if (!hasIpv6) {
      await expect(relay.connect('::1', 9, signal)).rejects.toThrow(/address|unreachable|refused/i);
      return;
    }
    const server = createServer((socket) => void socket.pipe(socket)).listen(0, '::1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connection = await relay.connect('::1', port, signal);
    connection.end('hello');
    expect(String((await once(connection, 'data'))[0])).toBe('hello');
    server.close();
  });
});
