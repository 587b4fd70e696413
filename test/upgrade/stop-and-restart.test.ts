import { describe, expect, it } from 'vitest';
import type { UpgradeFromSpec } from '../../src/model/application-spec.ts';
import { service } from '../builders.ts';
import { commits, PER_SERVICE, running, shop, story, versions } from './stories.ts';

const STOP: UpgradeFromSpec = { 'version-regexp': '^1\\.', method: 'stop-and-restart' };
const services = [service('web', { replicas: 2 }), service('db')];
const stopping = (version: string) => shop(version, { services, 'upgrade-from': [STOP] });

describe('an upgrade that stops everything', () => {
  it('starts nothing new before everything old is gone', async () => {
    const world = await running(stopping('1.0'));
    const done = story(await world.settle(commits(stopping('1.0'), stopping('2.0'))));
    expect(done[0]).toBe('begin upgrade of acme.shop to 2.0');
    expect(done.slice(1, 4).every((step) => step.startsWith('remove container'))).toBe(true);
    expect(done.slice(4, 7).every((step) => step.startsWith('create sandbox'))).toBe(true);
    expect(done.at(-1)).toBe('end upgrade of acme.shop to 2.0');
    expect(versions(world)).toEqual(['db-1 2.0', 'web-1 2.0', 'web-2 2.0']);
  });

  it('goes on where it was when the daemon is killed after any step', async () => {
    const next = commits(stopping('1.0'), stopping('2.0'));
    for (let limit = 1; limit < 22; limit += 3) {
      const world = await running(stopping('1.0'));
      const first = await world.converge(next, limit);
      world.restartDaemon();
      const done = [...first, ...(await world.settle(next))];
      const lastRemoval = done.findLastIndex((step) => step.startsWith('remove container'));
      const firstCreation = done.findIndex((step) => step.startsWith('create sandbox'));
      expect(firstCreation).toBeGreaterThan(lastRemoval);
      expect(versions(world)).toEqual(['db-1 2.0', 'web-1 2.0', 'web-2 2.0']);
    }
  });

  it('wins over batches when versions that ask for either run at once', async () => {
    const half = [{ ...PER_SERVICE, 'version-regexp': '^1' }];
    const world = await running(shop('1.0'));
    await world.converge(commits(shop('1.0'), shop('2.0', { 'upgrade-from': half })));
    const both = [STOP, { ...PER_SERVICE, 'version-regexp': '^2' }];
    const done = story(await world.converge(commits(shop('1.0'), shop('3.0', { 'upgrade-from': both }))));
    expect(done.findLastIndex((step) => step.startsWith('remove container'))).toBeLessThan(
      done.findIndex((step) => step.startsWith('create sandbox')),
    );
  });
});
