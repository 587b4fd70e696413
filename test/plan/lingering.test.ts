import { describe, expect, it } from 'vitest';
import type { ApplicationSpec, ContainerSpec, ServiceSpec } from '../../src/model/application-spec.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import type { LingeringInstance } from '../../src/model/observed.ts';
import { application, container, desire, service } from '../builders.ts';
import type { FakeContainer } from '../fakes/fake-container.ts';
import { createWorld, lines, type World } from '../world.ts';

// avassa-reference 2.9, contract 3: what succeeds an instance is started beside it; the old one may live on for a while.

const MINUTE = 60_000;
const DRAIN = container('main', { 'delayed-shutdown-cmd': ['drain'] });

interface Shop extends Partial<ApplicationSpec> {
  readonly replicas?: number;
  readonly containers?: readonly ContainerSpec[];
  readonly most?: number;
  readonly fields?: Partial<ServiceSpec>;
}

function shop({ replicas = 1, containers = [DRAIN], most = 3, fields, ...spec }: Shop = {}): DesiredSite {
  const delayed = { timeout: '10m', 'max-number-of-instances': most };
  const web = service('web', { replicas, containers: [...containers], 'delayed-shutdown': delayed, ...fields });
  return desire([application('shop', { services: [web], ...spec })]);
}

/** A world in which version 1.0 runs, and what it was asked: container and command. */
async function running(first: Shop = {}) {
  const world = createWorld();
  const asked: string[] = [];
  world.docker.onExec = ({ name }, cmd) => {
    asked.push(`${name} ${cmd.join(' ')}`);
    return { exitCode: 0, output: '' };
  };
  await world.converge(shop(first));
  return { world, asked };
}

const members = (world: World) => world.docker.engine.containers().filter(({ desired }) => desired.role !== 'sandbox');
const versionsOf = (world: World) =>
  Object.fromEntries(members(world).map(({ name, labels }) => [name, labels['io.fairlead.application-version']]));
const named = (world: World, name: string): FakeContainer => world.docker.engine.get(name, 'find it');
const lingering = async (world: World): Promise<readonly LingeringInstance[]> =>
  (await world.observe()).applications['acme.shop']?.lingering ?? [];
const markers = async (world: World) =>
  ((await world.observe()).applications['acme.shop']?.markers ?? []).map(({ kind }) => kind);

const OLD_AND_NEW = { 'acme.shop.web-1.main': '2.0', 'acme.shop.web-2.main': '1.0' };

