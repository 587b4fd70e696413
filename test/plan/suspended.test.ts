import { describe, expect, it } from 'vitest';
import { startableSteps } from '../../src/execute/lanes.ts';
import { planHost } from '../../src/plan/plan-host.ts';
import { application, container, service } from '../builders.ts';
import { shop, story, versions } from '../upgrade/stories.ts';
import { createWorld, type World } from '../world.ts';
import { waiting, wish } from './holding.ts';

const SUSPENDED = { suspended: { 'acme.shop': 'shop-everywhere' } };
const WHY = 'deployment shop-everywhere is suspended';

async function running(spec = shop('1.0')): Promise<World> {
  const world = createWorld();
  await world.settle(wish([spec], { revision: 'r0' }));
  return world;
}

describe('of what a suspended deployment deploys', () => {
  it('nothing is made, and it is shown what would be', async () => {
    const world = createWorld();
    const site = wish([application('shop')], SUSPENDED);
    const plan = await world.plan(site);
    expect(plan.steps).toEqual([]);
    expect(waiting(plan)).toContain(`create sandbox acme.shop.web-1 (${WHY})`);
    expect(plan.wakeAt).toBeUndefined();
    expect(await world.settle(wish([application('shop')]))).toContain('start container acme.shop.web-1.main');
  });

  it('nothing is upgraded, and lifting it goes on at once', async () => {
    const world = await running();
    const texts = { earlier: [shop('1.0')] };
    const plan = await world.plan(wish([shop('2.0')], { ...SUSPENDED, ...texts }));
    expect(plan.steps).toEqual([]);
    expect(waiting(plan)).toContain(`begin upgrade of acme.shop to 2.0 (${WHY})`);
    expect(await world.settle(wish([shop('2.0')], { ...SUSPENDED, ...texts }))).toEqual([]);
    await world.settle(wish([shop('2.0')], texts));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });

  it('no image is pulled, but for others that need it too', async () => {
    const world = await running();
    const image = { services: [service('web', { containers: [container('main', { image: 'new:1' })] })] };
    const site = (others: readonly string[]) => {
      const specs = others.map((name) => application(name, image));
      return wish([...specs, shop('2.0', image)], { ...SUSPENDED, earlier: [shop('1.0')] });
    };
    expect(await world.settle(site([]))).toEqual([]);
    for (const other of ['aaa', 'till']) {
      const steps = startableSteps(await world.plan(site([other])), []).map(({ id }) => id);
      expect(steps.sort()).toEqual([`create network acme.${other}`, 'pull image new:1']);
    }
  });

  it('nothing is changed of another text of the same version: no replica more or less, no limit, no setting', async () => {
    const world = await running();
    for (const changed of [
      shop('1.0', { services: [service('web', { replicas: 5 })] }),
      shop('1.0', { services: [service('web', { replicas: 1 })] }),
      shop('1.0', {
        services: [service('web', { replicas: 3, containers: [container('main', { memory: '64MiB' })] })],
      }),
    ]) {
      const plan = await world.plan(wish([changed], SUSPENDED));
      expect(plan.steps).toEqual([]);
      expect(plan.later.length).toBeGreaterThan(0);
    }
  });

  it('nothing is removed, neither where its application is gone nor where it selects the site no longer', async () => {
    const world = await running();
    const plan = await world.plan(wish([], SUSPENDED));
    expect(plan.steps).toEqual([]);
    expect(plan.held).toEqual([]);
    expect(waiting(plan)).toContain(`remove container acme.shop.web-1.main (${WHY})`);
    expect(await world.settle(wish([]))).toContain('remove network acme.shop');
  });

  it('what runs is healed in the text it runs', async () => {
    const world = await running();
    const site = wish([shop('2.0')], { ...SUSPENDED, earlier: [shop('1.0')] });
    world.docker.engine.remove('acme.shop.web-2.main');
    expect(await world.settle(site)).toEqual([
      'create container acme.shop.web-2.main',
      'start container acme.shop.web-2.main',
    ]);
    for (const name of ['.main', '']) world.docker.engine.remove(`acme.shop.web-3${name}`);
    expect(await world.settle(site)).toContain('create sandbox acme.shop.web-3');
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0', 'web-3 1.0']);
  });

  it('a lost instance of the very text that is wished comes back where the commit says that it was there', async () => {
    const world = await running();
    for (const name of ['.main', '']) world.docker.engine.remove(`acme.shop.web-3${name}`);
    expect(await world.settle(wish([shop('1.0')], { ...SUSPENDED, revision: 'r1' }))).toEqual([]);
    const same = wish([shop('1.0')], { ...SUSPENDED, revision: 'r0' });
    expect(await world.settle(same)).toContain('create sandbox acme.shop.web-3');
  });

  it('of another text of the same version nothing is made; what ends is left to the engine until that is over', async () => {
    const world = await running();
    const changed = shop('1.0', {
      services: [service('web', { replicas: 3, containers: [container('main', { env: { X: 'y' } })] })],
    });
    world.docker.engine.endProcess('acme.shop.web-1.main', 1);
    world.docker.engine.remove('acme.shop.web-2.main');
    expect(await world.settle(wish([changed], SUSPENDED))).toEqual([]);
    expect(world.docker.engine.get('acme.shop.web-1.main', 'see it').status).toBe('running');
    expect(await world.settle(wish([changed]))).toContain('create container acme.shop.web-2.main');
  });

  it('an instance that is being mended is not left undone, though nothing is left of it for a moment', async () => {
    const world = await running(shop('1.0', { services: [service('web')] }));
    for (const name of ['.main', '']) world.docker.engine.remove(`acme.shop.web-1${name}`);
    const texts = [shop('1.0', { services: [service('web')] })];
    const site = wish([shop('2.0', { services: [service('web')] })], { ...SUSPENDED, earlier: texts });
    const { hash } = site.earlier['acme.shop']![0]!;
    const ongoing = [{ target: 'acme.shop.web-1', desiredHash: hash, intent: 'repair' as const, reason: 'x' }];
    expect((await world.plan(site)).steps).toEqual([]);
    const plan = await world.plan(site, { ongoing });
    const created = plan.steps.find(({ id }) => id === 'create sandbox acme.shop.web-1');
    expect(created?.action).toMatchObject({ labels: { 'io.fairlead.application-version': '1.0' } });
  });

  it('an upgrade stops where it is, and goes on from there', async () => {
    const world = await running();
    const texts = { earlier: [shop('1.0')] };
    await world.converge(wish([shop('2.0')], texts));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    world.now += 60_000;
    expect(await world.settle(wish([shop('2.0')], { ...SUSPENDED, ...texts }))).toEqual([]);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    await world.settle(wish([shop('2.0')], texts));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });

  it('an upgrade that had stopped everything is carried on until something runs again', async () => {
    const method = { 'upgrade-from': [{ 'version-regexp': '.', method: 'stop-and-restart' as const }] };
    const world = await running(shop('1.0', method));
    const texts = { earlier: [shop('1.0', method)] };
    for (let left = 20; versions(world).length > 0 && left > 0; left -= 1)
      await world.converge(wish([shop('2.0', method)], texts), 1);
    expect(versions(world)).toEqual([]);
    await world.settle(wish([shop('2.0', method)], { ...SUSPENDED, ...texts }));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });

  it('an upgrade that fails meanwhile is noted as failed, and nothing more', async () => {
    const world = await running();
    const texts = { earlier: [shop('1.0')] };
    await world.converge(wish([shop('2.0')], texts));
    world.docker.engine.endProcess('acme.shop.web-1.main', 3);
    expect(story(await world.converge(wish([shop('2.0')], { ...SUSPENDED, ...texts })))).toEqual([
      'abort upgrade of acme.shop to 2.0',
    ]);
  });

  it('the plan is kept as long as nothing moves', async () => {
    const world = await running();
    const site = wish([shop('2.0')], { ...SUSPENDED, earlier: [shop('1.0')] });
    const observed = await world.observe();
    const input = { desired: site, observed, inFlight: [], attempts: [], ongoing: [], networkPool: '10.201.0.0/16' };
    const first = planHost({ ...input, now: world.now });
    const second = planHost({ ...input, now: world.now + 60_000 }, first);
    expect(second.applications.get('acme.shop')).toBe(first.applications.get('acme.shop'));
  });
});

describe('beside a suspended deployment', () => {
  it('everything else goes on, and its removal does not count as one', async () => {
    const world = createWorld();
    const names = ['shop', 'till', 'scale', 'label'];
    await world.settle(wish(names.map((name) => application(name))));
    const plan = await world.plan(wish([], SUSPENDED));
    expect(plan.held).toEqual([]);
    expect(new Set(plan.steps.map((step) => step.application))).toEqual(
      new Set(['acme.till', 'acme.scale', 'acme.label']),
    );
  });
});
