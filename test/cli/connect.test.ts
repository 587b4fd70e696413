import { randomBytes } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { forwardUdp } from '../../src/cli/forward-udp.ts';
import { resolveConnection } from '../../src/cli/connection.ts';
import { openSocket } from '../../src/cli/open-socket.ts';
import { parseForward } from '../../src/cli/parse-forward.ts';
import { eventually } from '../eventually.ts';
import { fail, startDouble, type DoubleOptions } from './api-double.ts';
import { createTerminal, run, shows } from './terminal.ts';

type OnSession = NonNullable<DoubleOptions['onSession']>;

/** Sends everything back; ends when the client sends no more, as a server of the API does. */
const echo: OnSession = (socket) => {
  socket.on('message', (data: Buffer) => {
    if (data.length === 0) socket.close(1000, 'the other side has ended');
    else socket.send(data);
  });
};

/** Sends datagrams back, empty ones, too. */
const echoDatagrams: OnSession = (socket) => {
  socket.on('message', (data: Buffer) => socket.send(data));
};

async function connected(forward: string, options: DoubleOptions = {}) {
  const double = await startDouble({ onSession: echo, ...options });
  const terminal = createTerminal();
  const done = run(terminal, 'connect', 'shop', 'web-1', forward, ...double.flags);
  onTestFinished(() => {
    terminal.pressCtrlC();
    return done;
  });
  await shows(terminal, /\n/);
  const port = Number(/:(\d+) is now/.exec(terminal.stdout())?.[1]);
  const end = async () => {
    terminal.pressCtrlC();
    await done;
  };
  return { terminal, double, port, end };
}

