import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDouble } from './api-double.ts';

// What becomes of the process itself: of its signals, and of pipes that nobody reads any more.

const root = new URL('../../', import.meta.url).pathname;

function fairlead(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], {
    ...{ cwd: root, stdio: 'pipe' },
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, ended, stderr: text(child.stderr) };
}

/** Events, one every 5 ms, for as long as somebody listens. */
function tellEvents(response: ServerResponse): true {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => response.write(`id: 1\ndata: {"type": "host-up", "message": "up"}\n\n`), 5);
  response.on('close', () => clearInterval(timer));
  return true;
}

describe('the process', { timeout: 60_000 }, () => {
  it('ends quietly when nobody reads what it goes on to write', async () => {
    const double = await startDouble({ answer: (_request, response) => tellEvents(response) });
    const { child, ended, stderr } = fairlead(['get', 'events', '--watch', ...double.flags]);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect([await ended, await stderr]).toEqual([141, '']);
  });

  it('ends with Ctrl-C while it waits for the text of a comment', async () => {
    const of = ['--forge', 'github', '--api', 'http://127.0.0.1:9', '--repository', 'acme/site', '--pull-request', '1'];
    const { child, ended, stderr } = fairlead(['comment', ...of], { GITHUB_TOKEN: 'token' });
    // What it does not read yet stays in the pipe: when it has gone, it reads.
    await new Promise((resolve) => child.stdin.write(Buffer.alloc(4 * 1024 * 1024), resolve));
    child.kill('SIGINT');
    expect([await ended, await stderr]).toEqual([130, '']);
  });

  it('is ended by a signal where a command has nothing to put in order', async () => {
    const { child, ended } = fairlead(['hash-password']);
    await new Promise((resolve) => child.stdin.write(Buffer.alloc(4 * 1024 * 1024), resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
  });
});
