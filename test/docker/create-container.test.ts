import { describe, expect, it } from 'vitest';
import type { EngineCalls } from '../../src/docker/calls.ts';
import { createContainer } from '../../src/docker/create-container.ts';
import { toDockerError } from '../../src/docker/docker-errors.ts';
import { toCreateContainer } from '../../src/docker/to-docker.ts';
import { EngineRefusal } from '../../src/docker/transport.ts';
import { createSandbox } from '../contract/actions.ts';

const signal = AbortSignal.timeout(60_000);
const LIMITED = createSandbox('o', 'acme.shop.web-1', 'acme.shop', { layerBytes: 1_000 });

/** An engine that says this to a layer with a size, and the bodies it was sent. */
function openStrictEngine(status: number, words: string) {
  const bodies: string[] = [];
  const refuse = () => Promise.reject(new Error('nobody asks for this'));
  const calls: EngineCalls = {
    endpoint: 'test',
    answer: ({ body, purpose }) => {
      const text = JSON.stringify(body);
      bodies.push(text);
      if (!text.includes('StorageOpt')) return Promise.resolve({});
      return Promise.reject(toDockerError(new EngineRefusal(status, words), purpose, 'test'));
    },
    headers: refuse,
    stream: refuse,
    hijack: refuse,
    version: refuse,
  };
  return { calls, bodies };
}

describe('a container with a limit on its layer', () => {
  it.each([
    "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
    '--storage-opt is not supported for vfs',
    'failed to create layer: quota size requested but no quota support',
    'storage-opt is not supported by this snapshotter',
  ])('is made without where the engine says: %s', async (words) => {
    const { calls, bodies } = openStrictEngine(500, words);
    await createContainer(calls, LIMITED, signal);
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(JSON.stringify(toCreateContainer(LIMITED, { limitsLayer: false })));
  });

  it('is not made when the engine refuses something else', async () => {
    const { calls, bodies } = openStrictEngine(400, 'invalid CapAdd: unknown capability: CAP_X');
    await expect(createContainer(calls, LIMITED, signal)).rejects.toMatchObject({ code: 'refused' });
    expect(bodies).toHaveLength(1);
  });
});
