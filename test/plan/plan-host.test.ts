import { describe, expect, it } from 'vitest';
import { application, container, desire, service } from '../builders.ts';
import { planHost } from '../../src/plan/plan-host.ts';
import { MASS_REMOVAL_REASON, PRUNE_CHECK_REASON } from '../../src/plan/prune-guard.ts';
import { createWorld, lines } from '../world.ts';

const SHOP = application('shop', { services: [service('web', { containers: [container('nginx')] })] });

async function converged(...specs: Parameters<typeof desire>) {
  const world = createWorld();
  await world.converge(desire(...specs));
  return world;
}

describe('a host', () => {
  it('gets the network first, then the sandbox, then the containers of each instance', async () => {
    const plan = await createWorld().plan(desire([SHOP]));
    expect(lines(plan)).toEqual([
      'create network acme.shop — the application network',
      'create sandbox acme.shop.web-1 — it is not there',
      'start container acme.shop.web-1 — it is not there',
      'create container acme.shop.web-1.nginx — it is not there',
      'start container acme.shop.web-1.nginx — it is not there',
    ]);
  });

  it('that is as desired needs nothing', async () => {
    const world = await converged([SHOP]);
    expect(await world.plan(desire([SHOP]))).toMatchObject({ steps: [], later: [], held: [], wakeAt: undefined });
  });

  it('pulls an image that two applications miss once', async () => {
    const with2 = (name: string) =>
      application(name, { services: [service('web', { containers: [container('a', { image: 'shop:2' })] })] });
    const plan = await createWorld().plan(desire([with2('one'), with2('two')]));
    expect(plan.steps.filter(({ action }) => action.kind === 'pull-image')).toHaveLength(1);
  });

  it('stops nothing before every image of the new version is there', async () => {
    const world = await converged([SHOP]);
    const next = application('shop', {
      version: '2.0',
      services: [service('web', { containers: [container('nginx', { image: 'shop:2' })] })],
    });
    const plan = await world.plan(desire([next]));
    const stop = plan.steps.find(({ id }) => id === 'stop container acme.shop.web-1.nginx');
    expect(stop).toMatchObject({ after: ['pull image shop:2'], reason: 'version 1.0 → 2.0', intent: 'replace' });
  });

  it('makes every instance anew when the version changes', async () => {
    const world = await converged([SHOP]);
    const done = await world.converge(desire([{ ...SHOP, version: '1.1' }]));
    expect(done).toEqual([
      'stop container acme.shop.web-1.nginx',
      'remove container acme.shop.web-1.nginx',
      'remove container acme.shop.web-1',
      'create sandbox acme.shop.web-1',
      'start container acme.shop.web-1',
      'create container acme.shop.web-1.nginx',
      'start container acme.shop.web-1.nginx',
    ]);
  });

  it('replaces only the container whose text changed when the version stays', async () => {
    const two = (env: Record<string, string>) =>
      application('shop', { services: [service('web', { containers: [container('a'), container('b', { env })] })] });
    const world = await converged([two({})]);
    expect(await world.converge(desire([two({ COLOUR: 'red' })]))).toEqual([
      'stop container acme.shop.web-1.b',
      'remove container acme.shop.web-1.b',
      'create container acme.shop.web-1.b',
      'start container acme.shop.web-1.b',
    ]);
  });

  it('restarts nothing when only labels or the revision change', async () => {
    const world = await converged([SHOP]);
    const plan = await world.plan(desire([{ ...SHOP, labels: { colour: 'green' } }], { revision: 'r2' }));
    expect(plan.steps).toEqual([]);
  });

  it('removes the highest numbers when a service shrinks', async () => {
    const of = (replicas: number) => application('shop', { services: [service('web', { replicas })] });
    const world = await converged([of(3)]);
    const plan = await world.plan(desire([of(1)]));
    expect(new Set(plan.steps.map(({ target }) => target))).toEqual(new Set(['acme.shop.web-2', 'acme.shop.web-3']));
    expect(plan.steps[0]?.reason).toBe('service web has 1 replica');
  });

  it('removes an application that is gone, its network last', async () => {
    const world = await converged([SHOP]);
    const done = await world.converge(desire([]));
    expect(done.at(-1)).toBe('remove network acme.shop');
    expect(world.docker.engine.containers()).toEqual([]);
  });

  it('plans nothing for an instance that a step is under way for, and goes on with the others', async () => {
    const world = createWorld();
    const desired = desire([application('shop', { services: [service('web', { replicas: 2 })] })]);
    await world.converge(desired, 1);
    const { steps } = await world.plan(desired);
    const inFlight = steps.filter(({ id }) => id === 'create sandbox acme.shop.web-1');
    const plan = await world.plan(desired, { inFlight });
    expect(new Set(plan.steps.map(({ target }) => target))).toEqual(new Set(['acme.shop.web-2']));
  });

  it('makes no instance while its network is being made', async () => {
    const world = createWorld();
    const { steps } = await world.plan(desire([SHOP]));
    const plan = await world.plan(desire([SHOP]), { inFlight: steps.slice(0, 1) });
    expect(plan.steps).toEqual([]);
  });

  it('that has no free network range says so for the application and goes on with the others', async () => {
    const world = await converged([SHOP]);
    const plan = await world.plan(desire([SHOP, application('till')]), { networkPool: '10.201.0.0/26' });
    expect(plan).toMatchObject({ steps: [], blocked: { 'acme.till': 'the network pool 10.201.0.0/26 is full' } });
  });
});

