import { afterEach, describe, expect, it, vi } from 'vitest';
import { openCalls } from '../../src/docker/calls.ts';
import { openFiles, readFiles } from '../../src/docker/files.ts';
import { EngineRefusal, type AnswerHeaders, type EngineRequest, type Transport } from '../../src/docker/transport.ts';
import type { WireContainer } from '../../src/docker/wire.ts';
import { LABEL } from '../../src/model/names.ts';

const { signal } = new AbortController();

/** An engine that does these things and nothing else. */
function engine(does: Partial<Transport>) {
  const unused = () => Promise.reject(new Error('not used here'));
  const answer = ({ path }: EngineRequest) =>
    Promise.resolve(path === '/version' ? { ApiVersion: '1.41', Arch: 'amd64' } : { Id: 'made' });
  return openCalls({ endpoint: 'test', answer, stream: unused, headers: unused, hijack: unused, ...does });
}

describe('reading the config maps of a sandbox', () => {
  const sandbox = {
    Id: 'sandbox',
    Config: { Labels: { [LABEL.role]: 'sandbox' } },
    State: { Status: 'running' },
    Mounts: ['/files/good', '/files/bad', '/volumes/data'].map((Destination) => ({ Destination })),
  } as unknown as WireContainer;

  const stat = (linkTarget: string): AnswerHeaders => {
    const json = JSON.stringify({ name: '..data', mode: 0, mtime: '2026-01-01T00:00:00Z', linkTarget });
    return { 'x-docker-container-path-stat': Buffer.from(json).toString('base64') };
  };
  const headersOf =
    (failure: Error): Transport['headers'] =>
    ({ query }) => {
      const path = String(query?.['path']);
      if (path.startsWith('/files/bad')) return Promise.reject(failure);
      if (path.endsWith('..told')) return Promise.reject(new EngineRefusal(404, 'no such file'));
      return Promise.resolve(stat('/files/good/..a1'));
    };

  it('leaves out a volume that cannot be read, so that it hides neither the others nor the host', async () => {
    const calls = engine({ headers: headersOf(new EngineRefusal(500, 'lstat _data: no such file or directory')) });
    const good = { generation: '..a1', switchedAt: Date.parse('2026-01-01T00:00:00Z'), told: {} };
    expect(await readFiles(calls, sandbox, signal)).toEqual({ good });
  });

  it('fails when it is the engine that is away', async () => {
    const calls = engine({ headers: headersOf(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })) });
    await expect(readFiles(calls, sandbox, signal)).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('announcing files', () => {
  afterEach(() => void vi.useRealTimers());

  it('does not wait for a command for ever: its instance needs other things', async () => {
    vi.useFakeTimers();
    const hangs: Transport['stream'] = (_, aborted) =>
      new Promise((_resolve, reject) => aborted.addEventListener('abort', () => reject(aborted.reason as Error)));
    const action = { name: 'acme.shop.web-1.main', id: 'main', cmd: ['hang', 'secret'], sandboxId: 'sb', notes: [] };
    const announced = openFiles(engine({ stream: hangs })).announceFiles({ kind: 'announce-files', ...action }, signal);
    const message = 'the command of acme.shop.web-1.main for changed files did not end within 60 s';
    const failed = expect(announced).rejects.toMatchObject({ code: 'timeout', message });
    await vi.advanceTimersByTimeAsync(60_000);
    await failed;
  });
});
