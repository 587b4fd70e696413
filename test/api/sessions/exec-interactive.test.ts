import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket as PausingSocket } from 'ws';
import type { ExecOptions } from '../../../src/docker/port.ts';
import { eventually } from '../../eventually.ts';
import type { FakeTerminal } from '../../fakes/fake-sessions.ts';
import { TOKEN } from '../served.ts';
import { BASE, MAIN, messageOf, ON_ENGINE, reach, settled, type Reached } from './reached.ts';
import { protocolOf } from './socket-client.ts';

const EXEC = `${MAIN}/exec-interactive`;
const SH = `${EXEC}?cmd=sh`;
const [INPUT, CONTROL] = [0x10, 0x11];

interface Started {
  readonly terminal: FakeTerminal;
  readonly options: ExecOptions;
  readonly end: (exitCode: number) => void;
}

/** Commands that end when they are told to. */
function commands({ docker }: Reached) {
  const started: Started[] = [];
  docker.onSession = (terminal, options) =>
    new Promise((end) => {
      terminal.stdin.on('error', () => undefined);
      started.push({ terminal, options, end });
    });
  return { started, first: () => started[0]! };
}

describe('GET …/exec-interactive', () => {
  it('joins a client with a command, and closes with its exit code', async () => {
    const reached = await reach();
    const { first } = commands(reached);
    const { send, heard, closed, protocol } = await reached.open(SH);
    expect(protocol).toBe('v1.exec-interactive.supd');
    expect(first().options).toEqual({ cmd: ['/bin/sh', '-c', 'sh'], tty: true, stdin: true });
    send(INPUT, 'ls\r');
    expect(String((await once(first().terminal.stdin, 'data'))[0])).toBe('ls\r');
    first().terminal.stdout.write('a  b\r\n');
    await eventually(() => expect(String(heard())).toBe('a  b\r\n'));
    first().terminal.stdout.write('bye');
    first().end(42);
    expect(await closed).toEqual({ code: 1000, reason: 'exit 42' });
    expect(String(heard())).toBe('a  b\r\nbye');
  });

  it('tells the terminal its size', async () => {
    const reached = await reach();
    const { first } = commands(reached);
    const { send } = await reached.open(SH);
    send(CONTROL, '{"h": 40, "w": 123}');
    send(CONTROL, '{"w": 80, "h": 25, "reason": "SIGWINCH"}');
    await eventually(() =>
      expect(first().terminal.sizes).toEqual([
        { rows: 40, columns: 123 },
        { rows: 25, columns: 80 },
      ]),
    );
  });

  it('lets what is typed behind a size find that size, and does not wait for it for ever', async () => {
    const reached = await reach();
    const { first } = commands(reached);
    const open = reached.docker.openExec.bind(reached.docker);
    const resizes: (() => void)[] = [];
    reached.docker.openExec = async (...args) => {
      const session = await open(...args);
      const resize = () => new Promise<void>((resolve) => void resizes.push(resolve));
      return { ...session, resize };
    };
    const { send } = await reached.open(SH);
    const typed: string[] = [];
    first().terminal.stdin.on('data', (bytes: Buffer) => void typed.push(String(bytes)));
    send(INPUT, 'before');
    send(CONTROL, '{"h": 40, "w": 123}');
    send(INPUT, ' behind');
    await eventually(() => expect([resizes.length, typed.join('')]).toEqual([1, 'before']));
    resizes[0]!();
    await eventually(() => expect(typed.join('')).toBe('before behind'));
    send(CONTROL, '{"h": 40, "w": 124}');
    send(INPUT, ' late');
    await eventually(() => expect(typed.join('')).toBe('before behind late'));
  });

  it('closes the stdin of the command when nothing follows 0x10, and sends what it says then', async () => {
    const reached = await reach();
    const { first } = commands(reached);
    const { send, heard, closed } = await reached.open(`${EXEC}?cmd=cat&tty=false`);
    expect(first().options.tty).toBe(false);
    const typed: Buffer[] = [];
    first().terminal.stdin.on('data', (bytes: Buffer) => void typed.push(bytes));
    send(INPUT, 'all there is');
    send(INPUT);
    send(INPUT, 'and what nobody reads');
    await once(first().terminal.stdin, 'end');
    expect(Buffer.concat(typed).toString()).toBe('all there is');
    first().terminal.stdout.write('done');
    first().end(0);
    expect(await closed).toEqual({ code: 1000, reason: 'exit 0' });
    expect(String(heard())).toBe('done');
  });

  it.each([
    ['a text', (socket: WebSocketLike) => socket.send('ls'), 1003],
    ['an empty message', (socket: WebSocketLike) => socket.send(new Uint8Array()), 1003],
    ['another first byte', (socket: WebSocketLike) => socket.send(new Uint8Array([0x12, 1])), 1003],
    ['a size that is no JSON', (socket: WebSocketLike) => socket.send(control('40x80')), 1007],
    ['a size without columns', (socket: WebSocketLike) => socket.send(control('{"h": 40}')), 1007],
    ['a size of nothing', (socket: WebSocketLike) => socket.send(control('{"h": 0, "w": 80}')), 1007],
    ['a size in words', (socket: WebSocketLike) => socket.send(control('{"h": "40", "w": "80"}')), 1007],
    ['a size of null', (socket: WebSocketLike) => socket.send(control('null')), 1007],
    ['a size beyond everything', (socket: WebSocketLike) => socket.send(control(' '.repeat(2_000))), 1007],
    ['more than a message may hold', (socket: WebSocketLike) => socket.send(new Uint8Array(1024 * 1024 + 1)), 1009],
  ] as const)('closes for %s, and lets go of the command', async (_, act, code) => {
    const reached = await reach();
    const { first } = commands(reached);
    const { socket, closed } = await reached.open(SH);
    act(socket);
    expect(await closed).toMatchObject({ code });
    await eventually(() => expect(reached.audit.list()[0]).toHaveProperty('reason'));
    expect(reached.audit.list()[0]).not.toHaveProperty('exit-code');
    first().end(0);
  });

  it('carries any bytes both ways, whatever their number', async () => {
    const reached = await reach();
    // Sends back what it reads.
    reached.docker.onSession = async ({ stdin, stdout }) => {
      for await (const chunk of stdin) if (!stdout.write(chunk)) await once(stdout, 'drain');
      return 0;
    };
    const { send, heard, closed } = await reached.open(`${EXEC}?cmd=cat&tty=false`);
    const sent = randomBytes(16 * 1024 * 1024);
    for (let at = 0; at < sent.length; at += 100_003) send(INPUT, sent.subarray(at, at + 100_003));
    send(INPUT);
    expect(await closed).toEqual({ code: 1000, reason: 'exit 0' });
    expect(digest(heard())).toBe(digest(sent));
  });

  it('does not hold what a slow client does not take, and loses none of it', async () => {
    const reached = await reach();
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024);
    reached.docker.onSession = async ({ stdout }) => {
      for (let i = 0; i < 1024; i += 1) {
        written += chunk.length;
        if (!stdout.write(chunk)) await once(stdout, 'drain');
      }
      return 0;
    };
    const socket = await openPausing(reached, `${EXEC}?cmd=big&tty=false`);
    socket.pause();
    expect(await settled(() => written)).toBeLessThan(24 * 1024 * 1024);
    let bytes = 0;
    socket.on('message', (data: Buffer) => void (bytes += data.length));
    socket.resume();
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect([bytes, code, String(reason)]).toEqual([1024 * chunk.length, 1000, 'exit 0']);
  });

  it('does not hold what a command does not read, and hears all the same that its client leaves', async () => {
    const reached = await reach();
    const { started } = commands(reached);
    const socket = await openPausing(reached, `${EXEC}?cmd=sleep&tty=false`);
    const frame = Buffer.concat([Buffer.from([INPUT]), Buffer.alloc(512 * 1024)]);
    for (let i = 0; i < 96; i += 1) socket.send(frame);
    const untaken = await settled(() => 64 * 1024 * 1024 - socket.bufferedAmount);
    expect(untaken).toBeLessThan(48 * 1024 * 1024);
    socket.terminate();
    await eventually(
      () => expect(reached.audit.list()).toMatchObject([{ reason: expect.any(String) as unknown }]),
      14_000,
    );
    expect(started).toHaveLength(1);
  });

  it('lets go at once when the client leaves, and the command runs on', async () => {
    const reached = await reach();
    const { first } = commands(reached);
    const orderly = await reached.open(SH);
    orderly.send(INPUT, 'last words');
    orderly.socket.close();
    const typed = await once(first().terminal.stdin, 'data');
    expect(String(typed[0])).toBe('last words');
    await eventually(() => expect(reached.audit.list()).toMatchObject([{ reason: 'the client closed the session' }]));
    const lost = await openPausing(reached, SH);
    lost.terminate();
    await eventually(() =>
      expect(reached.audit.list()).toMatchObject([{ reason: 'the connection to the client was lost' }, {}]),
    );
    expect(reached.runs.list()).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'cancelled' }]);
  });

  it('closes with a reason when the container is killed, or goes', async () => {
    const reached = await reach();
    commands(reached);
    const { id } = reached.docker.engine.get(ON_ENGINE.main, 'kill it');
    const killed = await reached.open(SH);
    reached.docker.engine.endProcess(ON_ENGINE.main, 137);
    expect(await killed.closed).toEqual({ code: 1000, reason: 'exit 137' });
    await reached.look();
    const gone = await reached.open(SH);
    await reached.docker.removeContainer(id, new AbortController().signal);
    expect(await gone.closed).toEqual({ code: 1011, reason: 'the container is gone' });
  });

  it('closes with a reason when the engine goes', async () => {
    const reached = await reach();
    commands(reached);
    const { closed } = await reached.open(SH);
    reached.docker.goDown();
    expect(await closed).toEqual({ code: 1011, reason: 'the connection to the engine was lost' });
  });

  it('closes with 1001 when the daemon ends', async () => {
    const reached = await reach();
    commands(reached);
    const { closed } = await reached.open(SH);
    await reached.close();
    expect(await closed).toEqual({ code: 1001, reason: 'the daemon ends' });
    expect(reached.audit.list()).toMatchObject([{ reason: 'the daemon ended' }]);
  });

  it('closes when the token of who opened it is good no longer', async () => {
    let isGood = true;
    const principal = { name: 'ann', tenant: 'acme', roles: new Set(['exec'] as const) };
    const tokens = { find: async () => (isGood ? principal : undefined) };
    const reached = await reach({ server: { tokens, limits: { lookAgainMs: 5 } } });
    commands(reached);
    const { closed } = await reached.open(SH);
    isGood = false;
    expect(await closed).toEqual({ code: 1008, reason: 'the token is no longer good' });
    await eventually(() => expect(reached.audit.list()).toMatchObject([{ reason: 'the token is no longer good' }]));
  });

  it('may be open so many times, and once more when one has ended', async () => {
    const reached = await reach({ limit: 2 });
    const { started } = commands(reached);
    await reached.open(SH);
    const second = await reached.open(SH);
    const third = await reached.upgrade(SH);
    expect([third.status, messageOf(third)]).toEqual([409, expect.stringContaining('2 sessions are open')]);
    started[1]!.end(0);
    await second.closed;
    expect((await reached.upgrade(SH)).status).toBe(101);
  });

  it('may be open 200 times', async () => {
    const reached = await reach();
    const { started } = commands(reached);
    const sockets = await Promise.all(Array.from({ length: 200 }, () => reached.open(SH)));
    started.forEach(({ terminal }, i) => terminal.stdout.write(`session ${i}`));
    await eventually(() => expect(sockets.every(({ messages }) => messages.length === 1)).toBe(true));
    started.forEach(({ end }, i) => end(i % 100));
    const codes = await Promise.all(sockets.map(({ closed }) => closed));
    expect(codes.map(({ reason }) => Number(reason.replace('exit ', '')) % 100).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, i) => Math.floor(i / 2)),
    );
    expect(reached.audit.list()).toHaveLength(200);
  });

  it('leaves records of who ran something where, and never of what', async () => {
    const reached = await reach();
    const { first } = commands(reached);
    const { send, closed } = await reached.open(`${EXEC}?cmd=SECRET`, { as: 'exec' });
    send(INPUT, 'SECRET');
    first().terminal.stdout.write('SECRET');
    reached.pass(5_000);
    first().end(0);
    await closed;
    await eventually(() => expect(reached.runs.list()).toMatchObject([{ outcome: 'succeeded' }]));
    const audit = (await reached.ask('/v1/state/audit?action=exec-interactive', { as: 'acme' })).body;
    expect(audit).toMatchObject([
      {
        principal: { name: 'exec', tenant: 'acme' },
        ...{ 'service-instance': 'web-1', container: 'main', run: reached.runs.list()[0]!.id },
        ...{ 'started-at': '2026-01-02T03:04:05.678Z', 'ended-at': '2026-01-02T03:04:10.678Z', 'exit-code': 0 },
      },
    ]);
    expect(JSON.stringify([audit, reached.runs.list()])).not.toContain('SECRET');
  });
});

