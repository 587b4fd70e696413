import { describe, expect, it } from 'vitest';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import { service } from '../builders.ts';
import type { World } from '../world.ts';
import { commits, PER_SERVICE, running, shop, story, versions } from './stories.ts';

// Contract 8.4: in a service with delayed shutdown the new instances of a batch come first, then the old ones go.

const DELAYED = { 'delayed-shutdown': { timeout: '1h', 'max-number-of-instances': 3 } };
const of = (version: string, fields: Partial<ApplicationSpec> = {}) =>
  shop(version, { services: [service('web', { replicas: 2, ...DELAYED })], ...fields });

const serving = ({ docker }: World) =>
  docker.engine.containers().filter(({ desired, status }) => desired.role === 'container' && status === 'running')
    .length;

describe('an upgrade of a service with delayed shutdown', () => {
  it('starts each batch beside the old instances, which outlive it, and waits for none of them', async () => {
    const world = await running(of('1.0'));
    const next = commits(of('1.0'), of('2.0'));
    expect(story(await world.converge(next)).map((step) => step.replace(/sandbox [0-9a-f]+$/, 'sandbox …'))).toEqual([
      'begin upgrade of acme.shop to 2.0',
      'let linger sandbox …',
      'create sandbox acme.shop.web-1',
    ]);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    world.now += 10_000;
    await world.converge(next);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 1.0', 'web-4 1.0']);
    world.now += 10_000;
    expect(story(await world.converge(next))).toEqual(['end upgrade of acme.shop to 2.0']);
    await world.settle(next);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0']);
  });

  it('has as many serving at every moment as before', async () => {
    const world = await running(of('1.0'));
    const next = commits(of('1.0'), of('2.0'));
    for (let pauses = 0; pauses < 3;) {
      const done = await world.converge(next, 1);
      expect(serving(world)).toBeGreaterThanOrEqual(2);
      if (done.length > 0) continue;
      world.now += 10_000;
      pauses += 1;
    }
    expect(versions(world).slice(0, 2)).toEqual(['web-1 2.0', 'web-2 2.0']);
  });

  it('that is taken back brings the old version back, and leaves nothing behind', async () => {
    const upgrade = { ...PER_SERVICE, 'on-failure': 'rollback' as const };
    const [former, failed] = ['1.0', '2.0'].map((version) => of(version, { 'upgrade-from': [upgrade] }));
    const world = await running(former!);
    const next = commits(former!, failed!);
    await world.converge(next);
    world.docker.engine.endProcess('acme.shop.web-1.main', 3);
    await world.settle(next);
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0']);
    expect(world.docker.engine.volumes.markersOf('test').map(({ kind }) => kind)).toEqual(['upgrade-aborted']);
  });

  it('stops all and restarts all where that is the method: nothing lives on', async () => {
    const method = { 'version-regexp': '.', method: 'stop-and-restart' as const };
    const [former, latter] = ['1.0', '2.0'].map((version) => of(version, { 'upgrade-from': [method] }));
    const world = await running(former!);
    await world.converge(commits(former!, latter!));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0']);
  });
});
