import { describe, expect, it } from 'vitest';
import type { ServiceSpec, VolumeSpec } from '../../src/model/application-spec.ts';
import { foresee } from '../../src/foresee/foresee.ts';
import { desireNothing } from '../../src/uninstall/desire-nothing.ts';
import { formatPreview } from '../../src/uninstall/format-inventory.ts';
import { inventoryOf } from '../../src/uninstall/inventory.ts';
import { application, container, desire, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';

// Everything of an owner goes but data.

const VOLUMES: readonly VolumeSpec[] = [
  { name: 'cache', 'ephemeral-volume': { size: '10MB' } },
  { name: 'data', 'persistent-volume': { size: '10MB' } },
  { name: 'config', 'config-map': { items: [{ name: 'a.conf', data: 'x' }] } },
];
const NOTHING = desireNothing('test', 'local');

function shop(name: string, fields: Partial<ServiceSpec> = {}) {
  return application(name, { services: [service('web', { volumes: [...VOLUMES], ...fields })] });
}

async function converged(...specs: readonly ReturnType<typeof shop>[]): Promise<World> {
  const world = createWorld();
  await world.converge(desire(specs));
  return world;
}

async function inventory(world: World) {
  const input = { desired: NOTHING, networkPool: '10.201.0.0/16', now: world.now, allowsPrune: () => true };
  return inventoryOf(foresee({ ...input, observed: await world.observe() }));
}

describe('a site of which nothing is desired but data', () => {
  it('loses containers, network and config maps; persistent and ephemeral volumes stay', async () => {
    const world = await converged(shop('shop'));
    expect(await world.converge(NOTHING)).toEqual([
      'stop container acme.shop.web-1.main',
      'remove container acme.shop.web-1.main',
      'remove container acme.shop.web-1',
      'remove volume acme.shop.web-1.config',
      'remove network acme.shop',
    ]);
    const volumes = await world.docker.listVolumes('test', new AbortController().signal);
    expect(volumes.map(({ name }) => name).sort()).toEqual(['acme.shop.web-1.cache', 'acme.shop.web-1.data']);
  });

  it('has nothing left to do then, though the volumes are there', async () => {
    const world = await converged(shop('shop'));
    await world.converge(NOTHING);
    expect(await world.converge(NOTHING)).toEqual([]);
    expect(await inventory(world)).toMatchObject({ goes: [], hindrances: [] });
  });

  it('keeps logs that are too old by now', async () => {
    const logged = container('main', { 'container-log-archive': true, 'container-log-max-days': 1 });
    const world = await converged(shop('shop', { containers: [logged] }));
    await world.converge(NOTHING);
    world.now += 10 * 86_400_000;
    expect(await world.converge(NOTHING)).toEqual([]);
    expect((await inventory(world)).stays.filter(({ what }) => what === 'kept log')).toHaveLength(1);
    // A daemon that keeps to its times would take it away.
    expect((await world.plan(desire([]))).steps.map(({ id }) => id)).toContainEqual(expect.stringContaining('.log-'));
  });

  it('is no different for more applications than a commit may remove unasked', async () => {
    const world = await converged(...['a', 'b', 'c', 'd', 'e'].map((name) => shop(name)));
    const { goes, hindrances } = await inventory(world);
    expect(goes.filter((thing) => thing.startsWith('network'))).toHaveLength(5);
    expect(hindrances).toEqual([]);
  });
});

describe('the inventory of an owner', () => {
  it('names what goes in its order and the volumes that stay, with the command that removes them', async () => {
    const world = await converged(shop('shop'));
    const text = formatPreview(await inventory(world), ['fairlead/sandbox:1'], {
      owner: 'test',
      endpoint: 'unix:///s',
    });
    expect(text).toBe(`Would be removed of owner "test" on unix:///s:
  container acme.shop.web-1.main
  container acme.shop.web-1
  config map acme.shop.web-1.config
  network acme.shop
  image fairlead/sandbox:1, unless another owner uses it
Volumes with data stay:
  acme.shop.web-1.cache (ephemeral)
  acme.shop.web-1.data (persistent)
To remove them, WITH THEIR DATA:
  docker volume rm acme.shop.web-1.cache acme.shop.web-1.data
Nothing was touched. Stop the daemon, then do it with --yes.
`);
  });

  it('says how long delayed shutdowns may take, and nothing of what is noted on the way', async () => {
    const slow = container('main', { 'delayed-shutdown-cmd': ['leave'] });
    const lasting = { containers: [slow], 'delayed-shutdown': { timeout: '90s' } };
    const world = await converged(shop('shop', lasting));
    const found = await inventory(world);
    expect(found.goes.filter((thing) => thing.startsWith('marker'))).toEqual([]);
    expect(found.goes).toContain('container acme.shop.web-1');
  });

  it('finds nothing on an empty host', async () => {
    const found = await inventory(createWorld());
    expect(found).toEqual({ goes: [], atLeastMs: 0, hindrances: [], stays: [] });
    const text = formatPreview(found, ['fairlead/sandbox:1'], { owner: 'test', endpoint: 'unix:///s' });
    expect(text).toBe('Nothing to remove of owner "test" on unix:///s.\n');
  });
});