describe('a new version of a service with delayed shutdown', () => {
  it('is started beside the old one, which is noted, renamed and asked to end, in this order', async () => {
    const { world, asked } = await running();
    expect(await world.converge(shop({ version: '2.0' }))).toEqual([
      expect.stringMatching(/^let linger sandbox /),
      'rename container to acme.shop.web-2',
      'rename container to acme.shop.web-2.main',
      'create sandbox acme.shop.web-1',
      'start container acme.shop.web-1',
      'create container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
      'update container acme.shop.web-2.main',
      'begin delayed shutdown of acme.shop.web-2',
    ]);
    expect(versionsOf(world)).toEqual(OLD_AND_NEW);
    expect(asked).toEqual(['acme.shop.web-2.main drain']);
  });

  it('says what becomes of the old one, and when', async () => {
    const { world } = await running();
    await world.converge(shop({ version: '2.0' }));
    const { steps, later, wakeAt } = await world.plan(shop({ version: '2.0' }));
    const { askedAt = 0 } = (await lingering(world))[0]!;
    expect(steps).toEqual([]);
    expect(later.map(({ step, at, waitingFor }) => [step.id, step.reason, at, waitingFor])).toEqual(
      [
        'stop container acme.shop.web-2.main',
        'remove container acme.shop.web-2.main',
        'remove container acme.shop.web-2',
      ].map((id) => [id, 'delayed shutdown: its time is over', askedAt + 10 * MINUTE, 'it to end by itself']),
    );
    expect(wakeAt).toBe(askedAt + 10 * MINUTE);
  });

  it('stops nothing before its own images are there', async () => {
    const { world } = await running();
    const image = { containers: [{ ...DRAIN, image: 'new:1' }], version: '2.0' };
    const plan = await world.plan(shop(image));
    const linger = plan.steps.find(({ id }) => id.startsWith('let linger'));
    expect(linger?.after).toEqual(['pull image new:1']);
  });

  it('leaves to the engine what crashes of the old one, until that is asked to end', async () => {
    const probes = { readiness: { tcp: { port: 80 } } };
    const { world } = await running();
    await world.converge(shop({ version: '2.0', containers: [{ ...DRAIN, probes }] }));
    world.docker.engine.endProcess('acme.shop.web-2.main', 1);
    expect(named(world, 'acme.shop.web-2.main').status).toBe('running');
  });

  it('is waited for until it is ready before the old one is asked', async () => {
    const containers = [{ ...DRAIN, probes: { readiness: { tcp: { port: 80 } } } }];
    const next = shop({ version: '2.0', containers });
    const { world, asked } = await running();
    await world.converge(next);
    expect(asked).toEqual([]);
    expect((await world.plan(next)).later[0]).toMatchObject({
      step: { id: 'update container acme.shop.web-2.main' },
      waitingFor: 'web-1 to be ready',
    });
    world.probe(named(world, 'acme.shop.web-1.main').id, { readiness: 'success' });
    await world.converge(next);
    expect(asked).toEqual(['acme.shop.web-2.main drain']);
  });

  it('that does not get ready is waited for no longer than the old one may live on', async () => {
    const containers = [{ ...DRAIN, probes: { readiness: { tcp: { port: 80 } } } }];
    const next = shop({ version: '2.0', containers });
    const { world, asked } = await running();
    await world.converge(next);
    const { since } = (await lingering(world))[0]!;
    expect((await world.plan(next)).wakeAt).toBe(since + 10 * MINUTE);
    world.now = since + 10 * MINUTE;
    await world.converge(next);
    expect(asked).toEqual(['acme.shop.web-2.main drain']);
    await world.settle(next);
    expect(versionsOf(world)).toEqual({ 'acme.shop.web-1.main': '2.0' });
  });

  it('is not started beside one of which nothing runs', async () => {
    const { world } = await running();
    world.docker.engine.killByHand('acme.shop.web-1.main');
    const done = await world.converge(shop({ version: '2.0' }));
    expect(done[0]).toBe('remove container acme.shop.web-1.main');
    expect(await markers(world)).toEqual([]);
  });
});

