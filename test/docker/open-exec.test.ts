import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openCalls } from '../../src/docker/calls.ts';
import { openExec } from '../../src/docker/open-exec.ts';
import type { EngineRequest } from '../../src/docker/transport.ts';

const { signal } = new AbortController();

/** A session on an engine that says of its command what is scripted. */
async function openOn(state: object) {
  const unused = () => Promise.reject(new Error('not used here'));
  const answer = async ({ path }: EngineRequest) => {
    if (path === '/version') return { ApiVersion: '1.41', Arch: 'amd64' };
    return path.endsWith('/containers/c/exec') ? { Id: 'e' } : state;
  };
  const calls = openCalls({
    endpoint: 'test',
    answer,
    stream: unused,
    headers: unused,
    hijack: async () => new PassThrough(),
  });
  return openExec(calls, { id: 'c', cmd: ['x'], tty: false, stdin: true }, signal);
}

describe('the exit code of a session', () => {
  it('is that of the command', async () => {
    const session = await openOn({ Running: false, ExitCode: 126 });
    expect(await session.exitCode(signal)).toBe(126);
  });

  it('is unknown where the engine has none: the command was killed with its container, and did not fail to begin', async () => {
    const session = await openOn({ Running: false, ExitCode: null });
    expect(await session.exitCode(signal)).toBeUndefined();
  });
});
