import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../src/model/application-spec.ts';
import type { ObservedLog } from '../../src/model/observed.ts';
import { planLogJanitor } from '../../src/plan/plan-log-janitor.ts';
import { application, container, desire, service } from '../builders.ts';
import { createWorld, lines, type World } from '../world.ts';

// Contract 8.13: `container-log-archive` keeps the log when the container goes, to the limits of the live log.

const DAY = 86_400_000;

function shop(fields: Partial<ContainerSpec> = {}, version = '1.0') {
  const containers = [container('main', { 'container-log-archive': true, ...fields }), container('side')];
  return desire([application('shop', { version, services: [service('web', { containers })] })]);
}

async function converged(fields: Partial<ContainerSpec> = {}): Promise<World> {
  const world = createWorld();
  await world.converge(shop(fields));
  return world;
}

const logs = async (world: World) => (await world.observe()).logs;

describe('the log of a container that asks for it', () => {
  it('is kept when the container is replaced, in the step that removes it, after its stop', async () => {
    const world = await converged();
    const plan = await world.plan(shop({ user: '1' }));
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'stop container acme.shop.web-1.main',
      'remove container acme.shop.web-1.main, keeping its log',
      'create container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
    ]);
    await world.converge(shop({ user: '1' }));
    expect(await logs(world)).toMatchObject([{ identity: { application: 'shop', container: 'main' } }]);
  });

  it('is kept when the container leaves the specification', async () => {
    const world = await converged();
    const without = service('web', { containers: [container('side')] });
    await world.converge(desire([application('shop', { services: [without] })]));
    expect(await logs(world)).toHaveLength(1);
  });

  it('is kept when a new version takes over', async () => {
    const world = await converged();
    await world.converge(shop({}, '2.0'));
    expect(await logs(world)).toMatchObject([{ identity: { applicationVersion: '1.0' } }]);
  });

  it('outlives its application, which is gone all the same', async () => {
    const world = await converged({ 'container-log-size': '1 kB', 'container-log-max-days': 14 });
    await world.converge(desire([]));
    const observed = await world.observe();
    expect(observed.applications).toEqual({});
    expect(observed.logs).toMatchObject([{ maxBytes: 1000, identity: { container: 'main' } }]);
    const { endedAt, expiresAt } = observed.logs[0]!;
    expect(expiresAt).toBe(endedAt + 14 * DAY);
  });

  it('is kept again from the start when the removal was cut off after it', async () => {
    const world = await converged();
    const { docker } = world;
    const id = docker.engine.find('acme.shop.web-1.main')!.id;
    await docker.stopContainer(id, 0, new AbortController().signal);
    const before = (await world.plan(desire([]))).steps.find(({ id: step }) => step.endsWith('keeping its log'));
    const action = before?.action;
    if (action?.kind !== 'remove-container' || action.log === undefined) throw new Error('no log is kept');
    await docker.keepLog(id, action.log, new AbortController().signal);
    await world.converge(desire([]));
    expect(await logs(world)).toHaveLength(1);
  });

  it('goes into a volume whose name no engine refuses, however long the names are', async () => {
    const long = 'n'.repeat(61);
    const world = createWorld();
    const containers = [container(long, { 'container-log-archive': true })];
    const desired = desire([application(long, { services: [service(long, { containers })] })], { tenant: long });
    await world.converge(desired);
    await world.converge(desire([]));
    expect((await logs(world)).map(({ name }) => name.length)).toEqual([255]);
  });
});

describe('the log of a container that does not ask for it', () => {
  it('goes with the container, and so does one of which the engine keeps nothing', async () => {
    const world = await converged({ 'container-log-size': '0B' });
    const done = await world.converge(desire([]));
    expect(done).toContain('remove container acme.shop.web-1.main');
    expect(await logs(world)).toEqual([]);
  });
});

function log(name: string, endedAt: number, fields: Partial<ObservedLog> & { container?: string } = {}): ObservedLog {
  const { container: of = 'main', ...rest } = fields;
  const named = { tenant: 'acme', application: 'shop', service: 'web', index: 1, container: of };
  const stamped = {
    applicationVersion: '1.0',
    revision: 'r1',
    configHash: '1:abc',
    variables: '',
    role: 'container' as const,
  };
  const identity = { owner: 'test', site: 'local', ...named, ...stamped };
  return { name, identity, bytes: 60, maxBytes: 0, endedAt, expiresAt: undefined, ...rest };
}

const removed = (kept: readonly ObservedLog[], now = 0) => planLogJanitor(kept, now).steps.map(({ id }) => id);

describe('kept logs', () => {
  it('are removed once they are too old, also where their application is gone', async () => {
    const world = await converged({ 'container-log-max-days': 14 });
    await world.converge(desire([]));
    const [{ name, expiresAt = 0 }] = (await logs(world)) as [ObservedLog];
    const early = await world.plan(desire([]), { now: expiresAt - 1 });
    expect(early).toMatchObject({ steps: [], wakeAt: expiresAt });
    const plan = await world.plan(desire([]), { now: expiresAt });
    expect(lines(plan)).toEqual([`remove volume ${name} — its log is older than 14 days`]);
    expect(plan.wakeAt).toBeUndefined();
    world.now = expiresAt;
    await world.converge(desire([]));
    expect(await logs(world)).toEqual([]);
  });

  it('without a limit stay, and nobody looks again for them', () => {
    expect(planLogJanitor([log('a', 1), log('b', 2)], 1_000 * DAY)).toEqual({ steps: [], wakeAt: undefined });
  });

  it('of one container go, the oldest first, when together they are bigger than the newest allows', () => {
    const three = [log('b', 2, { maxBytes: 1 }), log('c', 3, { maxBytes: 130 }), log('a', 1)];
    expect(removed(three)).toEqual(['remove volume a']);
    expect(planLogJanitor(three, 0).steps[0]?.reason).toBe('newer logs of its container take all the room');
  });

  it('of other containers do not count', () => {
    const limit = { maxBytes: 100 };
    expect(removed([log('a', 1, limit), log('b', 2, { ...limit, container: 'side' })])).toEqual([]);
  });

  it('that are too old make room before others have to', () => {
    const limit = { maxBytes: 130 };
    const three = [
      log('a', 1, { ...limit, expiresAt: 5 }),
      log('b', 2, limit),
      log('c', 3, { ...limit, expiresAt: 9 }),
    ];
    expect(planLogJanitor(three, 5)).toMatchObject({ steps: [{ id: 'remove volume a' }], wakeAt: 9 });
  });

  it('hold up no application, and none holds them up', () => {
    expect(planLogJanitor([log('a', 1, { expiresAt: 5 })], 5).steps).toMatchObject([
      { application: '', target: 'a', after: [] },
    ]);
  });
});