describe('what must not be touched', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((name) => application(name));

  it('is an application that is left alone: it gets no step', async () => {
    const world = await converged([SHOP]);
    const plan = await world.plan(desire([], { leftAlone: { 'acme.shop': 'rejected' } }));
    expect(plan).toMatchObject({ steps: [], held: [] });
  });

  it('is anything of a tenant with a broken file whose names nobody knows', async () => {
    const world = await converged([SHOP]);
    const plan = await world.plan(desire([], { frozenTenants: { acme: 'shop.yaml does not parse' } }));
    expect(plan).toMatchObject({ steps: [], held: [{ application: 'acme.shop', reason: 'shop.yaml does not parse' }] });
  });

  it('is not what a tenant has that is called as something every object has', async () => {
    const world = await converged([SHOP], { tenant: 'constructor' });
    const plan = await world.plan(desire([]));
    expect([plan.held, plan.steps.length > 0]).toEqual([[], true]);
  });

  it('is anything at all while a mistyped folder may hide any tenant', async () => {
    const world = await converged([SHOP]);
    const plan = await world.plan(desire([], { frozenTenants: { '*': 'tenants/Acme is no tenant' } }));
    expect(plan).toMatchObject({ steps: [], held: [{ application: 'acme.shop' }] });
    // Tenants are shown the reason, and the folder may be another one's.
    expect(plan.held[0]?.reason).toMatch(/of any tenant is broken or misplaced/);
    expect(plan.held[0]?.reason).not.toContain('Acme');
  });

  it('is more than half of what runs, until a commit allows it', async () => {
    const world = await converged(five);
    const applications = ['acme.a', 'acme.b', 'acme.c', 'acme.d', 'acme.e'];
    const desired = desire([application('new')]);
    const unasked = await world.plan(desired);
    expect(unasked.held).toEqual(applications.map((key) => ({ application: key, reason: PRUNE_CHECK_REASON })));
    expect(new Set(unasked.steps.map((step) => step.application))).toEqual(new Set(['acme.new']));
    const refused = await world.plan(desired, { pruneVerdict: { applications, allowed: false } });
    expect(refused.held).toEqual(applications.map((key) => ({ application: key, reason: MASS_REMOVAL_REASON })));
    const allowed = await world.plan(desired, { pruneVerdict: { applications, allowed: true } });
    expect(allowed.held).toEqual([]);
    expect(new Set(allowed.steps.map((step) => step.application))).toEqual(new Set(['acme.new', ...applications]));
  });

  it('is an application more than those that may be removed: it takes a new verdict', async () => {
    const world = await converged(five);
    const pruneVerdict = { applications: ['acme.a', 'acme.b', 'acme.c', 'acme.d'], allowed: true };
    const plan = await world.plan(desire([]), { pruneVerdict });
    expect(plan).toMatchObject({ steps: [], held: { length: 5 } });
    const rest = await world.plan(desire([application('a')]), {
      pruneVerdict: { ...pruneVerdict, applications: ['acme.b', 'acme.c', 'acme.d', 'acme.e', 'acme.f'] },
    });
    expect(rest.held).toEqual([]);
  });

  it('is not asked about where its tenant is frozen: nothing can release that', async () => {
    const world = await converged(five);
    const observed = await world.observe();
    const input = {
      desired: desire([], { frozenTenants: { acme: 'shop.yaml does not parse' } }),
      observed,
      inFlight: [],
      attempts: [],
      ongoing: [],
      networkPool: '10.201.0.0/16',
      now: 0,
    };
    expect(planHost(input)).toMatchObject({ pruning: undefined, plan: { held: { length: 5 }, steps: [] } });
    const thawed = planHost({ ...input, desired: desire([]) });
    expect(thawed.pruning?.applications).toHaveLength(5);
  });

  it('does not include three applications: so few removals are always carried out', async () => {
    const world = await converged(five.slice(0, 3));
    expect((await world.plan(desire([]))).held).toEqual([]);
  });
});

describe('a step that failed', () => {
  it('waits 1, 2, 4 … s before it is tried again, and what follows it waits too', async () => {
    const world = await converged([SHOP]);
    const next = desire([{ ...SHOP, version: '2.0' }]);
    const hash = next.applications['acme.shop']!.hash;
    const stepId = 'stop container acme.shop.web-1.nginx';
    const attempt = {
      stepId,
      application: 'acme.shop',
      desiredHash: hash,
      count: 2,
      at: world.now,
      error: 'engine is busy',
    };
    const plan = await world.plan(next, { attempts: [attempt] });
    expect(plan.later).toMatchObject([{ at: world.now + 2000, waitingFor: 'try 2 failed: engine is busy' }]);
    expect(plan.wakeAt).toBe(world.now + 2000);
  });

  it('is tried at once when the specification has changed since', async () => {
    const world = await converged([SHOP]);
    const stepId = 'stop container acme.shop.web-1.nginx';
    const attempt = { stepId, application: 'acme.shop', desiredHash: 'other', count: 9, at: world.now, error: 'x' };
    const plan = await world.plan(desire([{ ...SHOP, version: '2.0' }]), { attempts: [attempt] });
    expect(plan.later).toEqual([]);
  });
});
