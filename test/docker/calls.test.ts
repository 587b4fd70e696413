import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { delay } from '../../src/docker/deadline.ts';
import { openCalls } from '../../src/docker/calls.ts';
import { pullImage } from '../../src/docker/pull.ts';
import { EngineRefusal, type EngineRequest, type Transport } from '../../src/docker/transport.ts';

type Answer = (request: EngineRequest, signal: AbortSignal) => Promise<unknown>;

const { signal } = new AbortController();
const GET = { method: 'GET', path: '/x', purpose: 'look' } as const;
const POST = { method: 'POST', path: '/x', purpose: 'act' } as const;

/** An engine of API 1.41 whose other answers come from `answer`; the paths asked for are kept. */
function transportOf(answer: Answer): Transport & { readonly paths: string[] } {
  const paths: string[] = [];
  const send: Answer = async (request, limited) => {
    paths.push(request.path);
    if (request.path === '/version') return { ApiVersion: '1.41', Arch: 'amd64' };
    return await answer(request, limited);
  };
  const unused = () => Promise.reject(new Error('not used here'));
  return { endpoint: 'test', paths, answer: send, headers: unused, stream: unused, hijack: unused };
}

function broken(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Fails with the errors given, one a call, then answers. */
function failing(...errors: readonly Error[]): Answer {
  const left = [...errors];
  return async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'good';
  };
}

describe('a call to an engine', () => {
  it('agrees on the API version once', async () => {
    const transport = transportOf(async () => 'good');
    const calls = openCalls(transport);
    await calls.answer(GET, signal);
    await calls.answer(POST, signal);
    expect(transport.paths).toEqual(['/version', '/v1.41/x', '/v1.41/x']);
  });

  it('agrees on it anew after the engine was away', async () => {
    const transport = transportOf(failing(broken('ECONNREFUSED')));
    const calls = openCalls(transport);
    await expect(calls.answer(GET, signal)).rejects.toMatchObject({ code: 'unreachable' });
    await calls.answer(GET, signal);
    expect(transport.paths).toEqual(['/version', '/v1.41/x', '/version', '/v1.41/x']);
  });

  it('sends a read again when the connection was stale, once', async () => {
    expect(await openCalls(transportOf(failing(broken('ECONNRESET')))).answer(GET, signal)).toBe('good');
    const twice = openCalls(transportOf(failing(broken('EPIPE'), broken('EPIPE'))));
    await expect(twice.answer(GET, signal)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('sends a write again only when it cannot have arrived', async () => {
    expect(await openCalls(transportOf(failing(broken('EPIPE')))).answer(POST, signal)).toBe('good');
    const reset = openCalls(transportOf(failing(broken('ECONNRESET'))));
    await expect(reset.answer(POST, signal)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('gives up in time, with a sentence', async () => {
    const silent = openCalls(transportOf(() => new Promise(() => undefined)));
    await expect(silent.answer({ ...GET, timeoutMs: 20 }, signal)).rejects.toMatchObject({
      code: 'timeout',
      message: 'cannot look: no answer within 0.02 s from the engine at test',
    });
  });

  it('waits even when it may take longer than a timer can run', async () => {
    const slow = openCalls(transportOf(() => delay(20, signal).then(() => 'good')));
    expect(await slow.answer({ ...GET, timeoutMs: 30 * 86_400_000 }, signal)).toBe('good');
  });

  it('ends with the reason of its caller', async () => {
    const silent = openCalls(transportOf(() => new Promise(() => undefined)));
    const caller = new AbortController();
    const answer = silent.answer(GET, caller.signal);
    caller.abort(new Error('shutting down'));
    await expect(answer).rejects.toThrow('shutting down');
  });

  it.each([
    [404, 'No such container: x', 'conflict'],
    [409, 'removal in progress', 'conflict'],
    [403, 'network n has active endpoints', 'conflict'],
    [400, 'invalid reference', 'refused'],
    [500, 'can only run as pid 1', 'refused'],
  ])('that the engine refuses with %s and "%s" is a %s in its words', async (status, words, code) => {
    const calls = openCalls(transportOf(failing(new EngineRefusal(status, words))));
    await expect(calls.answer(POST, signal)).rejects.toMatchObject({ code, message: `cannot act: ${words}` });
  });
});

describe('a pull', () => {
  const pull = async (lines: readonly string[]) => {
    const body = new PassThrough();
    for (const line of lines) body.write(line);
    body.end();
    const transport = transportOf(async () => undefined);
    await pullImage(openCalls({ ...transport, stream: async () => body }), undefined, 'web:1', signal);
  };

  it('ends when the stream does', async () => {
    await pull(['{"status":"Pul', 'ling"}\n{"status":"Done"}\n']);
  });

  it('fails with the error that comes in the middle of the stream', async () => {
    const lines = ['{"status":"Pulling"}\n', '{"errorDetail":{"message":"disk full"},"error":"disk full"}\n'];
    await expect(pull(lines)).rejects.toMatchObject({
      code: 'pull-failed',
      message: 'cannot pull image web:1: disk full',
    });
  });
});
