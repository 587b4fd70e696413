import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, get } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { kill } from 'node:process';
import { Readable, type Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { holdRelay, type HeldRelay } from '../../src/docker/held-relay.ts';
import { RECEIVE_WINDOW } from '../../src/docker/relayed-connection.ts';
import { eventually } from '../eventually.ts';
import { unpackSandboxProgram, type SandboxProgram } from './sandbox-program.ts';

const HOST = '127.0.0.1';
/** Reserved for documentation: nobody answers, or there is no way. */
const NOWHERE = '192.0.2.1';

let program: SandboxProgram;
let relay: HeldRelay;
let pid: number;
const servers: Server[] = [];
const { signal } = new AbortController();

beforeAll(async () => {
  program = await unpackSandboxProgram();
});
beforeEach(() => {
  const helper = program.attach('relay');
  pid = helper.pid;
  relay = holdRelay(helper);
});
afterEach(async () => {
  await relay.close();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => program.dispose());

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  return await listenOn(server);
}

async function listenOn(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return (server.address() as AddressInfo).port;
}

const echo = (socket: Socket) => void socket.pipe(socket);

/** Not stream/consumers: that destroys a socket at the end of the one way it reads. */
function buffer(stream: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('error', reject);
  });
}

const text = async (stream: Readable) => (await buffer(stream)).toString();

async function exchange(connection: Duplex, bytes: Buffer): Promise<Buffer> {
  const answer = buffer(connection);
  connection.end(bytes);
  return await answer;
}

describe('the relay', () => {
  it('carries bytes both ways and the end of each way by itself', async () => {
    const port = await listen((socket) => {
      void text(socket).then((question) => socket.end(`you said ${question}`));
    });
    const connection = await relay.connect(HOST, port, signal);
    expect((await exchange(connection, Buffer.from('hello'))).toString()).toBe('you said hello');
    await finished(connection);
    expect(connection.destroyed).toBe(true);
  });

  it('still sends after the other side has ended', async () => {
    let heard: Promise<string> | undefined;
    const port = await listen((socket) => {
      heard = text(socket);
      socket.end('first');
    });
    const connection = await relay.connect(HOST, port, signal);
    expect(await text(connection)).toBe('first');
    connection.end('second');
    expect(await heard).toBe('second');
  });

  it('loses nothing that was written before the end', async () => {
    let heard: Promise<Buffer> | undefined;
    const port = await listen((socket) => {
      socket.end();
      heard = buffer(socket);
    });
    const sent = randomBytes(1_000_000);
    const connection = await relay.connect(HOST, port, signal);
    connection.resume();
    await new Promise<void>((resolve) => connection.end(sent, resolve));
    await finished(connection);
    expect((await heard)?.equals(sent)).toBe(true);
  });

  it('carries 64 MiB each way unchanged', async () => {
    const port = await listen(echo);
    const megabyte = randomBytes(1 << 20);
    const connection = await relay.connect(HOST, port, signal);
    const sent = Readable.from(Array.from({ length: 64 }, (_, at) => stamp(megabyte, at)));
    const arrived = (async () => {
      let length = 0;
      for await (const bytes of connection as AsyncIterable<Buffer>) {
        for (let at = 0; at < bytes.length;) {
          const place = (length + at) % megabyte.length;
          const expected = stamp(megabyte, Math.floor((length + at) / megabyte.length)).subarray(place);
          const piece = bytes.subarray(at, at + expected.length);
          if (!piece.equals(expected.subarray(0, piece.length))) throw new Error(`other bytes at ${length + at}`);
          at += piece.length;
        }
        length += bytes.length;
      }
      return length;
    })();
    sent.pipe(connection);
    expect(await arrived).toBe(64 << 20);
  });

  it('serves 100 connections at once', async () => {
    const port = await listen(echo);
    const connections = await Promise.all(Array.from({ length: 100 }, () => relay.connect(HOST, port, signal)));
    const sent = connections.map(() => randomBytes(100_000));
    const received = await Promise.all(connections.map((connection, at) => exchange(connection, sent[at]!)));
    expect(received.every((bytes, at) => bytes.equals(sent[at]!))).toBe(true);
  });

  it('makes the 513th wait for a free place', async () => {
    const port = await listen(echo);
    const connections = await Promise.all(Array.from({ length: 512 }, () => relay.connect(HOST, port, signal)));
    const enough = new AbortController();
    const impatient = relay.connect(HOST, port, enough.signal);
    enough.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    const next = relay.connect(HOST, port, signal);
    connections[0]!.destroy();
    expect((await exchange(await next, Buffer.from('late'))).toString()).toBe('late');
    for (const connection of connections) connection.destroy();
  });

  it('is not held up by a connection nobody reads, whose sender has to wait', async () => {
    let sender: Socket | undefined;
    const flood = await listen((socket) => {
      sender = socket;
      socket.write(Buffer.alloc(32 << 20));
    });
    const port = await listen(echo);
    const unread = await relay.connect(HOST, flood, signal);
    await eventually(() => expect(unread.readableLength).toBeGreaterThan(0));
    const sent = randomBytes(1 << 20);
    expect((await exchange(await relay.connect(HOST, port, signal), sent)).equals(sent)).toBe(true);
    expect(unread.readableLength).toBeLessThanOrEqual(RECEIVE_WINDOW);
    expect(sender?.writableLength).toBeGreaterThan(0);
  });

  it('lets a writer wait for a peer that does not read, and others go on', async () => {
    const deaf = await listen((socket) => socket.pause());
    const port = await listen(echo);
    const stuck = await relay.connect(HOST, deaf, signal);
    let isThrough = false;
    stuck.write(Buffer.alloc(32 << 20), () => (isThrough = true));
    const sent = randomBytes(1 << 20);
    expect((await exchange(await relay.connect(HOST, port, signal), sent)).equals(sent)).toBe(true);
    expect(isThrough).toBe(false);
    expect(await residentBytes(pid)).toBeLessThan(4 << 20);
    stuck.destroy();
  });

  it('carries HTTP', async () => {
    const port = await listenOn(
      createHttpServer((request, response) => response.end(`${request.method} ${request.url}`)),
    );
    const connection = await relay.connect(HOST, port, signal);
    const answer = await new Promise<string>((resolve, reject) => {
      const options = { createConnection: () => connection, path: '/ready' };
      get(options, (response) => void text(response).then(resolve, reject)).on('error', reject);
    });
    expect(answer).toBe('GET /ready');
  });
});