describe('an old instance', () => {
  const next = shop({ version: '2.0' });

  it('goes when it has ended by itself, and nothing of it stays', async () => {
    const { world } = await running();
    await world.converge(next);
    world.docker.engine.endProcess('acme.shop.web-2.main', 0);
    expect(named(world, 'acme.shop.web-2.main').status).toBe('exited');
    const plan = await world.plan(next);
    expect(lines(plan)).toEqual([
      'remove container acme.shop.web-2.main — delayed shutdown: it has ended',
      'remove container acme.shop.web-2 — delayed shutdown: it has ended',
    ]);
    await world.converge(next);
    expect(versionsOf(world)).toEqual({ 'acme.shop.web-1.main': '2.0' });
    expect(await markers(world)).toEqual([]);
  });

  it('is ended when its time is over', async () => {
    const { world } = await running();
    await world.converge(next);
    world.now += 10 * MINUTE;
    expect(lines(await world.plan(next))[0]).toBe(
      'stop container acme.shop.web-2.main — delayed shutdown: its time is over',
    );
    await world.converge(next);
    expect(versionsOf(world)).toEqual({ 'acme.shop.web-1.main': '2.0' });
  });

  it('goes when every container that is asked has ended, and takes the others with it', async () => {
    const containers = [DRAIN, container('side')];
    const { world } = await running({ containers });
    await world.converge(shop({ version: '2.0', containers }));
    world.docker.engine.endProcess('acme.shop.web-2.side', 0);
    expect((await world.plan(shop({ version: '2.0', containers }))).steps).toEqual([]);
    world.docker.engine.endProcess('acme.shop.web-2.main', 0);
    await world.converge(shop({ version: '2.0', containers }));
    expect(Object.keys(versionsOf(world)).sort()).toEqual(['acme.shop.web-1.main', 'acme.shop.web-1.side']);
  });

  it('of which no container is asked goes when all have ended', async () => {
    const containers = [container('main'), container('side')];
    const { world, asked } = await running({ containers });
    await world.converge(shop({ version: '2.0', containers }));
    world.docker.engine.endProcess('acme.shop.web-2.side', 0);
    expect((await world.plan(shop({ version: '2.0', containers }))).steps).toEqual([]);
    world.docker.engine.endProcess('acme.shop.web-2.main', 0);
    await world.converge(shop({ version: '2.0', containers }));
    expect(Object.keys(versionsOf(world)).sort()).toEqual(['acme.shop.web-1.main', 'acme.shop.web-1.side']);
    expect(asked).toEqual([]);
  });

  it('is not healed: neither what ends in it nor what somebody changes', async () => {
    const containers = [DRAIN, container('side')];
    const { world } = await running({ containers });
    await world.converge(shop({ version: '2.0', containers }));
    world.docker.engine.pause('acme.shop.web-2.main');
    world.docker.engine.remove(named(world, 'acme.shop.web-2.side').id);
    world.probe(named(world, 'acme.shop.web-2.main').id, { liveness: 'failure' });
    expect((await world.plan(shop({ version: '2.0', containers }))).steps).toEqual([]);
  });

  it('goes at once when its sandbox has ended, or somebody removed it', async () => {
    for (const meddle of ['stop', 'remove'] as const) {
      const { world } = await running();
      await world.converge(next);
      world.docker.engine[meddle](named(world, 'acme.shop.web-2').id);
      await world.converge(next);
      expect(versionsOf(world)).toEqual({ 'acme.shop.web-1.main': '2.0' });
      expect(await markers(world)).toEqual([]);
    }
  });

  it('goes at once when the newest text lets none live on', async () => {
    const { world } = await running();
    await world.converge(next);
    const services = [service('web', { containers: [DRAIN] })];
    await world.converge(desire([application('shop', { version: '2.0', services })]));
    expect(versionsOf(world)).toEqual({ 'acme.shop.web-1.main': '2.0' });
  });

  it('lives on as long as the newest text says, and is asked in its words', async () => {
    const { world, asked } = await running();
    const longer = { fields: { 'delayed-shutdown': { timeout: '1h' } }, version: '2.0' };
    await world.converge(shop({ ...longer, containers: [{ ...DRAIN, 'delayed-shutdown-cmd': ['leave'] }] }));
    expect(asked).toEqual(['acme.shop.web-2.main leave']);
    world.now += 59 * MINUTE;
    expect(await lingering(world)).toHaveLength(1);
    expect((await world.plan(shop(longer))).steps).toEqual([]);
  });

  it('keeps its ephemeral volumes as long as it lives on, also when its successor has none', async () => {
    const volumes = [{ name: 'cache', 'ephemeral-volume': { size: '1MB' } }];
    const mounts = [{ 'volume-name': 'cache', 'mount-path': '/cache' }];
    const { world } = await running({ fields: { volumes, containers: [{ ...DRAIN, mounts }] } });
    await world.converge(next);
    const cache = () => world.docker.engine.volumes.find('acme.shop.web-1.cache');
    expect(cache()).toBeDefined();
    await world.settle(next);
    expect(cache()).toBeUndefined();
  });

  it('goes first when its successor needs a volume of another kind', async () => {
    const mounts = [{ 'volume-name': 'data', 'mount-path': '/data' }];
    const withData = (kind: string, version: string) =>
      shop({
        version,
        fields: { volumes: [{ name: 'data', [kind]: { size: '1MB' } }], containers: [{ ...DRAIN, mounts }] },
      });
    const world = createWorld();
    await world.converge(withData('ephemeral-volume', '1.0'));
    await world.converge(withData('ephemeral-volume', '2.0'));
    expect(await lingering(world)).toHaveLength(1);
    await world.converge(withData('persistent-volume', '3.0'));
    expect(versionsOf(world)).toEqual({ 'acme.shop.web-1.main': '3.0' });
    expect((await world.observe()).persistentVolumes.map(({ name }) => name)).toEqual(['acme.shop.web-1.data']);
  });

  it('has its log kept under the name it had', async () => {
    const containers = [{ ...DRAIN, 'container-log-archive': true }];
    const { world } = await running({ containers });
    await world.settle(shop({ version: '2.0', containers }));
    const [log] = (await world.observe()).logs;
    expect(log?.name).toMatch(/^acme\.shop\.web-1\.main\.log-/);
  });
});

