import { describe, expect, it } from 'vitest';
import { application, container, service } from '../builders.ts';
import { PER_SERVICE } from '../upgrade/stories.ts';
import { createWorld, type World } from '../world.ts';
import { waiting, windowAt, wish } from './holding.ts';

const probed = container('main', { probes: { readiness: { tcp: { port: 5432 } } } });
const DB = application('db', { services: [service('db', { containers: [probed] })] });
const SHOP = application('shop', { 'depends-on': ['db'] });
const BOTH = [DB, SHOP];

/** `db 1.0`: the applications that run, and their versions. */
function versions({ docker }: World): string[] {
  const sandboxes = docker.engine.containers().filter(({ desired }) => desired.role === 'sandbox');
  return sandboxes.map(
    ({ labels: { 'io.fairlead.application': name, 'io.fairlead.application-version': version } }) =>
      `${name ?? ''} ${version ?? ''}`,
  );
}

function becomes(world: World, readiness: 'success' | 'failure'): void {
  world.probe(world.docker.engine.get('acme.db.db-1.main', 'test').id, { readiness });
}

async function running(): Promise<World> {
  const world = createWorld();
  await world.converge(wish(BOTH));
  becomes(world, 'success');
  await world.settle(wish(BOTH));
  world.now += 1000;
  return world;
}

