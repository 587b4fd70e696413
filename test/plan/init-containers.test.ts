import { describe, expect, it } from 'vitest';
import type { DesiredContainer } from '../../src/model/desired.ts';
import { application, container, desire, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';

// Init containers run one after another, each to its end, before the containers start.

const SHOP = application('shop', {
  services: [
    service('web', { 'init-containers': [container('fetch'), container('unpack')], containers: [container('main')] }),
  ],
});

const id = (world: World, name: string) => world.docker.engine.get(name, 'test').id;

async function converged(): Promise<World> {
  const world = createWorld();
  await world.converge(desire([SHOP]));
  world.now += 1000;
  return world;
}

/** A world in which they run until they are ended. */
function slowWorld(): World {
  return createWorld(() => undefined);
}

describe('init containers', () => {
  it('run in order, and the containers after them', async () => {
    const done = await createWorld().converge(desire([SHOP]));
    expect(done.slice(3)).toEqual([
      'create init container acme.shop.web-1.fetch',
      'start container acme.shop.web-1.fetch',
      'create init container acme.shop.web-1.unpack',
      'start container acme.shop.web-1.unpack',
      'create container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
    ]);
  });

  it('hold up what follows them while they run, and the plan says so', async () => {
    const world = slowWorld();
    await world.converge(desire([SHOP]));
    const plan = await world.plan(desire([SHOP]));
    expect(plan.steps).toEqual([]);
    expect(plan.wakeAt).toBeUndefined();
    expect(plan.later.map(({ step, at, waitingFor }) => `${step.id}: ${waitingFor}, ${at ?? 'no time'}`)).toEqual([
      'create init container acme.shop.web-1.unpack: init container fetch to end, no time',
      'start container acme.shop.web-1.unpack: init container fetch to end, no time',
      'create container acme.shop.web-1.main: init container unpack to end, no time',
      'start container acme.shop.web-1.main: init container unpack to end, no time',
    ]);
  });

  it('that end badly are started again, ever later', async () => {
    const fails = ({ container: name }: DesiredContainer) => (name === 'unpack' ? 3 : name === 'fetch' ? 0 : undefined);
    const world = createWorld(fails);
    await world.converge(desire([SHOP]), 7);
    const again = 'start container acme.shop.web-1.unpack';
    expect((await world.plan(desire([SHOP]))).steps).toMatchObject([
      { id: again, reason: 'unpack: it ended with exit code 3' },
    ]);
    const desired = desire([SHOP]);
    const hash = desired.applications['acme.shop']?.hash ?? '';
    const attempt = { stepId: again, application: 'acme.shop', desiredHash: hash, count: 3, at: world.now, error: '' };
    const plan = await world.plan(desired, { attempts: [attempt] });
    expect(plan.steps).toEqual([]);
    expect(plan.wakeAt).toBe(world.now + 2000);
  });

  it('do not run again when a container crashed or was removed, or when they were removed themselves', async () => {
    const world = await converged();
    const { engine } = world.docker;
    engine.remove(id(world, 'acme.shop.web-1.fetch'));
    expect((await world.plan(desire([SHOP]))).steps).toEqual([]);
    engine.remove(id(world, 'acme.shop.web-1.unpack'));
    engine.killByHand('acme.shop.web-1.main');
    expect(await world.converge(desire([SHOP]))).toEqual(['start container acme.shop.web-1.main']);
  });

  it('run again when the host was restarted, before any container', async () => {
    const world = await converged();
    world.docker.engine.shutDown();
    world.now += 1000;
    world.docker.engine.boot();
    expect(await world.converge(desire([SHOP]))).toEqual([
      'start container acme.shop.web-1',
      'start container acme.shop.web-1.fetch',
      'start container acme.shop.web-1.unpack',
      'start container acme.shop.web-1.main',
    ]);
  });

  it('stop a container that has outlived its sandbox before they run', async () => {
    const world = await converged();
    world.docker.engine.stop(id(world, 'acme.shop.web-1'));
    world.now += 1000;
    const done = await world.converge(desire([SHOP]));
    expect(done).toEqual([
      'stop container acme.shop.web-1.main',
      'start container acme.shop.web-1',
      'start container acme.shop.web-1.fetch',
      'start container acme.shop.web-1.unpack',
      'start container acme.shop.web-1.main',
    ]);
  });

  it('never run beside a container that still runs from before its sandbox was restarted', async () => {
    const world = await converged();
    const { engine } = world.docker;
    engine.stop(id(world, 'acme.shop.web-1'));
    world.now += 1000;
    engine.start('acme.shop.web-1');
    expect(await world.converge(desire([SHOP]))).toEqual([
      'stop container acme.shop.web-1.main',
      'start container acme.shop.web-1.fetch',
      'start container acme.shop.web-1.unpack',
      'start container acme.shop.web-1.main',
    ]);
  });

  it('that changed make the instance anew', async () => {
    const world = await converged();
    const changed = container('unpack', { env: { DEPTH: '2' } });
    const web = service('web', {
      'init-containers': [container('fetch'), changed],
      containers: [container('main')],
    });
    const done = await world.converge(desire([application('shop', { services: [web] })]));
    expect(done).toContain('create sandbox acme.shop.web-1');
    expect(done.at(-1)).toBe('start container acme.shop.web-1.main');
  });
});
