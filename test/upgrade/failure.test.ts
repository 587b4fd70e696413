import { describe, expect, it } from 'vitest';
import type { ApplicationSpec, UpgradeFromSpec } from '../../src/model/application-spec.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { planHost } from '../../src/plan/plan-host.ts';
import { container, service } from '../builders.ts';
import type { World } from '../world.ts';
import { commits, PER_SERVICE, ready, running, shop, story, versions } from './stories.ts';

/** The first batch of an upgrade is up; then something happens to it. */
async function failing(happens: (world: World) => void, upgrade: UpgradeFromSpec = PER_SERVICE) {
  const specs: readonly ApplicationSpec[] = ['1.0', '2.0'].map((version) =>
    shop(version, { 'upgrade-from': [upgrade] }),
  );
  const world = await running(specs[0]!);
  const next = commits(...specs);
  await world.converge(next);
  happens(world);
  return { world, next };
}

const crash = (world: World) => world.docker.engine.endProcess('acme.shop.web-1.main', 3);

const reasons = (world: World) =>
  world.docker.engine.volumes
    .markersOf('test')
    .flatMap((marker) => (marker.kind === 'upgrade-aborted' ? [marker.reason] : []));

describe('an upgrade that fails', () => {
  it('is noted before anything else is done, and stops there', async () => {
    const { world, next } = await failing(crash);
    expect(story(await world.settle(next))).toEqual([
      'abort upgrade of acme.shop to 2.0',
      'end upgrade of acme.shop to 2.0',
    ]);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    expect(reasons(world)).toEqual(['web-1: main: it ended with exit code 3; last it logged: "the end"']);
  });

  it('stays so whatever happens later, and whoever carries on', async () => {
    const { world, next } = await failing(crash);
    await world.settle(next);
    world.restartDaemon();
    world.now += 3_600_000;
    expect(await world.settle(next)).toEqual([]);
  });

  it('heals the old instances and the new ones, each in its version', async () => {
    const { world, next } = await failing(crash);
    await world.settle(next);
    world.docker.engine.remove('acme.shop.web-1.main');
    for (const name of ['acme.shop.web-2.main', 'acme.shop.web-2']) world.docker.engine.remove(name);
    await world.settle(next);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    expect(world.docker.engine.containers().filter(({ status }) => status === 'running')).toHaveLength(6);
  });

  it('takes a fix at once, beginning with what is sick', async () => {
    const { world, next } = await failing(crash);
    await world.settle(next);
    const fix = commits(shop('1.0'), shop('2.0'), shop('2.1'));
    await world.converge(fix);
    expect(versions(world)).toEqual(['web-1 2.1', 'web-2 1.0', 'web-3 1.0']);
    await world.settle(fix);
    expect(versions(world)).toEqual(['web-1 2.1', 'web-2 2.1', 'web-3 2.1']);
    expect(world.docker.engine.volumes.markersOf('test')).toEqual([]);
  });

  it.each<[string, (world: World) => void, string]>([
    [
      'a container is killed',
      (world) => world.docker.engine.killByHand('acme.shop.web-1.main'),
      'main: it ended with exit code 137',
    ],
    [
      'a liveness probe fails',
      (world) =>
        world.probe(world.docker.engine.find('acme.shop.web-1.main')!.id, {
          liveness: 'failure',
          message: 'no answer',
        }),
      '',
    ],
  ])('fails when %s only if the specification asks for it', async (_, happens, reason) => {
    const { world, next } = await failing(happens);
    await world.converge(next);
    expect(reasons(world).map((one) => one.startsWith(`web-1: ${reason}`))).toEqual(reason === '' ? [] : [true]);
  });

  it('fails when a ready container turns unready, but not while it has not been ready yet', async () => {
    const spec = (version: string) =>
      shop(version, { services: [service('web', { replicas: 2, containers: [ready] })] });
    const world = await running(spec('1.0'));
    const answer = async (readiness: 'success' | 'failure', next: DesiredSite) => {
      await world.converge(next);
      for (const { id, desired } of world.docker.engine.containers())
        if (desired.role === 'container') world.probe(id, { readiness });
    };
    const next = commits(spec('1.0'), spec('2.0'));
    await answer('success', commits(spec('1.0')));
    await world.converge(next);
    const id = world.docker.engine.find('acme.shop.web-1.main')!.id;
    world.probe(id, { readiness: 'failure', message: 'refused' });
    await world.converge(next);
    expect(reasons(world)).toEqual([]);
    world.probe(id, { readiness: 'success' });
    await world.converge(next);
    world.probe(id, { readiness: 'failure', message: 'refused' });
    await world.converge(next);
    expect(reasons(world)).toEqual(['web-1: main: it is not ready any more: refused']);
  });

  it('fails when an instance has not become ready within the progress-deadline', async () => {
    const upgrade = { ...PER_SERVICE, 'progress-deadline': '2m' };
    const spec = (version: string) =>
      shop(version, { 'upgrade-from': [upgrade], services: [service('web', { replicas: 2, containers: [ready] })] });
    const world = await running(shop('1.0'));
    const next = commits(shop('1.0'), spec('2.0'));
    await world.converge(next);
    world.now += 119_000;
    await world.converge(next);
    expect(reasons(world)).toEqual([]);
    world.now += 1_000;
    await world.converge(next);
    expect(reasons(world)).toEqual(['web-1: it has not become ready in time']);
  });

  it('fails when an init container of it has failed three times', async () => {
    const world = await running(shop('1.0'));
    const initial = shop('2.0', {
      services: [service('web', { replicas: 3, 'init-containers': [container('setup')] })],
    });
    const next = commits(shop('1.0'), initial);
    world.exits.set('setup', 4);
    for (let tries = 0; tries < 3; tries += 1) await world.converge(next, 12);
    expect(reasons(world)[0]).toMatch(/^web-1: setup: it ended with exit code 4/);
    expect(versions(world)).toContain('web-2 1.0');
  });

  it('fails when a container is killed while its instance is still being made', async () => {
    const { world, next } = await failing((one) => one.docker.engine.killByHand('acme.shop.web-1.main'));
    const { hash: desiredHash } = next.applications['acme.shop']!;
    const about = { target: 'acme.shop.web-1', desiredHash, reason: '' };
    const planned = async (intent: 'replace' | 'update') =>
      (await world.plan(next, { ongoing: [{ ...about, intent }] })).steps.map(({ id }) => id);
    expect(await planned('replace')).toContain('abort upgrade of acme.shop to 2.0');
    // Here it may have been stopped by us, to be started again.
    expect(await planned('update')).not.toContain('abort upgrade of acme.shop to 2.0');
  });

  it('does not fail for a container that ended when its time was over', async () => {
    const { world, next } = await failing(() => undefined);
    world.now += 10_000;
    await world.converge(next);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 1.0']);
    crash(world);
    await world.settle(next);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });

  it('does not fail because the engine was restarted', async () => {
    const { world, next } = await failing(({ docker }) => {
      docker.engine.shutDown();
      docker.engine.boot();
    });
    await world.settle(next);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });
});

