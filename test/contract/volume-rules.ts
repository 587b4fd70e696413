import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/docker/port.ts';
import { createMember, createVolume } from './actions.ts';
import { refusal, type Ground } from './docker-contract.ts';

export function describeVolumes(use: () => Ground): void {
  const remove = async (name: string) => {
    const { docker, signal } = use();
    await docker.removeVolume({ kind: 'remove-volume', name, hostPath: '' }, signal);
  };

  describe('volumes', () => {
    it('shows a volume with whose it is and what for, by name and in its owner’s list', async () => {
      const { docker, owner, signal } = use();
      const wish = { kind: 'persistent', hostVolume: 'default', sizeBytes: 0 } as const;
      await docker.createVolume(createVolume(owner, `${owner}.seen`, wish), signal);
      const seen = await docker.inspectVolume(`${owner}.seen`, signal);
      expect(seen).toMatchObject({
        name: `${owner}.seen`,
        volume: 'cache',
        sizeEnforced: false,
        hostPath: '',
        ...wish,
      });
      expect(seen?.identity).toMatchObject({
        owner,
        service: 'web',
        index: 1,
        role: 'sandbox',
        configHash: '1:volume',
      });
      expect(await docker.listVolumes(owner, signal)).toContainEqual(seen);
      expect(await docker.listVolumes(`${owner}-other`, signal)).toEqual([]);
      expect(await docker.inspectVolume(`${owner}.none`, signal)).toBeUndefined();
    });

    it('keeps the volume that is there, with the size it was made with, whatever is wished now', async () => {
      const { docker, owner, signal } = use();
      await docker.createVolume(createVolume(owner, `${owner}.kept`, { sizeBytes: 2_000_000 }), signal);
      const before = await docker.inspectVolume(`${owner}.kept`, signal);
      expect(before?.sizeBytes).toBe(2_000_000);
      const changed = { sizeBytes: 1_000_000, configHash: '1:changed' };
      await docker.createVolume(createVolume(owner, `${owner}.kept`, changed), signal);
      expect(await docker.inspectVolume(`${owner}.kept`, signal)).toEqual(before);
    });

    it('keeps the volume that is there when one of another kind is wished, and says so', async () => {
      const { docker, owner, signal } = use();
      const name = `${owner}.kind`;
      await docker.createVolume(createVolume(owner, name, { kind: 'persistent' }), signal);
      const other = createVolume(owner, name, { kind: 'files' });
      expect(await refusal(docker.createVolume(other, signal), 'refused')).toContain('of the kind persistent');
      expect(await docker.inspectVolume(name, signal)).toMatchObject({ kind: 'persistent' });
    });

    it('enforces the size of one in memory', async () => {
      const { docker, owner, signal } = use();
      const wish = { medium: 'memory', sizeBytes: 1_000_000 } as const;
      await docker.createVolume(createVolume(owner, `${owner}.memory`, wish), signal);
      expect(await docker.inspectVolume(`${owner}.memory`, signal)).toMatchObject({
        sizeBytes: 1_000_000,
        sizeEnforced: true,
      });
    });

    it('names the owner that has the name', async () => {
      const { docker, owner, signal } = use();
      await docker.createVolume(createVolume(owner, `${owner}.ours`), signal);
      const theirs = createVolume(`${owner}-b`, `${owner}.ours`);
      expect(await refusal(docker.createVolume(theirs, signal), 'name-taken')).toContain(`owner "${owner}"`);
    });

    it('neither takes nor shows a volume Fairlead did not make', async () => {
      const { docker, engine, owner, signal } = use();
      await engine.makeForeignVolume(`${owner}.foreign`);
      const action = createVolume(owner, `${owner}.foreign`);
      expect(await refusal(docker.createVolume(action, signal), 'name-taken')).toContain('Fairlead did not make');
      expect(await docker.inspectVolume(`${owner}.foreign`, signal)).toBeUndefined();
    });

    it('does not remove one that a container has, running or not, and takes gone for success', async () => {
      const { docker, owner, sandbox, inspect, signal } = use();
      const volume = `${owner}.used`;
      await docker.createVolume(createVolume(owner, volume), signal);
      const mounts = [{ volume, path: '/data', readOnly: false }];
      await docker.createContainer(createMember(owner, `${owner}.keeper`, sandbox, { mounts }), signal);
      expect(await refusal(remove(volume), 'conflict')).toContain('in use');
      await docker.removeContainer((await inspect(`${owner}.keeper`)).id, signal);
      expect(await docker.inspectVolume(volume, signal)).toBeDefined();
      await remove(volume);
      await remove(volume);
      expect(await docker.inspectVolume(volume, signal)).toBeUndefined();
    });

    it('tells of volumes made and removed', async () => {
      const { docker, owner, signal } = use();
      const listening = new AbortController();
      const name = `${owner}.told`;
      const seen: EngineEvent[] = [];
      for await (const event of docker.events(listening.signal)) {
        if (event.kind === 'connected') {
          await docker.createVolume(createVolume(owner, name), signal);
          await remove(name);
        }
        if (event.kind !== 'volume' || event.name !== name) continue;
        seen.push(event);
        if (event.action === 'destroy') listening.abort();
      }
      expect(seen.map((event) => event.kind === 'volume' && event.action)).toEqual(['create', 'destroy']);
    });
  });
}