describe('a connection through the relay', () => {
  it('to a closed port is refused', async () => {
    const port = await listen(echo);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(relay.connect(HOST, port, signal)).rejects.toThrow(/^connection refused$/);
  });

  it('to what is no IP address is refused', async () => {
    await expect(relay.connect('db', 80, signal)).rejects.toThrow('db is no IP address');
  });

  it('that is reset ends with an error', async () => {
    const port = await listen((socket) => socket.resetAndDestroy());
    const ended = relay.connect(HOST, port, signal).then((connection) => finished(connection.resume()));
    await expect(ended).rejects.toThrow(/^connection reset$/);
  });

  it('that is destroyed is closed at the other side', async () => {
    let closed: Promise<unknown> | undefined;
    const port = await listen((socket) => {
      closed = new Promise((resolve) => socket.once('close', resolve));
      echo(socket);
    });
    const connection = await relay.connect(HOST, port, signal);
    connection.write('x');
    await new Promise((resolve) => connection.once('data', resolve));
    connection.destroy();
    await closed;
  });

  it('whose connecting is aborted rejects with the reason', async () => {
    const reason = new Error('too slow');
    const controller = new AbortController();
    const connecting = relay.connect(NOWHERE, 80, controller.signal);
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    await expect(relay.connect(NOWHERE, 80, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('a relay that ends', () => {
  it('breaks what is open and what is connecting, and refuses what comes after', async () => {
    const port = await listen(echo);
    const connection = await relay.connect(HOST, port, signal);
    kill(pid, 'SIGSTOP');
    const losses = Promise.all([
      expect(relay.connect(HOST, port, signal)).rejects.toMatchObject({ code: 'unreachable' }),
      expect(finished(connection.resume())).rejects.toThrow(/^the relay is gone: /),
    ]);
    kill(pid, 'SIGKILL');
    await losses;
    expect(await relay.lost).toMatch(/SIGKILL/);
    await expect(relay.connect(HOST, port, signal)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('ends with 0 when its stdin does', async () => {
    await relay.ready;
    await relay.close();
    expect(await relay.lost).toBe('the helper ended with 0');
  });
});

/** A megabyte unlike the others. */
function stamp(megabyte: Buffer, at: number): Buffer {
  const copy = Buffer.from(megabyte);
  copy.writeUInt32BE(at, 0);
  return copy;
}

async function residentBytes(of: number): Promise<number> {
  const status = await readFile(`/proc/${of}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
