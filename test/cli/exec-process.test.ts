import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { readExecFrames, startDouble } from './api-double.ts';

// `fairlead exec` as a process among pipes.

const root = new URL('../../', import.meta.url).pathname;

async function started(onSession: (socket: WebSocket) => void) {
  const double = await startDouble({ onSession });
  const args = ['--import', 'tsx', 'src/main.ts', 'exec', 'shop', 'web-1', ...double.flags, '--', 'cat'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([code]) => Number(code));
  return { child, ended, stderr: text(child.stderr) };
}

const echo = (socket: WebSocket) => {
  readExecFrames(socket, (bytes) => {
    if (bytes.length > 0) socket.send(bytes);
    else socket.close(1000, 'exit 5');
  });
};

describe('fairlead exec among pipes', { timeout: 60_000 }, () => {
  it('passes every byte from stdin to stdout, and ends as the command does', async () => {
    const { child, ended, stderr } = await started(echo);
    const sent = randomBytes(8 * 1024 * 1024);
    const received = buffer(child.stdout);
    child.stdin.end(sent);
    expect((await received).equals(sent)).toBe(true);
    expect([await ended, await stderr]).toEqual([5, '']);
  });

  it('ends with the command though stdin goes on', async () => {
    const { ended } = await started((socket) => socket.close(1000, 'exit 0'));
    expect(await ended).toBe(0);
  });

  it('ends quietly when nobody reads any more', async () => {
    const { child, ended, stderr } = await started((socket) => {
      const timer = setInterval(() => socket.send('more\n'), 5);
      socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect([await ended, await stderr]).toEqual([141, '']);
  });
});
