import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../src/model/application-spec.ts';
import { application, container, desire, service } from '../builders.ts';
import { createWorld, lines, type World } from '../world.ts';

// A changed config map reaches running containers, which are told of it or restarted (contract 8.5, 8.12).

const MOUNT = { 'volume-name': 'config', 'mount-path': '/etc/shop' };

function shop(data: string, containers: readonly ContainerSpec[]) {
  const volumes = [{ name: 'config', 'config-map': { items: [{ name: 'a.conf', data }] } }];
  return application('shop', { services: [service('web', { volumes, containers: [...containers] })] });
}

const restarts = container('main', { mounts: [MOUNT] });
const listens = container('main', { mounts: [MOUNT], 'on-mounted-file-change': { cmd: ['reload'] } });
const deaf = container('other');

async function converged(...containers: readonly ContainerSpec[]): Promise<World> {
  const world = createWorld();
  await world.converge(desire([shop('one', containers)]));
  world.now += 1000;
  return world;
}

describe('a config map that changed', () => {
  it('is written, and the containers that have it mounted are restarted, no other', async () => {
    const world = await converged(restarts, deaf);
    const desired = desire([shop('two', [restarts, deaf])]);
    expect(lines(await world.plan(desired))).toEqual([
      'write files of acme.shop.web-1.config — the files of config changed',
      'stop container acme.shop.web-1.main — main: the files of config changed',
      'start container acme.shop.web-1.main — main: the files of config changed',
    ]);
    expect(await world.converge(desired)).toEqual([
      'write files of acme.shop.web-1.config',
      'stop container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
    ]);
  });

  it('is told to a container that has a command for it, which runs on', async () => {
    const world = await converged(listens);
    const done = await world.converge(desire([shop('two', [listens])]));
    expect(done).toEqual(['write files of acme.shop.web-1.config', 'announce files to acme.shop.web-1.main']);
  });

  it('is told after a crash between the writing and the telling, and only once', async () => {
    const world = await converged(listens);
    const desired = desire([shop('two', [listens])]);
    await world.converge(desired, 1);
    expect(await world.converge(desired)).toEqual(['announce files to acme.shop.web-1.main']);
    expect((await world.plan(desired)).steps).toEqual([]);
  });

  it('needs no telling where the container has begun since', async () => {
    const world = await converged(listens);
    const desired = desire([shop('two', [listens])]);
    await world.converge(desired, 1);
    world.now += 1000;
    world.docker.engine.endProcess('acme.shop.web-1.main', 1);
    expect((await world.plan(desired)).steps).toEqual([]);
  });

  it('restarts a container once, also when the clock was set back since', async () => {
    const world = await converged(restarts);
    const desired = desire([shop('two', [restarts])]);
    await world.converge(desired, 1);
    world.now -= 100_000;
    expect(await world.converge(desired)).toEqual([
      'stop container acme.shop.web-1.main',
      'note files of acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
    ]);
  });

  it('restarts nothing when only its text moved and its content did not', async () => {
    const world = await converged(restarts);
    const plan = await world.plan(desire([{ ...shop('one', [restarts]), labels: { colour: 'red' } }]));
    expect(plan.steps).toEqual([]);
  });
});
