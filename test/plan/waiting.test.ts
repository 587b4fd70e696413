import { describe, expect, it } from 'vitest';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { Attempt, Plan } from '../../src/model/plan.ts';
import { startableSteps } from '../../src/execute/lanes.ts';
import { application, container, desire, IMAGE, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';

// What waits for what, and for how long.

const HERE = service('web', { containers: [container('a'), container('b')] });
const OTHER = service('db', { containers: [container('main', { image: 'shop-db:1' })] });
const SHOP = application('shop', { services: [HERE, OTHER] });

async function converged(spec: ApplicationSpec): Promise<World> {
  const world = createWorld();
  await world.converge(desire([spec]));
  world.now += 1000;
  return world;
}

/** What may be done before any pull has ended. */
const now = (plan: Plan) => startableSteps(plan, []).map(({ id }) => id);
const id = (world: World, name: string) => world.docker.engine.get(name, 'test').id;

describe('with an image that is gone and cannot be pulled again', () => {
  async function afterLoss(tamper: (world: World) => void): Promise<string[]> {
    const world = await converged(SHOP);
    world.docker.engine.images.delete('shop-db:1');
    tamper(world);
    return now(await world.plan(desire([SHOP])));
  }

  it('a container of another image is made anew at once', async () => {
    const steps = await afterLoss((world) => world.docker.engine.remove(id(world, 'acme.shop.web-1.a')));
    expect(steps).toEqual(['pull image shop-db:1', 'create container acme.shop.web-1.a']);
  });

  it('a whole instance of other images is made anew at once', async () => {
    const steps = await afterLoss((world) => {
      for (const name of ['.a', '.b', '']) world.docker.engine.remove(id(world, `acme.shop.web-1${name}`));
    });
    expect(steps).toEqual(['pull image shop-db:1', 'create sandbox acme.shop.web-1']);
  });

  it('a container of that very image is started and woken, for that needs no image', async () => {
    const stopped = await afterLoss((world) => world.docker.engine.stop(id(world, 'acme.shop.db-1.main')));
    expect(stopped).toContain('start container acme.shop.db-1.main');
    const paused = await afterLoss((world) => world.docker.engine.pause('acme.shop.db-1.main'));
    expect(paused).toContain('unpause container acme.shop.db-1.main');
  });

  it('a container of that very image is not taken away before the image is there', async () => {
    const steps = await afterLoss((world) =>
      world.docker.engine.connect('acme.shop.db-1', (world.docker.engine.networks.all()[0] ?? { name: '' }).name),
    );
    expect(steps).toEqual(['pull image shop-db:1']);
  });

  it('no container is replaced by a new text', async () => {
    const world = await converged(SHOP);
    const web = service('web', { containers: [container('a', { env: { COLOUR: 'red' } }), container('b')] });
    const next = application('shop', {
      services: [web, { ...OTHER, containers: [container('main', { image: 'x:2' })] }],
    });
    expect(now(await world.plan(desire([next])))).toEqual(['pull image x:2']);
  });

  it('no instance of a new application is made', async () => {
    expect(now(await createWorld().plan(desire([SHOP])))).toEqual(['create network acme.shop', 'pull image shop-db:1']);
  });
});

describe('a service that is gone', () => {
  const renamed = (image: string) =>
    application('shop', { services: [service('front', { containers: [container('main', { image })] })] });

  it('stays until the images of what follows it are there', async () => {
    const world = await converged(application('shop', { services: [HERE] }));
    expect(now(await world.plan(desire([renamed('front:1')])))).toEqual(['pull image front:1']);
    expect(now(await world.plan(desire([renamed(IMAGE)])))).toContain('stop container acme.shop.web-1.a');
  });

  it('is not waited for when a service only shrinks', async () => {
    const of = (replicas: number, more: readonly (typeof OTHER)[]) =>
      application('shop', { services: [service('web', { replicas }), ...more] });
    const world = await converged(of(2, []));
    expect(now(await world.plan(desire([of(1, [OTHER])])))).toContain('stop container acme.shop.web-2.main');
  });
});

describe('a start that is put off', () => {
  const desired = desire([application('shop', { services: [HERE] })]);
  const tried = (world: World, stepId: string): Attempt => {
    const desiredHash = desired.applications['acme.shop']!.hash;
    return { stepId, application: 'acme.shop', desiredHash, count: 6, at: world.now, error: '' };
  };

  it('puts off the stop before it, and nothing of other containers', async () => {
    const world = await converged(application('shop', { services: [HERE] }));
    world.docker.engine.stop(id(world, 'acme.shop.web-1'));
    world.now += 10;
    world.docker.engine.start('acme.shop.web-1');
    const attempts = [tried(world, 'start container acme.shop.web-1.a')];
    const plan = await world.plan(desired, { attempts });
    expect(plan.later.map(({ step }) => step.id)).toEqual([
      'stop container acme.shop.web-1.a',
      'start container acme.shop.web-1.a',
    ]);
    expect(plan.wakeAt).toBe(world.now + 16_000);
    expect(now(plan)).toEqual(['stop container acme.shop.web-1.b']);
  });

  it('does not keep a sandbox and its other containers from coming back', async () => {
    const world = await converged(application('shop', { services: [HERE] }));
    world.docker.engine.stop(id(world, 'acme.shop.web-1'));
    const attempts = [tried(world, 'start container acme.shop.web-1.a')];
    const plan = await world.plan(desired, { attempts });
    expect(now(plan)).toEqual(['stop container acme.shop.web-1.a', 'stop container acme.shop.web-1.b']);
    expect(plan.steps.map(({ id: step }) => step)).toContain('start container acme.shop.web-1');
  });
});

describe('a subnet the engine refused', () => {
  const desired = desire([application('shop')]);

  it('is not chosen again while that is remembered', async () => {
    const world = createWorld();
    const stepId = 'create network acme.shop';
    const desiredHash = desired.applications['acme.shop']!.hash;
    const refusedSubnets = ['10.201.0.0/26', '10.201.0.64/26'];
    const failed = { stepId, application: 'acme.shop', desiredHash, count: 2, at: world.now - 5000, error: 'overlaps' };
    const attempts: readonly Attempt[] = [{ ...failed, refusedSubnets }];
    const subnet = async () => {
      const [first] = (await world.plan(desired, { attempts })).steps;
      return first?.action.kind === 'create-network' ? first.action.subnet : undefined;
    };
    expect(await subnet()).toBe('10.201.0.128/26');
    world.now += 600_000;
    expect(await subnet()).toBe('10.201.0.0/26');
  });
});
