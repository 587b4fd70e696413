import { describe, expect, it } from 'vitest';
import type { ServiceSpec } from '../../src/model/application-spec.ts';
import { application, container, desire, service } from '../builders.ts';
import { createWorld, lines, type World } from '../world.ts';

// Volumes live as long as avassa-reference 2.5 says, and data is never thrown away for a changed wish.

const CACHE = { name: 'cache', 'ephemeral-volume': { size: '10MB' } };
const DATA = { name: 'data', 'persistent-volume': { size: '10MB' } };
const CONFIG = { name: 'config', 'config-map': { items: [{ name: 'a.conf', data: 'x' }] } };

function shop(volumes: ServiceSpec['volumes'], fields: Partial<ServiceSpec> = {}) {
  return application('shop', { services: [service('web', { volumes: volumes ?? [], ...fields })] });
}

async function converged(spec: ReturnType<typeof shop>): Promise<World> {
  const world = createWorld();
  await world.converge(desire([spec]));
  return world;
}

const volumes = async (world: World) => {
  const seen = await world.docker.listVolumes('test', new AbortController().signal);
  return seen.map(({ name }) => name).sort();
};

describe('the volumes of an instance', () => {
  it('are made before its sandbox, and config maps are written before its containers start', async () => {
    const done = await createWorld().converge(desire([shop([CACHE, CONFIG])]));
    expect(done).toEqual([
      'create network acme.shop',
      'create volume acme.shop.web-1.cache',
      'create volume acme.shop.web-1.config',
      'create sandbox acme.shop.web-1',
      'start container acme.shop.web-1',
      'write files of acme.shop.web-1.config',
      'create container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
    ]);
  });

  it('stay when a new version takes over', async () => {
    const world = await converged(shop([CACHE, DATA]));
    const done = await world.converge(desire([{ ...shop([CACHE, DATA]), version: '2.0' }]));
    expect(done.filter((step) => step.includes('volume'))).toEqual([]);
  });

  it('stay as they were made when their size changes', async () => {
    const world = await converged(shop([CACHE]));
    const grown = shop([{ name: 'cache', 'ephemeral-volume': { size: '20MB' } }]);
    expect((await world.converge(desire([grown]))).filter((step) => step.includes('volume'))).toEqual([]);
  });

  it('go with the instance, but for persistent ones', async () => {
    const world = await converged(shop([CACHE, DATA, CONFIG], { replicas: 2 }));
    await world.converge(desire([shop([CACHE, DATA, CONFIG])]));
    const first = ['acme.shop.web-1.cache', 'acme.shop.web-1.config', 'acme.shop.web-1.data'];
    expect(await volumes(world)).toEqual([...first, 'acme.shop.web-2.data']);
  });

  it('go with the application, but for persistent ones, and these are found again', async () => {
    const world = await converged(shop([CACHE, DATA]));
    const done = await world.converge(desire([]));
    expect(done).toContain('remove volume acme.shop.web-1.cache');
    expect(await volumes(world)).toEqual(['acme.shop.web-1.data']);
    const observed = await world.observe();
    expect(observed.applications).toEqual({});
    expect(observed.persistentVolumes).toMatchObject([{ name: 'acme.shop.web-1.data', volume: 'data' }]);
    const back = await world.converge(desire([shop([CACHE, DATA])]));
    expect(back).not.toContain('create volume acme.shop.web-1.data');
  });

  it('that are persistent serve a returning application, whatever kind it asks for now', async () => {
    const world = await converged(shop([DATA]));
    await world.converge(desire([]));
    const ephemeral = shop([{ name: 'data', 'ephemeral-volume': { size: '10MB' } }]);
    const done = await world.converge(desire([ephemeral]));
    expect(done).not.toContain('create volume acme.shop.web-1.data');
    expect(done.at(-1)).toBe('start container acme.shop.web-1.main');
  });

  it('go when the specification drops them, after the containers that had them', async () => {
    const world = await converged(shop([CACHE, DATA]));
    const plan = await world.plan(desire([shop([DATA])]));
    expect(lines(plan).at(-1)).toBe('remove volume acme.shop.web-1.cache — volume cache: not in its specification');
    await world.converge(desire([shop([DATA])]));
    expect(await volumes(world)).toEqual(['acme.shop.web-1.data']);
  });

  it('that a crash left over go with the next look', async () => {
    const world = await converged(shop([CACHE]));
    const { engine } = world.docker;
    for (const { id } of engine.containers()) engine.remove(id);
    expect(await world.converge(desire([]))).toEqual([
      'remove volume acme.shop.web-1.cache',
      'remove network acme.shop',
    ]);
  });

  it('are made anew as another kind, unless one is persistent', async () => {
    const persistent = { name: 'cache', 'persistent-volume': { size: '10MB' } };
    const world = await converged(shop([CACHE]));
    const done = await world.converge(desire([shop([persistent])]));
    expect(done).toContain('remove volume acme.shop.web-1.cache');
    expect(done).toContain('create volume acme.shop.web-1.cache');
    const back = await world.converge(desire([shop([CACHE])]));
    expect(back.filter((step) => step.includes('volume'))).toEqual([]);
  });

  it('that cannot be made stop nothing: what runs keeps running on what it has', async () => {
    const world = await converged(shop([DATA]));
    const config = { name: 'data', 'config-map': { items: [{ name: 'a.conf', data: 'x' }] } };
    await expect(world.converge(desire([shop([config])]))).rejects.toThrow('of the kind persistent');
    expect(world.docker.engine.find('acme.shop.web-1.main')?.status).toBe('running');
  });

  it('are asked nothing of while the host is as desired', async () => {
    const world = await converged(shop([CACHE, DATA, CONFIG], { containers: [container('main')] }));
    expect((await world.plan(desire([shop([CACHE, DATA, CONFIG])]))).steps).toEqual([]);
  });
});
