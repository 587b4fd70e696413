import { describe, expect, it } from 'vitest';
import { service } from '../builders.ts';
import { lines } from '../world.ts';
import { commits, PER_SERVICE, running, shop, story, versions, web } from './stories.ts';

describe('an upgrade service by service', () => {
  it('is noted before the first old instance stops, takes one batch at a time and forgets itself at its end', async () => {
    const world = await running(shop('1.0'));
    const done = await world.settle(commits(shop('1.0'), shop('2.0')));
    expect(story(done)).toEqual([
      'begin upgrade of acme.shop to 2.0',
      ...[1, 2, 3].flatMap((index) => [
        `remove container acme.shop.web-${index}`,
        `create sandbox acme.shop.web-${index}`,
      ]),
      'end upgrade of acme.shop to 2.0',
    ]);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
    expect((await world.plan(commits(shop('1.0'), shop('2.0')))).later).toEqual([]);
  });

  it('shows the later batches, why they come and what they wait for', async () => {
    const world = await running(shop('1.0'));
    const next = commits(shop('1.0'), shop('2.0'));
    const plan = await world.plan(next);
    expect(lines(plan)).toContain('stop container acme.shop.web-1.main — version 1.0 → 2.0, batch 1 of 3');
    const later = plan.later.filter(({ step }) => step.id.startsWith('create sandbox'));
    expect(later.map(({ step, waitingFor }) => `${step.id} — ${step.reason} (${waitingFor})`)).toEqual([
      'create sandbox acme.shop.web-2 — version 1.0 → 2.0, batch 2 of 3 (web-1 to be ready)',
      'create sandbox acme.shop.web-3 — version 1.0 → 2.0, batch 3 of 3 (web-1 to be ready)',
    ]);
    await world.converge(next);
    const waiting = await world.plan(next);
    expect(waiting.steps).toEqual([]);
    expect(waiting.later[0]?.waitingFor).toBe('web-1 to have been ready for the healthy-time');
    const seen = (await world.observe()).applications['acme.shop']?.instances['acme.shop.web-1']?.containers[1];
    expect(waiting.wakeAt).toBe(seen!.sight.running + 10_000);
  });

  it('waits for the whole healthy-time anew when the daemon was restarted', async () => {
    const world = await running(shop('1.0'));
    const next = commits(shop('1.0'), shop('2.0'));
    await world.converge(next);
    world.now += 9_000;
    world.restartDaemon();
    const { wakeAt } = await world.plan(next);
    expect(wakeAt).toBe(world.now + 10_000);
    world.now += 5_000;
    expect(await world.converge(next)).toEqual([]);
    world.now += 5_000;
    expect(story(await world.converge(next))).toContain('create sandbox acme.shop.web-2');
  });

  it('takes as many at a time as the author allows', async () => {
    const upgrade = { ...PER_SERVICE, services: [{ name: 'web', 'instances-in-parallel': 2, 'healthy-time': '10s' }] };
    const world = await running(shop('1.0', { 'upgrade-from': [upgrade] }));
    await world.converge(commits(shop('1.0'), shop('2.0', { 'upgrade-from': [upgrade] })));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 1.0']);
  });

  it('begins with what is down: it takes nothing away from anybody', async () => {
    const world = await running(shop('1.0'));
    world.docker.engine.killByHand('acme.shop.web-3.main');
    await world.converge(commits(shop('2.0')));
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0', 'web-3 2.0']);
  });

  it('heals an old instance in its own version while it waits', async () => {
    const world = await running(shop('1.0'));
    const next = commits(shop('1.0'), shop('2.0'));
    await world.converge(next);
    world.docker.engine.remove('acme.shop.web-3.main');
    expect(await world.converge(next)).toEqual([
      'create container acme.shop.web-3.main',
      'start container acme.shop.web-3.main',
    ]);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
  });

  it('stops nothing as long as an image of the new version is missing', async () => {
    const world = await running(shop('1.0'));
    const newer = shop('2.0', {
      services: [service('web', { replicas: 3, containers: [{ name: 'main', image: 'shop:2' }] })],
    });
    const plan = await world.plan(commits(shop('1.0'), newer));
    expect(plan.steps.find(({ id }) => id === 'begin upgrade of acme.shop to 2.0')?.after).toEqual([
      'pull image shop:2',
    ]);
    expect(plan.steps.filter(({ after }) => after.length === 0).map(({ id }) => id)).toEqual(['pull image shop:2']);
  });

  it('goes through the listed services in their order, then the others, then new ones, and removes old ones last', async () => {
    const upgrade = { ...PER_SERVICE, services: [{ name: 'db' }, { name: 'web' }] };
    const before = [service('web'), service('db'), service('old'), service('gone')];
    const after = [service('web'), service('db'), service('old'), service('new')];
    const world = await running(shop('1.0', { services: before }));
    const done = await world.settle(
      commits(shop('1.0', { services: before }), shop('2.0', { services: after, 'upgrade-from': [upgrade] })),
    );
    expect(story(done)).toEqual([
      'begin upgrade of acme.shop to 2.0',
      ...['db', 'web', 'old'].flatMap((name) => [
        `remove container acme.shop.${name}-1`,
        `create sandbox acme.shop.${name}-1`,
      ]),
      'create sandbox acme.shop.new-1',
      'end upgrade of acme.shop to 2.0',
      'remove container acme.shop.gone-1',
    ]);
  });

  it('grows before the first batch and shrinks after the last', async () => {
    const world = await running(shop('1.0', { services: [web(2)] }));
    const grown = commits(shop('1.0'), shop('2.0', { services: [web(3)] }));
    await world.converge(grown);
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0', 'web-3 2.0']);
    await world.settle(grown);
    const done = await world.settle(commits(shop('2.0'), shop('3.0', { services: [web(1)] })));
    expect(story(done).slice(-3)).toEqual([
      'end upgrade of acme.shop to 3.0',
      'remove container acme.shop.web-2',
      'remove container acme.shop.web-3',
    ]);
  });

  it('goes straight to the newest version when another commit comes in the middle', async () => {
    const world = await running(shop('1.0'));
    await world.converge(commits(shop('1.0'), shop('2.0')));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    const done = await world.settle(commits(shop('1.0'), shop('2.0'), shop('3.0')));
    expect(versions(world)).toEqual(['web-1 3.0', 'web-2 3.0', 'web-3 3.0']);
    expect(done.filter((step) => step.startsWith('create sandbox'))).toHaveLength(3);
    expect([...world.docker.engine.volumes.markersOf('test')]).toEqual([]);
  });

  it('is without coordination when no entry matches what runs, or only the text has changed', async () => {
    const never = { 'upgrade-from': [{ ...PER_SERVICE, 'version-regexp': '^9' }] };
    const world = await running(shop('1.0', never));
    expect(story(await world.converge(commits(shop('1.0'), shop('2.0', never))))).not.toContain(
      'begin upgrade of acme.shop to 2.0',
    );
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
    const other = await running(shop('1.0'));
    const text = shop('1.0', {
      services: [service('web', { replicas: 3, containers: [{ name: 'main', image: 'shop:2' }] })],
    });
    expect(story(await other.converge(commits(text)))).toEqual([]);
  });
});
