import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import type { QuotaLimit } from '../../src/model/quota.ts';
import { admit } from '../../src/policy/admit.ts';
import { application, container, desire, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';

const RULE = '`quotas.instances` of policy.yaml';

function limited(site: DesiredSite, most: number, kind: QuotaLimit['kind'] = 'instances'): DesiredSite {
  return { ...site, quotas: { acme: { limits: [{ kind, most, rule: RULE }] } } };
}

function refused(site: DesiredSite, ...names: readonly string[]): DesiredSite {
  const applications = Object.entries(site.applications).map(([key, one]) => [
    key,
    names.includes(one.name.application) ? { ...one, refused: 'the policy forbids it: x' } : one,
  ]);
  return { ...site, applications: Object.fromEntries(applications) as DesiredSite['applications'] };
}

const replicas = (name: string, count: number, fields: Partial<ApplicationSpec> = {}) =>
  application(name, { services: [service('web', { replicas: count })], ...fields });
const sized = (name: string, memory: string, version = '1.0') =>
  application(name, { version, services: [service('web', { containers: [container('main', { memory })] })] });

async function running(world: World): Promise<string[]> {
  const { applications } = await world.observe();
  return Object.values(applications)
    .flatMap(({ instances }) => Object.keys(instances))
    .sort();
}

async function withheld(world: World, desired: DesiredSite): Promise<Record<string, string>> {
  const { admitted } = admit({ desired, observed: await world.observe(), underWay: new Set() });
  const unplaced = Object.values(admitted.applications).flatMap((one) => one.unplaced);
  return Object.fromEntries(unplaced.map(({ key, reason }) => [key, reason]));
}

describe('a quota', () => {
  it('lets be made what there is room for, in the order of names, and says of the rest why it is not', async () => {
    const world = createWorld();
    const desired = limited(desire([replicas('b', 3), replicas('a', 1)]), 3);
    await world.converge(desired);
    expect(await running(world)).toEqual(['acme.a.web-1', 'acme.b.web-1', 'acme.b.web-2']);
    expect(await withheld(world, desired)).toEqual({
      'acme.b.web-3': `tenant acme may have 3 instances at a site (${RULE}), and with this it would have 4 instances`,
    });
  });

  it('counts what is there first: a newcomer pushes nobody out', async () => {
    const world = createWorld();
    await world.converge(limited(desire([replicas('b', 3)]), 3));
    const desired = limited(desire([replicas('b', 3), replicas('a', 1)]), 3);
    expect(await world.converge(desired)).toEqual([]);
    expect(Object.keys(await withheld(world, desired))).toEqual(['acme.a.web-1']);
    await world.converge(limited(desire([replicas('b', 2), replicas('a', 1)]), 3));
    expect(await running(world)).toEqual(['acme.a.web-1', 'acme.b.web-1', 'acme.b.web-2']);
  });

  it('that is tightened stops nothing, and what crashes comes back', async () => {
    const world = createWorld();
    const desired = desire([replicas('a', 3)]);
    await world.converge(desired);
    const before = await running(world);
    expect(await world.converge(limited(desired, 1))).toEqual([]);
    const [victim] = (await world.observe()).applications['acme.a']!.instances['acme.a.web-2']!.containers.filter(
      ({ identity }) => identity?.role === 'container',
    );
    world.docker.engine.get(victim!.id, 'test').status = 'exited';
    await world.converge(limited(desired, 1));
    expect(await running(world)).toEqual(before);
  });

  it('lets an application have no more by a new text, and keeps up what runs of it in the old one', async () => {
    const world = createWorld();
    const GIB = 2 ** 30;
    await world.converge(limited(desire([sized('a', '512MiB'), sized('b', '512MiB')]), GIB, 'memory'));
    const grown = limited(desire([sized('a', '600MiB', '2.0'), sized('b', '512MiB')]), GIB, 'memory');
    expect(await world.converge(grown)).toEqual([]);
    expect(await withheld(world, grown)).toEqual({
      'acme.a.web-1': `tenant acme may have 1 GiB of memory at a site (${RULE}), and with this it would have 1112 MiB of memory`,
    });
    const shrunk = limited(desire([sized('a', '600MiB', '2.0'), sized('b', '256MiB', '2.0')]), GIB, 'memory');
    await world.converge(shrunk);
    expect(await withheld(world, shrunk)).toEqual({});
  });

  it('that is tightened lets a commit make everything smaller, however it is interrupted', async () => {
    const world = createWorld();
    await world.converge(desire([sized('a', '512MiB'), sized('b', '512MiB')]));
    const smaller = limited(desire([sized('a', '256MiB', '2.0'), sized('b', '256MiB', '2.0')]), 2 ** 29, 'memory');
    await world.converge(smaller);
    const { applications } = await world.observe();
    const versions = Object.values(applications).flatMap(({ instances }) =>
      Object.values(instances).map(({ containers }) => containers[0]?.identity?.applicationVersion),
    );
    expect(versions).toEqual(['2.0', '2.0']);
  });

  it('that is exceeded lets nothing be replaced, for what is gone would not come back', async () => {
    const world = createWorld();
    await world.converge(desire([replicas('a', 2)]));
    const next = limited(desire([replicas('a', 2, { version: '2.0' })]), 1);
    expect(await world.converge(next)).toEqual([]);
    expect(Object.keys(await withheld(world, next))).toEqual(['acme.a.web-1', 'acme.a.web-2']);
  });

  it('counts what is being replaced as there, though it cannot be seen', async () => {
    const world = createWorld();
    await world.converge(desire([replicas('b', 1)]));
    const desired = limited(desire([replicas('a', 1), replicas('b', 2)]), 2);
    const { admitted } = admit({ desired, observed: await world.observe(), underWay: new Set(['acme.b.web-2']) });
    expect(Object.values(admitted.applications).flatMap(({ unplaced }) => unplaced.map(({ key }) => key))).toEqual([
      'acme.a.web-1',
    ]);
  });

  it('of one tenant is nobody else’s', async () => {
    const world = createWorld();
    await world.converge(limited(desire([replicas('a', 2)], { tenant: 'acme-west' }), 0));
    expect(await running(world)).toEqual(['acme-west.a.web-1', 'acme-west.a.web-2']);
  });

  it('counts what is left alone as it runs', async () => {
    const world = createWorld();
    await world.converge(desire([replicas('a', 2)]));
    const desired = limited(desire([replicas('b', 2)], { leftAlone: { 'acme.a': 'broken' } }), 3);
    await world.converge(desired);
    expect(await running(world)).toEqual(['acme.a.web-1', 'acme.a.web-2', 'acme.b.web-1']);
  });

  it('is never passed by what is made, whatever was there and whoever comes', async () => {
    const counts = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 3 }));
    await fc.assert(
      fc.asyncProperty(counts, counts, fc.nat(6), async (before, after, most) => {
        const world = createWorld();
        const specs = (wish: Record<string, number>) =>
          Object.entries(wish).map(([name, count]) => replicas(name, count));
        await world.converge(desire(specs(before)));
        const was = await running(world);
        const desired = desire(specs(after));
        await world.converge(limited(desired, most));
        const is = await running(world);
        const wanted = Object.values(desired.applications).flatMap(({ instances }) => instances.map(({ key }) => key));
        const stayed = was.filter((key) => wanted.includes(key));
        expect(is.filter((key) => stayed.includes(key))).toEqual(stayed);
        expect(is.length).toBeLessThanOrEqual(Math.max(most, stayed.length));
        expect(is.length).toBe(Math.min(wanted.length, Math.max(most, stayed.length)));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a text that the policies forbid', () => {
  it('is not made, and each instance says why', async () => {
    const world = createWorld();
    const desired = refused(desire([replicas('a', 1), replicas('b', 1)]), 'a');
    await world.converge(desired);
    expect(await running(world)).toEqual(['acme.b.web-1']);
    expect(await withheld(world, desired)).toEqual({ 'acme.a.web-1': 'the policy forbids it: x' });
  });

  it('is kept up where all that runs was made from it', async () => {
    const world = createWorld();
    const desired = desire([replicas('a', 2)]);
    await world.converge(desired);
    expect(await world.converge(refused(desired, 'a'))).toEqual([]);
    world.docker.engine.shutDown();
    world.docker.engine.boot();
    await world.converge(refused(desired, 'a'));
    const { applications } = await world.observe();
    const statuses = Object.values(applications['acme.a']!.instances).flatMap(({ containers }) =>
      containers.map(({ status }) => status),
    );
    expect(new Set(statuses)).toEqual(new Set(['running']));
    expect(await running(world)).toEqual(['acme.a.web-1', 'acme.a.web-2']);
  });

  it('takes the place of nothing that was made from another', async () => {
    const world = createWorld();
    await world.converge(desire([replicas('a', 2)]));
    const next = refused(desire([replicas('a', 3, { version: '2.0' })]), 'a');
    expect(await world.converge(next)).toEqual([]);
    expect(Object.keys(await withheld(world, next))).toEqual(['acme.a.web-1', 'acme.a.web-2', 'acme.a.web-3']);
  });
});

it('what is as before is the same object as before', async () => {
  const world = createWorld();
  const observed = await world.observe();
  const facts = { observed, underWay: new Set<string>() };
  const free = desire([replicas('a', 1)]);
  expect(admit({ ...facts, desired: free }).admitted).toBe(free);
  const desired = limited(desire([replicas('a', 2), replicas('b', 1)]), 1);
  const first = admit({ ...facts, desired });
  expect(admit({ ...facts, desired }, first)).toBe(first);
  const next = admit({ ...facts, desired: { ...desired, revision: 'r2' } }, first);
  expect(next.admitted.applications['acme.b']).toBe(first.admitted.applications['acme.b']);
});
