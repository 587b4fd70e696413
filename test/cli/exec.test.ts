import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { eventually } from '../eventually.ts';
import { fail, INSTANCE, readExecFrames, startDouble, type DoubleOptions, type ExecPeer } from './api-double.ts';
import { LOOPBACK_CERTIFICATE } from './loopback-certificate.ts';
import { createTerminal, run, tokenFile, type TerminalOptions } from './terminal.ts';

const SIZE = { rows: 24, columns: 80 };

/** A command that ends at once. */
const ending = (code: number) => (socket: WebSocket) => socket.close(1000, `exit ${code}`);

/** A command that is still there when `act` begins. */
async function inSession(options: TerminalOptions = {}) {
  let peer: ExecPeer | undefined;
  let socket: WebSocket | undefined;
  const double = await startDouble({
    onSession: (opened) => {
      socket = opened;
      peer = readExecFrames(opened);
    },
  });
  const terminal = createTerminal(options);
  const done = run(terminal, 'exec', 'shop', 'web-1', ...double.flags, '--', 'vi');
  return {
    terminal,
    done,
    double,
    ...(await eventually(() => ({ socket: socket!.on('error', () => 0), peer: peer! }))),
  };
}

/** `fairlead exec … -- WORDS` to its end. */
async function execute(options: DoubleOptions, ...words: readonly string[]) {
  const double = await startDouble({ onSession: ending(0), ...options });
  const terminal = createTerminal();
  await run(terminal, 'exec', ...double.flags, ...words);
  const { pathname, searchParams } = new URL(double.asked.at(-1)?.split(' ')[1] ?? '', double.origin);
  return { terminal, pathname, query: Object.fromEntries(searchParams) };
}

describe('fairlead exec', () => {
  it('ends as the command does', async () => {
    for (const code of [0, 1, 42, 137]) {
      const { terminal } = await execute({ onSession: ending(code) }, 'shop', 'web-1', '--', 'sh');
      expect([terminal.exitCode(), terminal.stderr()]).toEqual([code, '']);
    }
  });

  it('runs exactly the words after the dashes, in the first container', async () => {
    const { pathname, query } = await execute({}, 'shop', 'web-1', '--', 'grep', '-r', "it's", '--', '$HOME');
    expect(pathname).toBe('/v1/state/applications/shop/service-instances/web-1/containers/nginx/exec-interactive');
    expect(query).toEqual({ cmd: String.raw`'grep' '-r' 'it'\''s' '--' '$HOME'`, tty: 'false' });
  });

  it('runs in the container that is named, be it an init container', async () => {
    const named = await execute({}, 'shop', 'acme.shop.web-1', 'page', '--tenant', 'acme', '--', 'ls');
    expect(named.pathname).toBe(
      '/v1/state/tenants/acme/applications/shop/service-instances/acme.shop.web-1/containers/page/exec-interactive',
    );
    for (const name of ['prepare', 'acme.shop.web-1.prepare']) {
      const { pathname } = await execute({}, 'shop', 'web-1', name, '--', 'ls');
      expect(pathname.split('/').slice(-3)).toEqual(['init-containers', name, 'exec-interactive']);
    }
  });

  it('needs no more than the right to exec where the container is named', async () => {
    const { terminal, pathname } = await execute(
      { answer: (_, response) => (fail(response, { status: 403, message: 'no role read' }), true) },
      ...['shop', 'web-1', 'page', '--', 'ls'],
    );
    expect([pathname.split('/').at(-2), terminal.exitCode()]).toEqual(['page', 0]);
  });

  it('passes every byte on, both ways', async () => {
    const sent = randomBytes(5 * 1024 * 1024);
    const echo = (socket: WebSocket) => {
      readExecFrames(socket, (bytes) => {
        if (bytes.length > 0) socket.send(bytes);
        else socket.close(1000, 'exit 0');
      });
    };
    const double = await startDouble({ onSession: echo });
    const terminal = createTerminal();
    terminal.stdin.end(sent);
    await run(terminal, 'exec', 'shop', 'web-1', ...double.flags, '--', 'cat');
    expect(terminal.bytes().equals(sent)).toBe(true);
    expect(terminal.exitCode()).toBe(0);
  });

  it('tells the command when stdin ends, and no size where there is no terminal', async () => {
    const { terminal, done, socket, peer } = await inSession();
    terminal.stdin.write('one');
    await eventually(() => expect(peer.stdin().toString()).toBe('one'));
    expect(peer.isStdinClosed()).toBe(false);
    terminal.stdin.end('two');
    await eventually(() => expect(peer.isStdinClosed()).toBe(true));
    socket.close(1000, 'exit 3');
    await done;
    expect([peer.stdin().toString(), peer.sizes, terminal.exitCode()]).toEqual(['onetwo', [], 3]);
  });

  it('says so when stdin cannot be read', async () => {
    const { terminal, done } = await inSession();
    terminal.stdin.destroy(Object.assign(new Error('i/o error'), { code: 'EIO' }));
    await done;
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([125, 'fairlead: cannot read stdin (EIO)\n']);
  });

  it('is wrongly used without a command', async () => {
    for (const words of [
      ['shop', 'web-1'],
      ['shop', 'web-1', 'page', '--'],
      ['shop', '--', 'ls'],
    ]) {
      const terminal = createTerminal();
      await expect(run(terminal, 'exec', ...words)).rejects.toThrow(/no command is given|missing required argument/);
    }
  });
});

