import { describe, expect, it } from 'vitest';
import { container, service } from '../builders.ts';
import { shop, versions, web } from '../upgrade/stories.ts';
import { createWorld, type World } from '../world.ts';
import { waiting, windowAt, wish, type SiteWish } from './holding.ts';

// The world begins at 00:16:40 of Thursday, 1 January 1970.

const HOUR = 3_600_000;
const WHY = 'no upgrade window of site local is open';

const at = (minute: number): SiteWish => ({ windows: [windowAt(minute)], earlier: [shop('1.0')] });
const AT_TWO = at(120);

async function running(spec = shop('1.0')): Promise<World> {
  const world = createWorld();
  await world.settle(wish([spec], { revision: 'r0' }));
  return world;
}

describe('outside of its upgrade windows', () => {
  it('a new version waits at a site, and is brought when the next one opens, without looking in between', async () => {
    const world = await running();
    const plan = await world.plan(wish([shop('2.0')], AT_TWO));
    expect(plan.steps).toEqual([]);
    expect(waiting(plan)).toContain(`begin upgrade of acme.shop to 2.0 (${WHY})`);
    expect(plan.wakeAt).toBe(2 * HOUR);
    world.now = 2 * HOUR - 1;
    expect(await world.converge(wish([shop('2.0')], AT_TWO))).toEqual([]);
    world.now = 2 * HOUR;
    await world.settle(wish([shop('2.0')], AT_TWO));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });

  it('the newest version waits alone: one that came before it is not brought any more', async () => {
    const world = await running();
    await world.converge(wish([shop('2.0')], AT_TWO));
    world.now = 2 * HOUR;
    const next = wish([shop('3.0')], { ...AT_TWO, earlier: [shop('2.0'), shop('1.0')] });
    const done = await world.settle(next);
    expect(done.filter((step) => step.startsWith('begin'))).toEqual(['begin upgrade of acme.shop to 3.0']);
  });

  it('what is new is started at once', async () => {
    const world = createWorld();
    await world.converge(wish([shop('2.0')], AT_TWO));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });

  it('another text of the same version is brought at once', async () => {
    const world = await running();
    await world.converge(wish([shop('1.0', { services: [web(4)] })], AT_TWO));
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0', 'web-3 1.0', 'web-4 1.0']);
  });

  it('what is removed goes at once', async () => {
    const world = await running();
    await world.converge(wish([], AT_TWO));
    expect(versions(world)).toEqual([]);
  });

  it('nothing of the new version is there: no image, no service, no replica, and nothing of the old one goes', async () => {
    const world = await running(shop('1.0', { services: [web(2), service('old')] }));
    const next = shop('2.0', {
      services: [
        service('web', { replicas: 3, containers: [container('main', { image: 'new:1' })] }),
        service('fresh'),
      ],
    });
    const texts = { ...AT_TWO, earlier: [shop('1.0', { services: [web(2), service('old')] })] };
    expect(await world.converge(wish([next], texts))).toEqual([]);
    expect(versions(world)).toEqual(['old-1 1.0', 'web-1 1.0', 'web-2 1.0']);
  });

  it('what runs is healed in the version that runs, services among them that the new one does not have', async () => {
    const world = await running(shop('1.0', { services: [web(2), service('old')] }));
    const texts = { ...AT_TWO, earlier: [shop('1.0', { services: [web(2), service('old')] })] };
    for (const name of ['old-1', 'old-1.main', 'web-1', 'web-1.main']) world.docker.engine.remove(`acme.shop.${name}`);
    await world.converge(wish([shop('2.0')], texts));
    expect(versions(world)).toEqual(['old-1 1.0', 'web-1 1.0', 'web-2 1.0']);
  });

  it('an instance that is made anew for another reason does not become one of the new version', async () => {
    const spec = shop('1.0', { services: [web(1)] });
    const world = await running(spec);
    const site = wish([shop('2.0', { services: [web(1)] })], { ...AT_TWO, earlier: [spec] });
    for (const name of ['.main', '']) world.docker.engine.remove(`acme.shop.web-1${name}`);
    const { hash } = site.earlier['acme.shop']![0]!;
    const ongoing = [{ target: 'acme.shop.web-1', desiredHash: hash, intent: 'repair' as const, reason: 'x' }];
    const { steps } = await world.plan(site, { ongoing });
    const created = steps.find(({ id }) => id === 'create sandbox acme.shop.web-1');
    expect(created?.action).toMatchObject({ labels: { 'io.fairlead.application-version': '1.0' } });
  });
});

describe('when a window closes', () => {
  it('an upgrade that has begun goes on to its end', async () => {
    const world = await running();
    world.now = 2 * HOUR;
    await world.converge(wish([shop('2.0')], AT_TWO));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 1.0', 'web-3 1.0']);
    world.now = 3 * HOUR;
    await world.settle(wish([shop('2.0')], AT_TWO));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
    expect(world.now).toBeLessThan(4 * HOUR);
  });

  it('one without an upgrade procedure does, too', async () => {
    const plain = (version: string) => shop(version, { 'upgrade-from': [] });
    const world = await running(plain('1.0'));
    world.now = 3 * HOUR - 1000;
    const site = wish([plain('2.0')], { ...AT_TWO, earlier: [plain('1.0')] });
    for (let left = 20; new Set(versions(world).map((one) => one.slice(-3))).size < 2 && left > 0; left -= 1)
      await world.converge(site, 1);
    world.now = 3 * HOUR;
    await world.converge(site);
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });

  it('what has to be changed in it is: a commit that mends or reverts it is not held up', async () => {
    const world = await running();
    world.now = 2 * HOUR;
    await world.converge(wish([shop('2.0')], AT_TWO));
    world.now = 3 * HOUR;
    await world.settle(wish([shop('1.0')], { ...AT_TWO, earlier: [shop('2.0')] }));
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0', 'web-3 1.0']);
  });

  it('an upgrade that failed is taken back, and what was taken back waits again', async () => {
    const rollback = { 'version-regexp': '.', method: 'per-service' as const, 'on-failure': 'rollback' as const };
    const spec = (version: string) =>
      shop(version, { 'upgrade-from': [{ ...rollback, services: [{ name: 'web', 'healthy-time': '10s' }] }] });
    const world = await running(spec('1.0'));
    world.now = 3 * HOUR - 5000;
    const texts = { ...AT_TWO, earlier: [spec('1.0')] };
    await world.converge(wish([spec('2.0')], texts));
    world.docker.engine.endProcess('acme.shop.web-1.main', 3);
    world.now += 5000;
    await world.settle(wish([spec('2.0')], texts));
    expect(versions(world)).toEqual(['web-1 1.0', 'web-2 1.0', 'web-3 1.0']);
    const plan = await world.plan(wish([spec('2.1')], { ...texts, earlier: [spec('2.0'), spec('1.0')] }));
    expect(waiting(plan)).toContain(`begin upgrade of acme.shop to 2.1 (${WHY})`);
  });
});

describe('where upgrades are blocked', () => {
  it('a new version waits whatever the windows say, and goes on at once when they are no longer', async () => {
    const world = await running();
    const plan = await world.plan(wish([shop('2.0')], { ...at(0), upgradesBlocked: true }));
    expect(plan.steps).toEqual([]);
    expect(waiting(plan)).toContain('begin upgrade of acme.shop to 2.0 (upgrades are blocked at site local)');
    expect(plan.wakeAt).toBeUndefined();
    await world.settle(wish([shop('2.0')], at(0)));
    expect(versions(world)).toEqual(['web-1 2.0', 'web-2 2.0', 'web-3 2.0']);
  });
});
