import { beforeEach, describe, expect, it } from 'vitest';
import { DockerError } from '../../src/docker/port.ts';
import { UNPROBED } from '../../src/model/observed.ts';
import { createMirror, type Mirror } from '../../src/reconcile/mirror.ts';
import { application, desire } from '../builders.ts';
import { logToKeep } from '../contract/actions.ts';
import type { FakeDocker } from '../fakes/fake-docker.ts';
import { createWorld, type World } from '../world.ts';

const NAME = 'acme.shop.web-1.main';
const signal = new AbortController().signal;
let world: World;
let docker: FakeDocker;
let mirror: Mirror;

beforeEach(async () => {
  world = createWorld();
  docker = world.docker;
  await world.converge(desire([application('shop'), application('till')]));
  mirror = createMirror(docker, { host: 'local', owner: 'test', now: () => 0 });
  await mirror.load(signal);
  docker.calls.length = 0;
});

const containers = () =>
  Object.values(mirror.snapshot().applications).flatMap(({ instances }) =>
    Object.values(instances).flatMap((instance) => instance.containers),
  );

const statusOf = (name: string) => containers().find((container) => container.name === name)?.status;

const event = (action: string, name: string) => {
  const { id } = docker.engine.get(name, 'test');
  return { kind: 'container', action, id, name, owner: 'test' } as const;
};

describe('the mirror of an engine', () => {
  it('reads again only what an event names, and shares all else with the snapshot before', async () => {
    const before = mirror.snapshot();
    docker.engine.pause(NAME);
    expect(mirror.note(event('pause', NAME))).toBe(true);
    await mirror.refresh(signal);
    expect(docker.calls.map(({ method }) => method)).toEqual(['inspectContainer']);
    expect(statusOf(NAME)).toBe('paused');
    expect(mirror.snapshot().applications['acme.till']).toBe(before.applications['acme.till']);
    expect(mirror.snapshot().images).toBe(before.images);
  });

  it('is the same snapshot as long as nothing moved', async () => {
    const before = mirror.snapshot();
    mirror.noteContainer(NAME);
    await mirror.refresh(signal);
    expect(mirror.snapshot()).toBe(before);
  });

  it('keeps what the probes of a life found through every reading, and forgets it with that life', async () => {
    const health = { ...UNPROBED, readiness: 'success' } as const;
    const seen = () => containers().find(({ name }) => name === NAME)!;
    mirror.noteHealth(seen().id, seen().startedAt, health);
    const before = mirror.snapshot();
    await mirror.load(signal);
    expect(mirror.snapshot().applications).toBe(before.applications);
    expect(seen().health).toEqual(health);
    world.now += 1000;
    docker.engine.endProcess(NAME, 1);
    await mirror.load(signal);
    expect(seen().health).toEqual(UNPROBED);
  });

  it('does not care for what belongs to another owner', () => {
    expect(mirror.note({ ...event('die', NAME), owner: 'other' })).toBe(false);
    expect(mirror.note({ ...event('die', NAME), owner: undefined })).toBe(false);
  });

  it('shows kept logs as they come and go, and no application moves', async () => {
    const before = mirror.snapshot();
    const name = `${NAME}.log-1`;
    const { id } = docker.engine.get(NAME, 'test');
    await docker.stopContainer(id, 0, signal);
    await docker.keepLog(id, logToKeep('test', name), signal);
    mirror.note({ kind: 'volume', action: 'create', name });
    await mirror.refresh(signal);
    expect(mirror.snapshot().logs).toMatchObject([{ name }]);
    expect(mirror.snapshot().applications).toBe(before.applications);
    expect(mirror.note({ kind: 'volume', action: 'destroy', name })).toBe(true);
    expect(mirror.snapshot().logs).toEqual([]);
    await mirror.load(signal);
    expect(mirror.snapshot().logs).toMatchObject([{ name }]);
  });

  it('is not fooled by a list that was taken before a container went', async () => {
    const gone = event('destroy', NAME);
    const loading = mirror.load(signal);
    docker.engine.remove(gone.id);
    mirror.note(gone);
    await loading;
    expect(statusOf(NAME)).toBeUndefined();
  });

  it('is not fooled by a list that was taken before a container came', async () => {
    const lost = docker.engine.get(NAME, 'test');
    docker.engine.remove(lost.id);
    const loading = mirror.load(signal);
    docker.engine.create({ container: lost.desired, labels: lost.labels });
    mirror.noteContainer(NAME);
    const refreshed = mirror.refresh(signal);
    await Promise.all([loading, refreshed]);
    expect(statusOf(NAME)).toBe('created');
  });

  it('leaves a container that does not answer stale, reads the others, and tries it again with the next refresh', async () => {
    docker.engine.pause(NAME);
    docker.engine.pause('acme.till.web-1.main');
    mirror.note(event('pause', NAME));
    mirror.note(event('pause', 'acme.till.web-1.main'));
    docker.failNext('inspectContainer', new DockerError('timeout', 'no answer in 10 s'));
    await mirror.refresh(signal);
    expect([statusOf(NAME), statusOf('acme.till.web-1.main')]).toEqual(['running', 'paused']);
    await mirror.refresh(signal);
    expect(statusOf(NAME)).toBe('paused');
  });

  it('tells when the engine is away, and forgets nothing that was stale', async () => {
    docker.engine.pause(NAME);
    mirror.note(event('pause', NAME));
    docker.failNext('inspectContainer', new DockerError('unreachable', 'gone'));
    await expect(mirror.refresh(signal)).rejects.toThrow('gone');
    await mirror.refresh(signal);
    expect(statusOf(NAME)).toBe('paused');
  });

  it('reads a hundred events about images once or twice, not a hundred times', async () => {
    const refreshes = Array.from({ length: 100 }, () => {
      mirror.note({ kind: 'image', action: 'untag', reference: 'x' });
      return mirror.refresh(signal);
    });
    await Promise.all(refreshes);
    expect(docker.calls.filter(({ method }) => method === 'listImages').length).toBeLessThanOrEqual(2);
  });

  it('counts the routes of the host as taken, but those of networks only while the networks are there', async () => {
    const [subnet = ''] = mirror.snapshot().takenSubnets;
    mirror.setRoutes([subnet, '192.168.0.0/24']);
    expect(mirror.snapshot().takenSubnets).toContain('192.168.0.0/24');
    const network = mirror.snapshot().applications['acme.shop']!.networks[0]!;
    mirror.note({ kind: 'network', action: 'destroy', id: network.id, name: network.name, container: undefined });
    expect(mirror.snapshot().takenSubnets).not.toContain(network.subnets[0]);
  });
});
