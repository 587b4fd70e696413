import { describe, expect, it } from 'vitest';
import { openCalls } from '../../src/docker/calls.ts';
import { EngineRefusal, type EngineRequest } from '../../src/docker/transport.ts';
import { openVolumes } from '../../src/docker/volumes.ts';
import type { WireCreateVolume } from '../../src/docker/wire-files.ts';
import { createVolume } from '../contract/actions.ts';

const { signal } = new AbortController();

/** An engine without volumes that refuses to make one with a size in these words; what it was asked is kept. */
function engineThatSays(refusal: string | undefined) {
  const asked: Readonly<Record<string, string>>[] = [];
  const unused = () => Promise.reject(new Error('not used here'));
  const answer = async ({ path, body }: EngineRequest) => {
    if (path === '/version') return { ApiVersion: '1.41', Arch: 'amd64' };
    if (!path.endsWith('/create')) throw new EngineRefusal(404, 'no such volume');
    const { Name, Labels, DriverOpts: Options } = body as WireCreateVolume;
    asked.push(Options);
    if (refusal !== undefined && 'size' in Options) throw new EngineRefusal(400, refusal);
    return { Name, Labels, Options };
  };
  const calls = openCalls({ endpoint: 'test', answer, stream: unused, headers: unused, hijack: unused });
  return { asked, volumes: openVolumes(calls) };
}

describe('a sized volume', () => {
  const action = createVolume('a', 'acme.shop.web-1.cache', { sizeBytes: 1_000 });

  it('is made once with its size where the engine can enforce it', async () => {
    const { asked, volumes } = engineThatSays(undefined);
    await volumes.createVolume(action, signal);
    expect(asked).toEqual([{ size: '1000' }]);
  });

  it('is made without where the engine has no quotas', async () => {
    const { asked, volumes } = engineThatSays('quota size requested but no quota support');
    await volumes.createVolume(action, signal);
    expect(asked).toEqual([{ size: '1000' }, {}]);
  });

  it('is not made where the engine refuses it for another reason', async () => {
    const { asked, volumes } = engineThatSays('no space left on device');
    await expect(volumes.createVolume(action, signal)).rejects.toMatchObject({ code: 'refused' });
    expect(asked).toHaveLength(1);
  });
});