describe('fairlead exec on a terminal', () => {
  it('says nothing of a terminal that has no size, until it has one', async () => {
    const { terminal, done, socket, peer } = await inSession({ size: { rows: 0, columns: 0 } });
    terminal.resize({ rows: 50, columns: 132 });
    await eventually(() => expect(peer.sizes).toEqual([{ h: 50, w: 132 }]));
    socket.close(1000, 'exit 0');
    await done;
  });

  it('says first how large the terminal is, then passes the keys, then says when it is resized', async () => {
    const { terminal, done, double, socket, peer } = await inSession({ size: SIZE });
    terminal.stdin.write('\u0003:q!\r');
    await eventually(() => expect(peer.stdin().toString()).toBe('\u0003:q!\r'));
    terminal.resize({ rows: 50, columns: 132 });
    await eventually(() =>
      expect(peer.sizes).toEqual([
        { h: 24, w: 80 },
        { h: 50, w: 132 },
      ]),
    );
    expect(peer.kinds[0]).toBe(0x11);
    expect(double.asked.at(-1)).toMatch(/[?&]tty=true/);
    expect(terminal.rawModes).toEqual([true]);
    socket.close(1000, 'exit 0');
    await done;
  });

  it.each<readonly [string, number, RegExp, (session: Awaited<ReturnType<typeof inSession>>) => void]>([
    ['the command ends', 7, /^$/, ({ socket }) => socket.close(1000, 'exit 7')],
    [
      'the container goes',
      125,
      /session was closed: the container has gone$/m,
      ({ socket }) => socket.close(1000, 'the container has gone'),
    ],
    ['the server fails', 125, /the session was closed: code 1011$/m, ({ socket }) => socket.close(1011)],
    ['the connection breaks off', 125, /broke off; the command may run on/, ({ socket }) => socket.terminate()],
    [
      'what comes is no WebSocket',
      125,
      /the session was closed|broke off/,
      ({ socket }) => write(socket, Buffer.alloc(64, 0xff)),
    ],
    ['the process is to end', 130, /^$/, ({ terminal }) => terminal.pressCtrlC()],
    [
      'the terminal hangs up',
      125,
      /the terminal is gone/,
      ({ terminal }) => void terminal.stdin.destroy(new Error('EIO')),
    ],
  ])('gives the terminal back when %s', async (_, code, told, act) => {
    const session = await inSession({ size: SIZE });
    const { terminal } = session;
    await eventually(() => expect(terminal.rawModes).toEqual([true]));
    act(session);
    await session.done;
    expect(terminal.rawModes).toEqual([true, false]);
    expect(terminal.exitCode()).toBe(code);
    expect(terminal.stderr()).toMatch(told);
  });

  it('leaves the terminal alone where the server refuses', async () => {
    const double = await startDouble({ refuse: () => ({ status: 409, message: 'nginx does not run' }) });
    const terminal = createTerminal({ size: SIZE });
    await run(terminal, 'exec', 'shop', 'web-1', ...double.flags, '--', 'sh');
    expect([terminal.rawModes, terminal.exitCode()]).toEqual([[], 125]);
    expect(terminal.stderr()).toBe('fairlead: nginx does not run\n');
  });
});

/** Past the framing. */
function write(socket: WebSocket, bytes: Buffer): void {
  (socket as unknown as { readonly _socket: Writable })._socket.write(bytes);
}