describe('old instances', () => {
  it('beyond the number that may live on go, the oldest first', async () => {
    const { world } = await running({ most: 2 });
    for (const version of ['2.0', '3.0', '4.0']) await world.converge(shop({ most: 2, version }));
    expect(Object.values(versionsOf(world)).sort()).toEqual(['2.0', '3.0', '4.0']);
    await world.converge(shop({ most: 1, version: '4.0' }));
    expect(Object.values(versionsOf(world)).sort()).toEqual(['3.0', '4.0']);
  });

  it('that nobody is ready to succeed stay whatever their number: they serve', async () => {
    const probes = { readiness: { tcp: { port: 80 } } };
    const { world, asked } = await running({ most: 1, replicas: 3 });
    const next = shop({ most: 1, replicas: 3, version: '2.0', containers: [{ ...DRAIN, probes }] });
    await world.converge(next);
    expect(await lingering(world)).toHaveLength(3);
    for (const index of [1, 2, 3]) {
      world.probe(named(world, `acme.shop.web-${index}.main`).id, { readiness: 'success' });
    }
    await world.converge(next);
    expect(asked.length).toBeGreaterThan(0);
    expect(await lingering(world)).toHaveLength(1);
  });

  it('are not driven out by one that never got ready: that does not live on', async () => {
    const probes = { readiness: { tcp: { port: 80 } } };
    const { world, asked } = await running({ most: 1 });
    await world.converge(shop({ most: 1, version: '2.0', containers: [{ ...DRAIN, probes }] }));
    await world.converge(shop({ most: 1, version: '3.0' }));
    expect(versionsOf(world)).toEqual({ 'acme.shop.web-1.main': '3.0', 'acme.shop.web-2.main': '1.0' });
    expect(asked).toEqual(['acme.shop.web-2.main drain']);
  });

  it('of one number do not add up while nothing gets ready: the oldest, which served, stays', async () => {
    const probes = { readiness: { tcp: { port: 80 } } };
    const { world } = await running({ most: 1 });
    for (const version of ['2.0', '3.0', '4.0', '5.0']) {
      await world.converge(shop({ most: 1, version, containers: [{ ...DRAIN, probes }] }));
    }
    expect(Object.values(versionsOf(world)).sort()).toEqual(['1.0', '5.0']);
  });

  it('have the smallest numbers nobody wants, and give one away that is wanted', async () => {
    const { world } = await running({ replicas: 2 });
    await world.converge(shop({ replicas: 2, version: '2.0' }));
    expect(versionsOf(world)).toEqual({
      'acme.shop.web-1.main': '2.0',
      'acme.shop.web-2.main': '2.0',
      'acme.shop.web-3.main': '1.0',
      'acme.shop.web-4.main': '1.0',
    });
    await world.converge(shop({ replicas: 3, version: '2.0' }));
    expect(versionsOf(world)).toEqual({
      'acme.shop.web-1.main': '2.0',
      'acme.shop.web-2.main': '2.0',
      'acme.shop.web-3.main': '2.0',
      'acme.shop.web-4.main': '1.0',
      'acme.shop.web-5.main': '1.0',
    });
  });
});

