import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openTransport } from '../../src/docker/dockerode.ts';

const { signal } = new AbortController();
const cleanups: (() => Promise<unknown>)[] = [];
const before = process.env['DOCKER_HOST'];

afterEach(async () => {
  if (before === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = before;
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-transport-'));
  const socketPath = join(folder, 'docker.sock');
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });
  return socketPath;
}

describe('the transport', () => {
  it('goes to its endpoint, whatever DOCKER_HOST says', async () => {
    const socketPath = await serve((_, response) => response.end('{"ok":true}'));
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
    const transport = openTransport({ kind: 'unix', socketPath });
    expect(await transport.answer({ method: 'GET', path: '/x' }, signal)).toEqual({ ok: true });
  });

  it('sends the body as JSON and keeps it out of the URL', async () => {
    const seen: string[] = [];
    const socketPath = await serve((request, response) => {
      seen.push(request.url ?? '');
      request.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
      request.on('end', () => response.writeHead(204).end());
    });
    const transport = openTransport({ kind: 'unix', socketPath });
    const request = {
      method: 'POST',
      path: '/containers/create',
      query: { name: 'a b' },
      body: { Env: ['S=1'] },
    } as const;
    expect(await transport.answer(request, signal)).toBeUndefined();
    expect(seen).toEqual(['/containers/create?name=a%20b', '{"Env":["S=1"]}']);
  });

  it('passes on the status and the words of a refusal, of a stream too', async () => {
    const socketPath = await serve((_, response) => response.writeHead(404).end('{"message":"no such image: x"}'));
    const transport = openTransport({ kind: 'unix', socketPath });
    const refusal = { name: 'EngineRefusal', status: 404, message: 'no such image: x' };
    await expect(transport.answer({ method: 'GET', path: '/x' }, signal)).rejects.toMatchObject(refusal);
    await expect(transport.stream({ method: 'POST', path: '/x' }, signal)).rejects.toMatchObject(refusal);
    await expect(transport.hijack({ method: 'POST', path: '/x' }, signal)).rejects.toMatchObject(refusal);
  });

  it('reads the headers of an answer without a body, and the status of a refusal', async () => {
    const socketPath = await serve((request, response) =>
      response.writeHead(request.url?.startsWith('/x') ? 200 : 404, { 'X-Stat': 'abc' }).end(),
    );
    const transport = openTransport({ kind: 'unix', socketPath });
    const headers = await transport.headers({ method: 'HEAD', path: '/x' }, signal);
    expect(headers['x-stat']).toBe('abc');
    const refusal = { name: 'EngineRefusal', status: 404, message: 'HTTP status 404' };
    await expect(transport.headers({ method: 'HEAD', path: '/y' }, signal)).rejects.toMatchObject(refusal);
  });

  it('sends an archive as it is', async () => {
    const seen: (string | undefined)[] = [];
    const socketPath = await serve((request, response) => {
      seen.push(request.method, request.headers['content-type'], request.headers['content-length']);
      request.on('data', (chunk: Buffer) => seen.push(chunk.toString('hex')));
      request.on('end', () => response.writeHead(200).end());
    });
    const transport = openTransport({ kind: 'unix', socketPath });
    await transport.answer({ method: 'PUT', path: '/x', archive: Buffer.from([0, 255]) }, signal);
    expect(seen).toEqual(['PUT', 'application/tar', '2', '00ff']);
  });
});
