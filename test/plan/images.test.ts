import { describe, expect, it } from 'vitest';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import type { Attempt } from '../../src/model/plan.ts';
import { application, container, desire, service } from '../builders.ts';
import { commits } from '../upgrade/stories.ts';
import { createWorld, type World } from '../world.ts';

const using = (image: string, version = '1.0', fields = {}) =>
  application('shop', {
    version,
    services: [service('web', { containers: [container('main', { image, ...fields })] })],
  });

const complete = (site: DesiredSite): DesiredSite => ({ ...site, versionsComplete: true });

async function running(...specs: readonly ApplicationSpec[]): Promise<World> {
  const world = createWorld();
  for (let count = 1; count <= specs.length; count += 1)
    await world.converge(complete(commits(...specs.slice(0, count))));
  return world;
}

const has = ({ docker }: World, image: string) => docker.engine.images.has(image);
const claims = ({ docker }: World) =>
  docker.engine.volumes.markersOf('test').flatMap((marker) => (marker.kind === 'pulled-image' ? [marker.image] : []));

describe('an image that Fairlead pulled', () => {
  it('is noted before the pull, so that whoever carries on knows that it may go', async () => {
    const world = createWorld();
    expect(await world.converge(desire([using('shop:1')]), 2)).toContain('pull image shop:1');
    expect(claims(world)).toEqual(['shop:1']);
  });

  it('stays as long as a version that is kept needs it, and then goes', async () => {
    const world = await running(using('shop:1', '1.0'), using('shop:2', '2.0'));
    expect([has(world, 'shop:1'), has(world, 'shop:2')]).toEqual([true, true]);
    expect(await world.converge(complete(commits(using('shop:2', '2.0'))))).toEqual(['remove image shop:1']);
    expect([has(world, 'shop:1'), has(world, 'shop:2')]).toEqual([false, true]);
    expect(claims(world)).toEqual(['shop:2']);
  });

  it('goes with its application', async () => {
    const world = await running(using('shop:1'));
    const done = await world.converge(complete(desire([])));
    expect(done).toContain('remove image shop:1');
  });

  it('stays while history has not told which versions are kept, and while something is left alone', async () => {
    const world = await running(using('shop:1', '1.0'), using('shop:2', '2.0'));
    const newest = commits(using('shop:2', '2.0'));
    expect((await world.plan({ ...newest, versionsComplete: false })).steps).toEqual([]);
    expect((await world.plan({ ...complete(newest), leftAlone: { 'acme.x': 'rejected' } })).steps).toEqual([]);
  });

  it('stays where somebody else uses it, and is theirs from then on', async () => {
    const world = await running(using('shop:1', '1.0'), using('shop:2', '2.0'));
    const theirs = desire([using('shop:1')]).applications['acme.shop']!.instances[0]!.sandbox;
    world.docker.engine.create({ container: { ...theirs, name: 'theirs', image: 'shop:1' }, labels: {} });
    const newest = complete(commits(using('shop:2', '2.0')));
    await world.converge(newest);
    expect(has(world, 'shop:1')).toBe(true);
    expect(claims(world)).toEqual(['shop:2']);
    expect((await world.plan(newest)).steps).toEqual([]);
  });
});

describe('an image that was on the host before', () => {
  it('is never removed', async () => {
    const world = createWorld();
    world.docker.engine.images.set('shop:1', 'sha256:9');
    await world.converge(desire([using('shop:1')]));
    await world.converge(complete(desire([])));
    expect(has(world, 'shop:1')).toBe(true);
  });
});

describe('an image that is pulled before every creation', () => {
  const always = (version: string) => using('shop:latest', version, { 'image-pull': 'always' });
  const pull = 'pull image shop:latest for acme.shop';

  it('is pulled before the old container is stopped: a pull that fails stops nothing', async () => {
    const world = createWorld();
    world.docker.engine.images.set('shop:latest', 'sha256:9');
    const next = desire([always('2.0')]);
    const { hash: desiredHash } = next.applications['acme.shop']!;
    const done = { stepId: pull, application: 'acme.shop', count: 1, error: '', at: world.now };
    const attempts: Attempt[] = [{ ...done, desiredHash }];
    await world.converge(desire([using('shop:latest')]));
    const plan = await world.plan(next);
    expect(plan.steps.filter(({ after }) => after.length === 0).map(({ id }) => id)).toEqual([pull]);
    const later = await world.plan(next, { attempts });
    expect(later.steps[0]?.id).toBe('stop container acme.shop.web-1.main');
    const ofOther = await world.plan(next, { attempts: [{ ...done, desiredHash: 'other' }] });
    expect(ofOther.steps[0]?.id).toBe(pull);
    world.now += 60_000;
    expect((await world.plan(next, { attempts })).steps[0]?.id).toBe(pull);
  });

  it('is not pulled while nothing is created', async () => {
    const world = createWorld();
    world.docker.engine.images.set('shop:latest', 'sha256:9');
    await world.converge(desire([using('shop:latest')]));
    const same = desire([using('shop:latest', '1.0', { 'image-pull': 'always' })]);
    expect((await world.plan(same)).steps).toEqual([]);
  });
});