async function dialed(port: number): Promise<Socket> {
  const socket = dial({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Whether it ends with a reset, and not in order. */
function isReset(socket: Socket): Promise<boolean> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.resume().once('close', resolve));
}

const queryOf = (asked: string | undefined) =>
  Object.fromEntries(new URL(asked?.split(' ')[1] ?? '', 'http://double').searchParams);

describe('fairlead connect', () => {
  it('listens on loopback, says where, and ends with 0 at Ctrl-C', async () => {
    const { terminal, port, end, double } = await connected('0:80');
    expect(terminal.stdout()).toBe(`127.0.0.1:${port} is now port 80 of web-1\n`);
    expect(double.asked).toHaveLength(1);
    const socket = await dialed(port);
    await eventually(() => expect(double.asked).toHaveLength(2));
    await end();
    await once(socket.resume(), 'end');
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([0, '']);
    const [error] = (await once(dial(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('asks for the port of the instance, or of what the instance reaches', async () => {
    const own = await connected('0:80');
    await dialed(own.port);
    await eventually(() => expect(own.double.asked).toHaveLength(2));
    expect(own.double.asked[1]).toMatch(/^GET \/v1\/state\/applications\/shop\/service-instances\/web-1\/connect\?/);
    expect(queryOf(own.double.asked[1])).toEqual({ protocol: 'tcp', port: '80' });
    const other = await connected('0:10.0.0.5:443');
    expect(other.terminal.stdout()).toMatch(/ is now 10\.0\.0\.5:443 of web-1\n$/);
    await dialed(other.port);
    await eventually(() => expect(other.double.asked).toHaveLength(2));
    expect(queryOf(other.double.asked[1])).toEqual({ protocol: 'tcp', port: '443', 'ip-address': '10.0.0.5' });
  });

  it('passes every byte on, both ways, for many at a time', async () => {
    const { port, terminal } = await connected('0:80');
    const echoes = Array.from({ length: 20 }, async () => {
      const sent = randomBytes(1024 * 1024);
      const socket = await dialed(port);
      const received = buffer(socket);
      // Half-closed: what is under way comes back all the same.
      socket.end(sent);
      expect((await received).equals(sent)).toBe(true);
    });
    await Promise.all(echoes);
    expect(terminal.stderr()).toBe('');
  });

  it('waits for whoever is slow: what a client does not read is not read from the server', async () => {
    let session: WebSocket | undefined;
    const { port } = await connected('0:80', { onSession: (socket) => (session = socket) });
    const socket = await dialed(port);
    socket.pause();
    const server = await eventually(() => {
      expect(session).toBeDefined();
      return session!;
    });
    const sent = randomBytes(64 * 1024 * 1024);
    for (let at = 0; at < sent.length; at += 65_536) server.send(sent.subarray(at, at + 65_536));
    server.close(1000, 'the other side has ended');
    let [before, looks] = [-1, 0];
    await eventually(() => {
      looks = server.bufferedAmount === before ? looks + 1 : 0;
      before = server.bufferedAmount;
      expect(looks).toBe(30);
    });
    expect(before).toBeGreaterThan(sent.length / 2);
    expect((await buffer(socket)).equals(sent)).toBe(true);
  });

  it('ends a connection when the other side has, and tells when that was a failure', async () => {
    const onSession: OnSession = (socket) => {
      socket.on('message', (data: Buffer) => {
        if (data.toString() === 'end') socket.close(1000, 'the other side has ended');
        else if (data.toString() === 'fail') socket.close(1011, 'connection reset by 127.0.0.1:80');
        else socket.terminate();
      });
    };
    const { port, terminal } = await connected('0:80', { onSession });
    const ended = await dialed(port);
    ended.write('end');
    await once(ended.resume(), 'end');
    expect(terminal.stderr()).toBe('');
    for (const [word, told] of [
      ['fail', 'fairlead: port 80: connection reset by 127.0.0.1:80\n'],
      ['break', 'fairlead: port 80: the connection broke off\n'],
    ] as const) {
      const failed = await dialed(port);
      failed.write(word);
      expect([await isReset(failed), terminal.stderr().endsWith(told)]).toEqual([true, true]);
    }
  });

  it('lets go of the session when the client has gone, in order or not', async () => {
    const codes: number[] = [];
    const onSession: OnSession = (socket) => {
      socket.on('message', (data: Buffer) => socket.send(data));
      socket.on('close', (code) => void codes.push(code));
    };
    const { port } = await connected('0:80', { onSession });
    const reset = await dialed(port);
    reset.write('x');
    await once(reset, 'data');
    reset.resetAndDestroy();
    await eventually(() => expect(codes).toEqual([1006]));
  });

  it('tells what keeps a connection from being made, and goes on', async () => {
    let message: string | undefined = 'connection refused by 127.0.0.1:80';
    const refuse = () => (message === undefined ? undefined : { status: 409, message });
    const { port, terminal } = await connected('0:80', { refuse });
    const refused = await dialed(port);
    expect(await isReset(refused)).toBe(true);
    expect(terminal.stderr()).toBe('fairlead: port 80: connection refused by 127.0.0.1:80\n');
    message = undefined;
    const socket = await dialed(port);
    socket.write('hello');
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
  });

  it('ends with 1 when it cannot listen, or there is no such instance', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const missing: DoubleOptions['answer'] = (_, response) => {
      fail(response, { status: 404, message: 'no service instance web-1' });
      return true;
    };
    for (const [options, told] of [
      [{}, `fairlead: cannot listen on 127.0.0.1:${port} (it is in use)\n`],
      [{ answer: missing }, 'fairlead: no service instance web-1\n'],
    ] as const) {
      const double = await startDouble(options);
      const terminal = createTerminal();
      await run(terminal, 'connect', 'shop', 'web-1', `${port}:80`, ...double.flags);
      expect([terminal.exitCode(), terminal.stderr(), terminal.stdout()]).toEqual([1, told, '']);
    }
  });

  it('does not take what is no pair of ports', async () => {
    await expect(run(createTerminal(), 'connect', 'shop', 'web-1', '80')).rejects.toThrow('It is not LOCAL:REMOTE');
  });
});

describe('fairlead connect with udp', () => {
  async function client(): Promise<UdpSocket> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    onTestFinished(() => void socket.close());
    await once(socket, 'listening');
    return socket;
  }

  it('has a session for each client, and passes each datagram on as one', async () => {
    const { port, double, terminal } = await connected('0:53/udp', { onSession: echoDatagrams });
    expect(terminal.stdout()).toBe(`127.0.0.1:${port} is now port 53 of web-1 (udp)\n`);
    const clients = await Promise.all([client(), client()]);
    for (const socket of clients) {
      const received: Buffer[] = [];
      socket.on('message', (datagram) => received.push(datagram));
      const sent = [randomBytes(1), Buffer.alloc(0), randomBytes(1400), randomBytes(9000)];
      for (const datagram of sent) socket.send(datagram, port, '127.0.0.1');
      await eventually(() => expect(received).toHaveLength(4));
      expect(received.map((datagram, index) => datagram.equals(sent[index]!))).toEqual([true, true, true, true]);
    }
    expect(double.asked.slice(1).map(queryOf)).toEqual(clients.map(() => ({ protocol: 'udp', port: '53' })));
  });

  it('lets go of a session that is silent, and begins another', async () => {
    const sessions: WebSocket[] = [];
    const codes: number[] = [];
    const double = await startDouble({
      onSession(socket, url) {
        sessions.push(socket);
        socket.on('close', (code) => void codes.push(code));
        echoDatagrams(socket, url);
      },
    });
    const [, server = '', , tokenFile = ''] = double.flags;
    const connection = resolveConnection({ server, tokenFile }, { env: {}, isRoot: false });
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    const { signal } = ending;
    const open = () => openSocket(connection, { path: 'x/connect', query: {}, protocol: 'v1.connect.supd', signal });
    const forward = parseForward('0:53/udp')!;
    const problems: string[] = [];
    const { port } = await forwardUdp({ forward, open, signal, onProblem: (one) => void problems.push(one) }, 50);
    const socket = await client();
    for (const count of [1, 2]) {
      socket.send('ping', port, '127.0.0.1');
      await once(socket, 'message');
      await eventually(() => expect(codes).toHaveLength(count));
    }
    expect([sessions.length, codes, problems]).toEqual([2, [1000, 1000], []]);
  });

  it('tells what is the matter, and tries anew with the next datagram', async () => {
    let isRefused = true;
    const refuse = () => (isRefused ? { status: 409, message: 'web-1 does not run' } : undefined);
    const { port, terminal } = await connected('0:53/udp', { refuse, onSession: echoDatagrams });
    const socket = await client();
    socket.send('lost', port, '127.0.0.1');
    await eventually(() => expect(terminal.stderr()).toBe('fairlead: port 53: web-1 does not run\n'));
    isRefused = false;
    socket.send('found', port, '127.0.0.1');
    expect(String((await once(socket, 'message'))[0])).toBe('found');
  });
});