describe('an upgrade that fails and is to be rolled back', () => {
  const ROLLBACK: UpgradeFromSpec = { ...PER_SERVICE, 'on-failure': 'rollback' };

  it('brings the upgraded instances back to the version they had, by the same method, and holds there', async () => {
    const { world, next } = await failing(crash, ROLLBACK);
    const done = await world.settle(next);
    expect(story(done)).toEqual([
      'abort upgrade of acme.shop to 2.0',
      'begin upgrade of acme.shop to 1.0',
      'end upgrade of acme.shop to 2.0',
      'remove container acme.shop.web-1',
      'create sandbox acme.shop.web-1',
      'end upgrade of acme.shop to 1.0',
    ]);
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0', 'web-3 1.0']);
    world.restartDaemon();
    world.now += 3_600_000;
    expect(await world.settle(next)).toEqual([]);
    expect(reasons(world)).toHaveLength(1);
  });

  it('waits for the next commit as one that has stopped does', async () => {
    const { world, next } = await failing(crash, ROLLBACK);
    await world.settle(next);
    await world.settle(commits(shop('1.0'), shop('2.0'), shop('2.1')));
    expect(versions(world)).toEqual(['web-1 2.1', 'web-2 2.1', 'web-3 2.1']);
  });

  it('is not tried again after it has failed too, nor by a daemon that does not know the history yet', async () => {
    const { world, next } = await failing(crash, ROLLBACK);
    world.exits.set('main', 4);
    await world.converge(next, 60);
    world.exits.clear();
    await world.settle(next);
    expect(reasons(world)).toHaveLength(2);
    world.restartDaemon();
    const unknown = commits(shop('2.0', { 'upgrade-from': [ROLLBACK] }));
    await world.settle(unknown);
    expect(reasons(world)).toHaveLength(2);
    expect(story(await world.settle(next))).toEqual([]);
  });

  it('stops where the policies forbid the former version, and says so', async () => {
    const { world, next } = await failing(crash, ROLLBACK);
    const earlier = next.earlier['acme.shop']!.map((one) => ({ ...one, refused: 'the policy forbids it: x' }));
    const forbidden = { ...next, earlier: { 'acme.shop': earlier } };
    await world.settle(forbidden);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    const { applications } = planHost(await world.input(forbidden));
    expect(applications.get('acme.shop')?.upgrade?.reason).toContain(
      'not rolled back to version 1.0: the policy forbids it: x',
    );
  });

  it('stops where the former version is not known', async () => {
    const { world } = await failing(crash, ROLLBACK);
    await world.settle(commits(shop('2.0', { 'upgrade-from': [ROLLBACK] })));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
  });
});