describe('delayed shutdown', () => {
  it('takes the whole instance when the text of one container changes without a version', async () => {
    const { world } = await running({ containers: [DRAIN, container('side')] });
    const changed = shop({ containers: [DRAIN, container('side', { env: { X: '1' } })] });
    const plan = await world.plan(changed);
    expect(plan.steps.map(({ reason }) => reason)).toContain('side: its specification changed');
    await world.converge(changed);
    expect(Object.keys(versionsOf(world)).sort()).toEqual(
      [1, 2].flatMap((index) => [`acme.shop.web-${index}.main`, `acme.shop.web-${index}.side`]),
    );
  });

  it('is not for a container that does not run: it is made anew where it is, whatever else runs there', async () => {
    const side = container('side');
    const { world } = await running({ containers: [DRAIN, side] });
    world.docker.engine.killByHand('acme.shop.web-1.main');
    const done = await world.converge(shop({ containers: [{ ...DRAIN, env: { X: 'two' } }, side] }));
    expect(done).toEqual([
      'remove container acme.shop.web-1.main',
      'create container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
    ]);
  });

  it('takes the whole instance when a container leaves the text', async () => {
    const { world, asked } = await running({ containers: [DRAIN, container('side')] });
    await world.converge(shop({ containers: [container('side')] }));
    expect(asked).toEqual(['acme.shop.web-2.main drain']);
  });

  it('does not delay what heals: a container that is gone comes back in its instance', async () => {
    const { world } = await running();
    world.docker.engine.remove(named(world, 'acme.shop.web-1.main').id);
    await world.converge(shop());
    expect(await markers(world)).toEqual([]);
  });

  it('lets an instance live on that is one too many, under its number and without a successor', async () => {
    const { world, asked } = await running({ replicas: 2 });
    const [sandbox] = [named(world, 'acme.shop.web-2').id];
    expect(await world.converge(shop({ replicas: 1 }))).toEqual([
      `let linger sandbox ${sandbox.slice(0, 12)}`,
      'update container acme.shop.web-2.main',
      'begin delayed shutdown of acme.shop.web-2',
    ]);
    expect(asked).toEqual(['acme.shop.web-2.main drain']);
    await world.settle(shop({ replicas: 1 }));
    expect(Object.keys(versionsOf(world))).toEqual(['acme.shop.web-1.main']);
  });

  it('goes by the labels when the service is gone, as it does with the application', async () => {
    for (const last of [desire([application('shop', { services: [service('db')] })]), desire([])]) {
      const { world, asked } = await running();
      await world.converge(last);
      expect(asked).toEqual(['acme.shop.web-1.main drain']);
      expect(await lingering(world)).toMatchObject([{ service: 'web', index: 1 }]);
      await world.settle(last);
      expect(await lingering(world)).toEqual([]);
      expect(versionsOf(world)['acme.shop.web-1.main']).toBeUndefined();
    }
  });

  it('of a removed application keeps its network and volumes until the last has gone', async () => {
    const volumes = [{ name: 'cache', 'ephemeral-volume': { size: '1MB' } }];
    const { world } = await running({ fields: { volumes } });
    await world.converge(desire([]));
    const { applications } = await world.observe();
    expect(applications['acme.shop']).toMatchObject({
      networks: [{ name: 'acme.shop' }],
      volumes: [{ name: 'acme.shop.web-1.cache' }],
      instances: {},
    });
    await world.settle(desire([]));
    expect((await world.observe()).applications).toEqual({});
  });

  it('keeps a network on the host on which only old instances are left', async () => {
    const shared = (name: string, version: string) =>
      shop({ version, network: { 'shared-application-network': name } });
    const world = createWorld();
    await world.converge(shared('blue', '1.0'));
    await world.converge(shared('green', '2.0'));
    const names = () => world.docker.engine.networks.all().map(({ name }) => name);
    expect(names().sort()).toEqual(['acme.blue.shared', 'acme.green.shared']);
    await world.settle(shared('green', '2.0'));
    expect(names()).toEqual(['acme.green.shared']);
  });

  it('goes on from wherever a crash left it', async () => {
    const { world: whole } = await running({ replicas: 2 });
    const last = shop({ replicas: 2, version: '2.0' });
    const count = (await whole.converge(last)).length;
    for (let done = 0; done <= count; done += 1) {
      const { world, asked } = await running({ replicas: 2 });
      await world.converge(last, done);
      await world.converge(last);
      expect(Object.values(versionsOf(world)).sort()).toEqual(['1.0', '1.0', '2.0', '2.0']);
      expect(asked.sort()).toEqual(['acme.shop.web-3.main drain', 'acme.shop.web-4.main drain']);
      await world.settle(last);
      expect(Object.values(versionsOf(world))).toEqual(['2.0', '2.0']);
      expect(await markers(world)).toEqual([]);
    }
  });
});
