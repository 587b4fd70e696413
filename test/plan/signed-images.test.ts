import { describe, expect, it } from 'vitest';
import { emptyHost } from '../../src/foresee/empty-host.ts';
import { foresee } from '../../src/foresee/foresee.ts';
import { perform } from '../../src/execute/perform.ts';
import { startableSteps } from '../../src/execute/lanes.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import type { ActionOf, Plan } from '../../src/model/plan.ts';
import type { KnownSigners, SignatureDemand } from '../../src/model/signature-demand.ts';
import { application, container, desire, IMAGE, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const EXACT = `fairlead-test/busybox@${DIGEST}`;
const KEY = 'a'.repeat(64);
const DEMANDS: readonly SignatureDemand[] = [
  { rule: '`images.require` of policy.yaml', keys: [{ name: 'release', id: KEY, pem: '' }] },
];
const SIGNED: KnownSigners = new Map([[`docker.io/${EXACT}`, [KEY]]]);

function demanding(site: DesiredSite, demands = DEMANDS): DesiredSite {
  const applications = Object.entries(site.applications).map(([key, one]) => [key, { ...one, signatures: demands }]);
  return { ...site, applications: Object.fromEntries(applications) as DesiredSite['applications'] };
}

const shop = (replicas = 1) => demanding(desire([application('shop', { services: [service('web', { replicas })] })]));
const creations = ({ steps }: Plan) =>
  steps.flatMap(({ action }) =>
    action.kind === 'create-container' && action.container.role === 'container' ? [action] : [],
  );
const pulls = ({ steps }: Plan) =>
  steps.flatMap(({ id, reason, action }) => (action.kind === 'pull-image' ? [`${id} — ${reason}`] : []));

/** What a pull that verifies leaves on the host. */
function withDigest(world: World): void {
  world.docker.engine.images.set(EXACT, world.docker.engine.images.get(IMAGE) ?? 'sha256:1');
}

/** Until nothing is left that may start; what has to be verified first stays. */
async function bring(world: World, desired: DesiredSite, signers?: KnownSigners): Promise<void> {
  for (;;) {
    const plan = await world.plan(desired, { signers });
    const steps = startableSteps(plan, []).filter(({ action }) => action.kind !== 'pull-image');
    if (steps.length === 0) return;
    for (const { action } of steps) await perform(world.docker, action, new AbortController().signal);
  }
}

const madeFrom = (world: World) =>
  world.docker.engine.containers().flatMap(({ desired }) => (desired.role === 'container' ? [desired.image] : []));

describe('an image that has to be signed', () => {
  it('and is missing is pulled for the application that wants it so, and nothing is made from it before', async () => {
    const world = createWorld();
    world.docker.engine.images.delete(IMAGE);
    const plan = await world.plan(shop());
    expect(pulls(plan)).toEqual([`pull image ${IMAGE} for acme.shop — not on the host, and has to be signed`]);
    expect(creations(plan)).toMatchObject([{ unverified: true, container: { image: IMAGE } }]);
    await bring(world, shop());
    expect(madeFrom(world)).toEqual([]);
  });

  it('and is on the host is not believed: it is looked at before anything is made from it', async () => {
    const world = createWorld();
    expect(pulls(await world.plan(shop()))).toEqual([`pull image ${IMAGE} for acme.shop — it has to be signed`]);
    withDigest(world);
    expect(creations(await world.plan(shop()))).toMatchObject([{ unverified: true }]);
    await bring(world, shop());
    expect(madeFrom(world)).toEqual([]);
  });

  it('and is known to be is what containers are made from, by its digest, and that changes nothing of their text', async () => {
    const world = createWorld();
    withDigest(world);
    await bring(world, shop(), SIGNED);
    expect(madeFrom(world)).toEqual([EXACT]);
    expect((await world.plan(shop(), { signers: SIGNED })).steps).toEqual([]);
    const free = demanding(shop(), []);
    expect((await world.plan(free)).steps).toEqual([]);
  });

  it('was none when it was made: what runs stays, and nothing is asked for until something is to be made', async () => {
    const world = createWorld();
    await world.converge(demanding(shop(), []));
    expect((await world.plan(shop())).steps).toEqual([]);
    expect(pulls(await world.plan(shop(2)))).toHaveLength(1);
    await bring(world, shop(2));
    expect(madeFrom(world)).toEqual([IMAGE]);
  });

  it('was none when it was made: what crashes, is killed or comes up after a reboot is started as it was', async () => {
    const world = createWorld();
    await world.converge(demanding(shop(), []));
    const before = world.docker.engine.containers().map(({ id }) => id);
    for (const befall of [
      () => world.docker.engine.endProcess('acme.shop.web-1.main', 1),
      () => world.docker.engine.killByHand('acme.shop.web-1.main'),
      () => world.docker.engine.shutDown(),
    ]) {
      befall();
      world.docker.engine.boot();
      world.restartDaemon();
      await bring(world, shop());
      expect(world.docker.engine.containers().map(({ id, status }) => [id, status])).toEqual(
        before.map((id) => [id, 'running']),
      );
    }
  });

  it('by other keys than it is signed with is looked at anew', async () => {
    const world = createWorld();
    withDigest(world);
    const others = [{ rule: 'x', keys: [{ name: 'next', id: 'b'.repeat(64), pem: '' }] }];
    const plan = await world.plan(demanding(shop(), others), { signers: SIGNED });
    expect(creations(plan)).toMatchObject([{ unverified: true }]);
    const both = [...DEMANDS, ...others];
    expect(creations(await world.plan(demanding(shop(), both), { signers: SIGNED }))).toMatchObject([
      { unverified: true },
    ]);
  });

  it('counts for its own repository: the same image under another name does not', async () => {
    const world = createWorld();
    withDigest(world);
    world.docker.engine.images.set('ghcr.io/other/web:1', 'sha256:1');
    const services = [service('web', { containers: [container('main', { image: 'ghcr.io/other/web:1' })] })];
    const plan = await world.plan(demanding(desire([application('shop', { services })])), { signers: SIGNED });
    expect(creations(plan)).toMatchObject([{ unverified: true }]);
  });

  it('and cannot be verified holds an upgrade up before anything is stopped', async () => {
    const world = createWorld();
    await world.converge(demanding(shop(), []));
    const next = demanding(
      desire([
        application('shop', {
          version: '2.0',
          services: [service('web', { containers: [container('main', { env: { A: '1' } })] })],
        }),
      ]),
    );
    const plan = await world.plan(next);
    expect(startableSteps(plan, []).map(({ action }) => action.kind)).toEqual(['pull-image']);
  });

  it('stays while a container made from its digest is there, though no text wants it any more', async () => {
    const world = createWorld();
    world.docker.engine.images.delete(IMAGE);
    const step = (await world.plan(shop())).steps.find(({ action }) => action.kind === 'pull-image')!;
    const { note } = step.action as ActionOf<'pull-image'>;
    await world.docker.createMarker({ kind: 'create-marker', ...note! }, new AbortController().signal);
    world.docker.engine.images.set(IMAGE, 'sha256:1');
    withDigest(world);
    await bring(world, shop(), SIGNED);
    const other = application('shop', {
      services: [service('web', { containers: [container('main', { image: 'other:1' })] })],
    });
    const { steps } = await world.plan(demanding(desire([other])), { signers: SIGNED });
    expect(steps.filter(({ action }) => action.kind === 'remove-image')).toEqual([]);
  });

  it('is foreseen to be signed, and everything else follows', () => {
    const foreseen = foresee({
      desired: shop(),
      observed: emptyHost('local'),
      networkPool: '10.201.0.0/16',
      now: 1_000,
    });
    expect(foreseen.end).toEqual({ kind: 'done' });
    expect(foreseen.steps.map(({ step }) => step.id)).toContain(`pull image ${IMAGE} for acme.shop`);
    expect(
      foreseen.steps.filter(({ step: { action } }) => action.kind === 'create-container' && action.unverified),
    ).toEqual([]);
  });
});

describe('what is foreseen of a further commit', () => {
  it('pulls nothing anew that passes for signed', () => {
    const place = { networkPool: '10.201.0.0/16' };
    const before = foresee({ ...place, desired: shop(), observed: emptyHost('local'), now: 1_000 });
    const { steps, end } = foresee({ ...place, desired: shop(2), observed: before.observed, now: before.until });
    expect(end).toEqual({ kind: 'done' });
    expect(steps.filter(({ step: { action } }) => action.kind === 'pull-image')).toEqual([]);
    expect(steps.filter(({ step: { action } }) => action.kind === 'create-container')).toHaveLength(2);
  });
});

describe('what is not verified', () => {
  it('is not made, whatever a plan says', async () => {
    const world = createWorld();
    const [action] = creations(await world.plan(shop()));
    await expect(perform(world.docker, action!, new AbortController().signal)).rejects.toThrow('is not verified yet');
  });

  it('is not pulled by who cannot verify it', async () => {
    const world = createWorld();
    const step = (await world.plan(shop())).steps.find(({ action }) => action.kind === 'pull-image')!;
    await expect(perform(world.docker, step.action, new AbortController().signal)).rejects.toThrow(
      'nobody here can verify',
    );
  });
});
