import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { eventually } from '../eventually.ts';
import { readExecFrames, startDouble, type ExecPeer } from './api-double.ts';
import { openTerminal, SOURCES } from './pseudo-terminal.ts';

const DEADLINE_MS = 30_000;

/** A fault that nobody thought of. */
const FAULTY = ['--import', "data:text/javascript,process.on('SIGUSR2',()=>{throw(new(Error)('a fault'))})"];

/** `fairlead exec` in a terminal, and the other end of its session. */
async function opened(program = SOURCES) {
  let [socket, peer]: [WebSocket?, ExecPeer?] = [];
  const double = await startDouble({
    onSession(session) {
      socket = session.on('error', () => undefined);
      peer = readExecFrames(session);
    },
  });
  const terminal = await openTerminal(['exec', 'shop', 'web-1', ...double.flags, '--', 'vi'], program);
  await eventually(() => expect(peer?.sizes).toHaveLength(1), DEADLINE_MS);
  await eventually(() => expect(terminal.modes()).toMatch(/-opost/));
  return { terminal, socket: socket!, peer: peer! };
}

type Session = Awaited<ReturnType<typeof opened>>;

describe('fairlead exec in a terminal', { timeout: 60_000 }, () => {
  it('is as the command wants it: keys come raw, Ctrl-C among them, and a resize is told', async () => {
    const { terminal, socket, peer } = await opened();
    expect(terminal.modes()).toMatch(/-opost .*-isig -icanon .*-echo /s);
    expect(peer.sizes).toEqual([{ h: 24, w: 80 }]);
    terminal.type('\u0003\u001a\u0004x\r');
    await eventually(() => expect(peer.stdin().toString()).toBe('\u0003\u001a\u0004x\r'));
    terminal.resize(50, 132);
    await eventually(() => expect(peer.sizes.at(-1)).toEqual({ h: 50, w: 132 }));
    socket.send('\u001b[2Ja screen\nand below\r\n');
    await eventually(() => expect(terminal.shown()).toContain('\u001b[2Ja screen\nand below\r\n'));
    expect(terminal.shown()).not.toContain('^C');
    socket.close(1000, 'exit 7');
    const { before, after, exitCode } = await terminal.ended();
    expect([after, exitCode]).toEqual([before, 7]);
  });

  it.each<readonly [string, number, (session: Session) => void]>([
    ['the connection breaks off', 125, ({ socket }) => socket.terminate()],
    ['the server ends it', 125, ({ socket }) => socket.close(1011, 'the container is gone')],
    ['it is ended by SIGTERM', 143, ({ terminal }) => process.kill(terminal.pid, 'SIGTERM')],
    ['it is ended by SIGINT', 130, ({ terminal }) => process.kill(terminal.pid, 'SIGINT')],
    ['it is ended by SIGHUP', 129, ({ terminal }) => process.kill(terminal.pid, 'SIGHUP')],
    ['it is ended by SIGQUIT', 131, ({ terminal }) => process.kill(terminal.pid, 'SIGQUIT')],
  ])('gives the terminal back when %s', async (_, expected, act) => {
    const session = await opened();
    act(session);
    const { before, after, exitCode } = await session.terminal.ended();
    expect([after, exitCode]).toEqual([before, expected]);
  });

  it('gives the terminal back when it fails with an exception', async () => {
    const { terminal } = await opened([...FAULTY, ...SOURCES]);
    process.kill(terminal.pid, 'SIGUSR2');
    const { before, after, exitCode } = await terminal.ended();
    expect([after, exitCode]).toEqual([before, 1]);
    expect(terminal.shown()).toMatch(/Error: a fault/);
  });

  it('ends when the terminal is taken away', async () => {
    const { terminal } = await opened();
    terminal.hangUp();
    await eventually(() => expect(() => process.kill(terminal.pid, 0)).toThrow('ESRCH'), DEADLINE_MS);
  });
});