describe('a slow side of fairlead exec', () => {
  it('is waited for where it is the command: stdin is not read ahead', async () => {
    const { terminal, done, socket, peer } = await inSession();
    socket.pause();
    let given = 0;
    const most = 64 * 1024 * 1024;
    Readable.from(
      (function* () {
        for (; given < most; given += 65_536) yield Buffer.alloc(65_536, 7);
      })(),
    ).pipe(terminal.stdin);
    // The sockets of this machine take some MiB themselves.
    expect(await atRest(() => given)).toBeGreaterThan(1024 * 1024);
    expect(given).toBeLessThan(most / 2);
    socket.resume();
    await eventually(() => expect(peer.isStdinClosed()).toBe(true));
    expect(peer.stdin()).toHaveLength(most);
    socket.close(1000, 'exit 0');
    await done;
  });

  it('is waited for where it is stdout: no more is read than it takes', async () => {
    const taken: Buffer[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const stdout = new Writable({
      highWaterMark: 16 * 1024,
      write(chunk: Buffer, _encoding, next) {
        taken.push(chunk);
        void held.then(() => next());
      },
    });
    const sent = randomBytes(48 * 1024 * 1024);
    const { done, socket, terminal } = await inSession({ stdout });
    for (let at = 0; at < sent.length; at += 65_536) socket.send(sent.subarray(at, at + 65_536));
    socket.close(1000, 'exit 0');
    expect(await atRest(() => socket.bufferedAmount)).toBeGreaterThan(sent.length / 2);
    expect(stdout.writableLength).toBeLessThanOrEqual(2 * 65_536);
    release();
    await done;
    await eventually(() => expect(Buffer.concat(taken).equals(sent)).toBe(true));
    expect(terminal.exitCode()).toBe(0);
  });

  it('is let go where it reads no more', async () => {
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const { done, socket, terminal } = await inSession({ stdout });
    socket.send('something');
    await done;
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([141, '']);
  });
});

/** What a number comes to: it is the same at thirty looks in a row. */
async function atRest(measure: () => number): Promise<number> {
  let [before, looks] = [Number.NaN, 0];
  return eventually(() => {
    const now = measure();
    looks = now === before ? looks + 1 : 0;
    before = now;
    expect(looks).toBe(30);
    return now;
  });
}

describe('what keeps fairlead exec from a session', () => {
  it.each([
    [400, 'the query cmd is missing'],
    [403, 'token ann may not exec'],
    [404, 'no service instance web-1 of application shop'],
    [409, 'nginx does not run'],
    [426, 'this is for WebSockets'],
  ])('is told in the words of the server: %s', async (status, message) => {
    const { terminal } = await execute({ refuse: () => ({ status, message }) }, 'shop', 'web-1', '--', 'ls');
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([125, `fairlead: ${message}\n`]);
  });

  it('is a token that is not known', async () => {
    const { terminal } = await execute({}, 'shop', 'web-1', '--token-file', await tokenFile('s3cret'), '--', 'ls');
    expect(terminal.stderr()).toMatch(/^fairlead: http:.* does not know the token in .*\n$/);
  });

  it('is an instance without containers, and the server says why', async () => {
    const instance = () => ({ ...INSTANCE, containers: [], 'error-message': 'no host has a gpu' });
    const { terminal } = await execute({ instance }, 'shop', 'web-1', '--', 'ls');
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([
      125,
      'fairlead: web-1 has no container: no host has a gpu\n',
    ]);
  });

  it('is a server that is not there', async () => {
    const double = await startDouble();
    await double.close();
    const terminal = createTerminal();
    await run(terminal, 'exec', 'shop', 'web-1', ...double.flags, '--', 'ls');
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([
      125,
      expect.stringMatching(/^fairlead: no Fairlead answers/),
    ]);
  });

  it('is a certificate that nobody vouches for', async () => {
    const double = await startDouble({ tls: LOOPBACK_CERTIFICATE, onSession: ending(0) });
    const refused = createTerminal();
    await run(refused, 'exec', 'shop', 'web-1', ...double.flags, '--', 'ls');
    expect(refused.stderr()).toMatch(
      /^fairlead: the certificate of https:.* is not trusted; name its authority with --ca-file FILE/,
    );
    const caFile = path.join(path.dirname(await tokenFile('')), 'ca.pem');
    await writeFile(caFile, LOOPBACK_CERTIFICATE.cert);
    const trusted = createTerminal();
    await run(trusted, 'exec', 'shop', 'web-1', ...double.flags, '--ca-file', caFile, '--', 'ls');
    expect([trusted.stderr(), trusted.exitCode()]).toEqual(['', 0]);
  });
});