describe('a request for exec-interactive is refused in HTTP', () => {
  const nowhere = SH.replace('/main/', '/none/');
  const away = SH.replace('web-1', 'till-1');
  const plain = { connection: undefined, upgrade: undefined };
  const noProtocol = { 'sec-websocket-protocol': undefined };

  // Each is wrong in everything that comes later, too.
  it.each([
    ['without a token', nowhere, { as: 'nobody', headers: plain }, [401, 'a token is needed']],
    ['without the role', nowhere, { as: 'logs', headers: plain }, [403, 'the token lacks the role exec']],
    ['where there is nothing', nowhere, { headers: plain }, [404, 'no container none']],
    ['where nothing runs yet', away, { headers: plain }, [409, 'is not there yet']],
    ['without an upgrade', EXEC, { headers: { ...plain, ...noProtocol } }, [426, 'this path is a WebSocket']],
    ['for an upgrade to something else', EXEC, { headers: { upgrade: 'h2c' } }, [426, 'this path is a WebSocket']],
    ['for another version', EXEC, { headers: { 'sec-websocket-version': '8' } }, [426, 'only 13']],
    ['without a key', EXEC, { headers: { 'sec-websocket-key': undefined } }, [400, 'Sec-WebSocket-Key']],
    ['without a sub-protocol', SH, { headers: noProtocol }, [400, 'expected v1.exec-interactive.supd']],
    ['with others', SH, { headers: { 'sec-websocket-protocol': 'v1.connect.supd' } }, [400, 'Sec-WebSocket-Protocol']],
    ['with one twice', SH, { headers: { 'sec-websocket-protocol': 'a, a' } }, [400, 'each once']],
    ['without a command', EXEC, {}, [400, 'cmd: expected a text that is not blank']],
    ['with a blank one', `${EXEC}?cmd=%20`, {}, [400, 'cmd: expected a text that is not blank']],
    ['with two', `${SH}&cmd=ls`, {}, [400, 'cmd: given more than once']],
    ['with half a terminal', `${SH}&tty=yes`, {}, [400, 'tty: expected true or false']],
    ['with wrong fields', `${SH}&fields=[`, {}, [400, 'fields']],
  ] as const)('%s', async (_, path, init, [status, message]) => {
    const reached = await reach();
    const { started } = commands(reached);
    const answer = await reached.upgrade(path, init);
    expect([answer.status, messageOf(answer)]).toEqual([status, expect.stringContaining(message)]);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    if (status === 426) expect(answer.headers).toMatchObject({ upgrade: 'websocket' });
    expect(started).toEqual([]);
    expect(reached.audit.list()).toEqual([]);
  });

  it('of the sub-protocols that are offered it takes the first that it speaks', async () => {
    const reached = await reach();
    commands(reached);
    const offered = ['v2.exec-interactive.supd', 'v1.exec-interactive.supd', 'v1.connect.supd'];
    expect((await reached.open(SH, { protocols: offered })).protocol).toBe('v1.exec-interactive.supd');
  });

  it('is as good below a tenant, for an init container, and by long names', async () => {
    const reached = await reach();
    commands(reached);
    for (const path of [
      SH.replace('/state/', '/state/tenants/acme/'),
      SH.replace('web-1', 'acme.shop.web-1'),
      '/v1/state/applications/shop/service-instances/till-1/init-containers/setup/exec-interactive?cmd=sh',
    ])
      expect((await reached.upgrade(path)).status).toBe(101);
    const vm = await reached.upgrade(`${BASE}/vm-container/exec-interactive?cmd=sh`);
    expect([vm.status, messageOf(vm)]).toEqual([409, expect.stringContaining('not supported yet: vm')]);
  });

  it('HEAD and POST are no way to one', async () => {
    const reached = await reach();
    const { started } = commands(reached);
    expect((await reached.upgrade(SH, { method: 'HEAD' })).status).toBe(426);
    expect((await reached.upgrade(SH, { method: 'POST' })).status).toBe(405);
    expect(started).toEqual([]);
  });
});

type WebSocketLike = Awaited<ReturnType<Reached['open']>>['socket'];

function control(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array([CONTROL, ...Buffer.from(text)]);
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A client that can stop reading, which undici's cannot. */
async function openPausing({ origin }: Reached, path: string): Promise<PausingSocket> {
  const headers = { authorization: `Bearer ${TOKEN.acme}` };
  const socket = new PausingSocket(origin.replace('http', 'ws') + path, [protocolOf(path)], { headers });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}
