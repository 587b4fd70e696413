import { describe, expect, it } from 'vitest';
import type { ApplicationSpec, UpgradeFromSpec } from '../../src/model/application-spec.ts';
import { container, service } from '../builders.ts';
import type { World } from '../world.ts';
import { commits, PER_SERVICE, ready, running, shop, story, versions } from './stories.ts';

// Upgrades that find something on the host that they did not make themselves.

/** The same application with another text of its container. */
function other(version: string, fields: Partial<ApplicationSpec> = {}): ApplicationSpec {
  const containers = [container('main', { env: { TEXT: 'other' } })];
  return shop(version, { services: [service('web', { replicas: 3, containers })], ...fields });
}

const markersOf = (world: World) => world.docker.engine.volumes.markersOf('test').map(({ kind }) => kind);

describe('an upgrade that finds what others left', () => {
  it('does not take instances for its own that were made for the same text long ago, so an old crash fails nothing', async () => {
    const world = await running(shop('0.9'));
    const before = commits(shop('0.9'), shop('1.0'));
    await world.settle(before);
    world.docker.engine.endProcess('acme.shop.web-3.main', 3);
    await world.converge(commits(shop('0.9'), shop('1.0'), shop('2.0')));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    world.restartDaemon();
    const back = commits(shop('0.9'), shop('2.0'), shop('1.0'));
    expect(story(await world.settle(back))).not.toContain('abort upgrade of acme.shop to 1.0');
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0', 'web-3 1.0']);
    expect(markersOf(world)).toEqual([]);
  });

  it('takes nobody down while it brings another text to what is of its version already', async () => {
    const world = await running(shop('1.0'));
    await world.converge(commits(shop('1.0'), shop('2.0')));
    world.now += 9_000;
    const done = await world.converge(commits(shop('1.0'), other('2.0')));
    expect(done).toContain('create container acme.shop.web-1.main');
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
  });

  it('gives what was upgraded to another text of its version the healthy-time, too', async () => {
    const world = await running(shop('1.0'));
    await world.converge(commits(shop('1.0'), shop('2.0')));
    world.now += 5_000;
    const labelled = shop('2.0', { labels: { colour: 'red' }, 'upgrade-from': [PER_SERVICE] });
    await world.converge(commits(shop('1.0'), labelled));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    world.now += 10_000;
    await world.converge(commits(shop('1.0'), labelled));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 1.0']);
  });

  it('counts a container as down whose liveness probe failed, though it is ready', async () => {
    const lively = container('main', { probes: { ...ready.probes, liveness: { tcp: { port: 80 } } } });
    const spec = (version: string) =>
      shop(version, { services: [service('web', { replicas: 3, containers: [lively] })] });
    const world = await running(spec('1.0'));
    for (const { id, desired } of world.docker.engine.containers())
      if (desired.role === 'container') world.probe(id, { readiness: 'success', liveness: 'success' });
    const sick = world.docker.engine.find('acme.shop.web-3.main')!.id;
    world.probe(sick, { readiness: 'success', liveness: 'failure', message: 'no answer' });
    await world.converge(commits(spec('1.0'), spec('2.0')));
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0', 'web-3 2.0']);
  });

  it('goes back in batches, too, where several versions ran', async () => {
    const rollback: UpgradeFromSpec = { ...PER_SERVICE, 'on-failure': 'rollback' };
    const spec = (version: string) => shop(version, { 'upgrade-from': [rollback] });
    const world = await running(spec('1.0'));
    await world.converge(commits(spec('1.0'), spec('2.0')));
    world.now += 10_000;
    await world.converge(commits(spec('1.0'), spec('2.0')));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 1.0']);
    const failed = commits(spec('1.0'), spec('2.0'), spec('3.0'));
    world.now += 10_000;
    await world.converge(failed);
    expect(versions(world)).toEqual(['web-1 3.0', 'web-2 2.0', 'web-3 1.0']);
    world.docker.engine.endProcess('acme.shop.web-1.main', 3);
    await world.converge(failed);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 1.0']);
    await world.settle(failed);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });

  it('fails for a crash in its healthy-time also when somebody else had another instance made after it', async () => {
    const world = await running(shop('1.0'));
    const next = commits(shop('1.0'), shop('2.0'));
    await world.converge(next);
    for (const name of ['acme.shop.web-3.main', 'acme.shop.web-3']) world.docker.engine.remove(name);
    await world.converge(next);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 2.0']);
    world.docker.engine.endProcess('acme.shop.web-1.main', 3);
    expect(story(await world.converge(next))).toContain('abort upgrade of acme.shop to 2.0');
  });
});
