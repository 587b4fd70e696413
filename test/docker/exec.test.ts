import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openCalls, type EngineCalls } from '../../src/docker/calls.ts';
import { exec } from '../../src/docker/exec.ts';
import type { EngineRequest } from '../../src/docker/transport.ts';

const { signal } = new AbortController();

interface Scripted {
  /** Answers of `GET /exec/{id}/json`, the last one again and again. */
  readonly states: readonly object[];
  readonly output?: Buffer;
}

/** An engine whose one exec writes its output and closes it at once. */
function engineWith({ states, output = Buffer.alloc(0) }: Scripted): EngineCalls {
  let asked = 0;
  const unused = () => Promise.reject(new Error('not used here'));
  const answer = async ({ path }: EngineRequest) => {
    if (path === '/version') return { ApiVersion: '1.41', Arch: 'amd64' };
    if (path.endsWith('/containers/c/exec')) return { Id: 'e' };
    asked += 1;
    return states[Math.min(asked, states.length) - 1];
  };
  const stream = async () => new PassThrough().end(output);
  return openCalls({ endpoint: 'test', answer, stream, headers: unused, hijack: unused });
}

describe('a command in a container', () => {
  it('has ended when the engine says so, not when its output did', async () => {
    const running = { Running: true, ExitCode: null };
    const calls = engineWith({ states: [running, running, { Running: false, ExitCode: 7 }] });
    expect(await exec(calls, 'c', ['daemonize'], signal)).toEqual({ exitCode: 7, output: '' });
  });

  it('is given up by its caller with the caller’s reason', async () => {
    const calls = engineWith({ states: [{ Running: true, ExitCode: null }] });
    const caller = new AbortController();
    const answer = exec(calls, 'c', ['forever'], caller.signal);
    caller.abort(new Error('probe timed out'));
    await expect(answer).rejects.toThrow('probe timed out');
  });

  it('cannot be run where there is no exit code', async () => {
    const calls = engineWith({ states: [{ Running: false, ExitCode: null }] });
    expect(await exec(calls, 'c', ['x'], signal)).toEqual({ exitCode: 126, output: '' });
  });
});