describe('an application that depends on another', () => {
  it('is started when that is ready', async () => {
    const world = createWorld();
    await world.converge(wish(BOTH));
    expect(versions(world)).toEqual(['db 1.0']);
    const plan = await world.plan(wish(BOTH));
    expect(waiting(plan)).toContain(
      'create sandbox acme.shop.web-1 (application db, which it depends on, is not ready)',
    );
    expect(plan.wakeAt).toBeUndefined();
    becomes(world, 'success');
    await world.converge(wish(BOTH));
    expect(versions(world)).toEqual(['db 1.0', 'shop 1.0']);
  });

  it('is not started where that is not deployed, and says so', async () => {
    const plan = await createWorld().plan(wish([SHOP]));
    expect(plan.steps).toEqual([]);
    expect(waiting(plan)).toContain(
      'create network acme.shop (application db, which it depends on, is not deployed here)',
    );
  });

  it('is started where that is left alone and well', async () => {
    const world = createWorld();
    await world.converge(wish([DB]));
    becomes(world, 'success');
    const site = { ...wish([SHOP]), leftAlone: { 'acme.db': 'rejected' } };
    await world.converge(site);
    expect(versions(world)).toEqual(['db 1.0', 'shop 1.0']);
  });

  it('runs on when that fails or goes, is healed and changed, and removed', async () => {
    const world = await running();
    becomes(world, 'failure');
    expect(await world.converge(wish(BOTH))).toEqual([]);
    world.docker.engine.remove('acme.shop.web-1.main');
    expect(await world.converge(wish(BOTH))).toContain('create container acme.shop.web-1.main');
    const more = { ...SHOP, services: [service('web', { replicas: 2 })] };
    expect(await world.converge(wish([DB, more]))).toContain('create sandbox acme.shop.web-2');
    await world.converge(wish([more]));
    expect(versions(world)).toEqual(['shop 1.0', 'shop 1.0']);
    await world.converge(wish([]));
    expect(versions(world)).toEqual([]);
  });

  it('comes back when nothing is left of it, whether or not that is ready: its network tells that it was started', async () => {
    const world = await running();
    becomes(world, 'failure');
    for (const name of ['.main', '']) world.docker.engine.remove(`acme.shop.web-1${name}`);
    expect(await world.converge(wish(BOTH))).toContain('create sandbox acme.shop.web-1');
  });

  it('is upgraded when that has been, and is ready', async () => {
    const world = await running();
    const next = BOTH.map((spec) => ({ ...spec, version: '2.0' }));
    const site = wish(next, { earlier: BOTH });
    expect(waiting(await world.plan(site))).toContain(
      'stop container acme.shop.web-1.main (application db, which it depends on, is to be upgraded to 2.0 first)',
    );
    await world.converge(site);
    expect(versions(world)).toEqual(['shop 1.0', 'db 2.0']);
    becomes(world, 'success');
    await world.converge(site);
    expect(versions(world).sort()).toEqual(['db 2.0', 'shop 2.0']);
  });

  it('is upgraded when the upgrade of that is at its end, healthy-time and all', async () => {
    const upgrade = { ...PER_SERVICE, services: [{ name: 'db', 'healthy-time': '30s' }] };
    const world = await running();
    const next = [
      { ...DB, version: '2.0', 'upgrade-from': [upgrade] },
      { ...SHOP, version: '2.0' },
    ];
    const site = wish(next, { earlier: BOTH });
    await world.converge(site);
    becomes(world, 'success');
    await world.converge(site);
    expect(waiting(await world.plan(site))).toContain(
      'stop container acme.shop.web-1.main (application db, which it depends on, is being upgraded to 2.0 first)',
    );
    await world.settle(site);
    expect(versions(world).sort()).toEqual(['db 2.0', 'shop 2.0']);
  });

  it('is not upgraded after the upgrade of that has failed', async () => {
    const upgrade = { ...PER_SERVICE, services: [{ name: 'db', 'healthy-time': '30s' }] };
    const world = await running();
    const next = [
      { ...DB, version: '2.0', 'upgrade-from': [upgrade] },
      { ...SHOP, version: '2.0' },
    ];
    const site = wish(next, { earlier: BOTH });
    await world.converge(site);
    world.docker.engine.endProcess('acme.db.db-1.main', 1);
    await world.converge(site);
    expect(waiting(await world.plan(site))).toContain(
      'stop container acme.shop.web-1.main (application db, which it depends on, is to be upgraded first, and its upgrade failed)',
    );
  });

  it('is upgraded though that waits for it no longer: an upgrade of its own that has begun goes on', async () => {
    const upgrade = { ...PER_SERVICE, services: [{ name: 'web', 'healthy-time': '30s' }] };
    const shop = { ...SHOP, version: '2.0', 'upgrade-from': [upgrade], services: [service('web', { replicas: 2 })] };
    const world = await running();
    const texts = { earlier: BOTH };
    await world.converge(wish([DB, shop], texts));
    const both = wish([{ ...DB, version: '2.0' }, shop], texts);
    await world.settle(both);
    expect(versions(world).sort()).toEqual(['db 2.0', 'shop 2.0', 'shop 2.0']);
  });

  it('of which that waits for a window waits with it, and follows it', async () => {
    const world = await running();
    const next = BOTH.map((spec) => ({ ...spec, version: '2.0' }));
    const site = wish(next, { earlier: BOTH, windows: [windowAt(120)] });
    expect(await world.converge(site)).toEqual([]);
    world.now = 2 * 3_600_000;
    await world.converge(site);
    expect(versions(world)).toEqual(['shop 1.0', 'db 2.0']);
    becomes(world, 'success');
    await world.converge(site);
    expect(versions(world).sort()).toEqual(['db 2.0', 'shop 2.0']);
  });
});

describe('applications that depend on one another', () => {
  it('in texts of several commits wait for nobody in their circle', async () => {
    const world = createWorld();
    const circle = [
      application('aa', { 'depends-on': ['bb'] }),
      application('bb', { 'depends-on': ['cc', 'dd'] }),
      application('cc', { 'depends-on': ['aa'] }),
      application('dd'),
    ];
    expect(wish(circle).dependencies).toEqual({ 'acme.aa': [], 'acme.bb': ['acme.dd'], 'acme.cc': [] });
    await world.converge(wish(circle));
    expect(versions(world).sort()).toEqual(['aa 1.0', 'bb 1.0', 'cc 1.0', 'dd 1.0']);
  });
});
