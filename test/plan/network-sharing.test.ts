import { describe, expect, it } from 'vitest';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import { application, desire, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';

// Applications of a tenant that name one network are on it together; it is there as long as one of them is.

const SHARED = { network: { 'shared-application-network': 'backbone' } };
const shop = application('shop', SHARED);
const till = application('till', SHARED);

async function converged(...specs: readonly ApplicationSpec[]): Promise<World> {
  const world = createWorld();
  await world.converge(desire(specs));
  return world;
}

const networks = (world: World) =>
  world.docker.engine.networks
    .all()
    .map(({ name }) => name)
    .sort();

describe('a network that applications share', () => {
  it('is made once, in one range, and all of them are on it', async () => {
    const plan = await createWorld().plan(desire([shop, till]));
    expect(plan.steps.filter(({ action }) => action.kind === 'create-network')).toMatchObject([
      { id: 'create network acme.backbone.shared', application: '', reason: 'a network that applications share' },
    ]);
    const world = await converged(shop, till);
    expect(networks(world)).toEqual(['acme.backbone.shared']);
    const sandboxes = world.docker.engine.containers().filter(({ desired }) => desired.role === 'sandbox');
    expect(sandboxes.map(({ networkIds }) => [...networkIds.keys()])).toEqual([
      ['acme.backbone.shared'],
      ['acme.backbone.shared'],
    ]);
    expect((await world.plan(desire([shop, till]))).steps).toEqual([]);
  });

  it('is one for each tenant', async () => {
    const world = createWorld();
    await world.converge(desire([shop]));
    const other = desire([shop], { tenant: 'other' }).applications;
    const both = desire([shop]);
    await world.converge({ ...both, applications: { ...both.applications, ...other } });
    expect(networks(world)).toEqual(['acme.backbone.shared', 'other.backbone.shared']);
  });

  it('stays while one application is on it, and goes with the last', async () => {
    const world = await converged(shop, till);
    await world.converge(desire([till]));
    expect(networks(world)).toEqual(['acme.backbone.shared']);
    const done = await world.converge(desire([]));
    expect(done.at(-1)).toBe('remove network acme.backbone.shared');
    expect(networks(world)).toEqual([]);
  });

  it('takes the place of an application’s own, and gives it back', async () => {
    const world = await converged(application('shop'));
    await world.converge(desire([shop]));
    expect(networks(world)).toEqual(['acme.backbone.shared']);
    await world.converge(desire([application('shop')]));
    expect(networks(world)).toEqual(['acme.shop']);
  });

  it('is found by the names that hold the application alone', () => {
    const [instance] = desire([shop]).applications['acme.shop']!.instances;
    expect(instance!.sandbox.network).toMatchObject({
      network: 'acme.backbone.shared',
      aliases: ['web.shop', 'web.shop.internal', 'web-1.shop', 'web-1.shop.internal'],
    });
  });

  it('is not taken away from an application that is left alone', async () => {
    const world = await converged(shop);
    const plan = await world.plan(desire([], { leftAlone: { 'acme.shop': 'rejected' } }));
    expect(plan.steps).toEqual([]);
  });

  it('stays while a broken file of its tenant may want it', async () => {
    const world = await converged(shop);
    for (const { id } of world.docker.engine.containers()) world.docker.engine.remove(id);
    const plan = await world.plan(desire([], { frozenTenants: { acme: 'shop.yaml does not parse' } }));
    expect(plan.steps).toEqual([]);
    expect((await world.plan(desire([]))).steps).toMatchObject([{ id: 'remove network acme.backbone.shared' }]);
  });

  it('is not confused with the network of an application of its name', async () => {
    const world = await converged(shop, application('backbone', { services: [service('db')] }));
    expect(networks(world)).toEqual(['acme.backbone', 'acme.backbone.shared']);
  });
});
