import { describe, expect, it } from 'vitest';
import { hideInRefusals } from '../../src/docker/hide-in-refusals.ts';
import { EngineRefusal, type EngineRequest, type Transport } from '../../src/docker/transport.ts';

const { signal } = new AbortController();
const START: EngineRequest = { method: 'POST', path: '/containers/x/start' };
const KINDS = ['answer', 'headers', 'stream', 'hijack'] as const;

function failing(error: Error): Transport {
  const fail = () => Promise.reject(error);
  const transport = { endpoint: 'test', answer: fail, headers: fail, stream: fail, hijack: fail };
  return hideInRefusals(transport, (text) => text.replaceAll('hunter2', '***'));
}

describe('what an engine refuses', () => {
  it.each(KINDS)('shows no secret, with the status it had: %s', async (kind) => {
    const call = failing(new EngineRefusal(400, 'exec: "hunter2": not found'))[kind](START, signal);
    await expect(call).rejects.toMatchObject({ status: 400, message: 'exec: "***": not found' });
    await expect(call).rejects.toBeInstanceOf(EngineRefusal);
  });

  it('is told from an engine that is away, whose error stays the very same', async () => {
    const error = Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' });
    await expect(failing(error).answer(START, signal)).rejects.toBe(error);
  });
});
