import { describe, expect, it } from 'vitest';
import { toPlanDocument } from '../../src/api/plan/plan-document.ts';
import type { ApplicationSpec, ServiceSpec } from '../../src/model/application-spec.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { application, container, desire, service } from '../builders.ts';
import { secretValues, secretVariable } from '../secrets.ts';
import { createWorld, lines, type World } from '../world.ts';

const WEB = service('web', {
  replicas: 2,
  variables: [secretVariable('PASSWORD', 'password')],
  containers: [container('main', { env: { PASSWORD: '${PASSWORD}' } }), container('side')],
});

type OnChange = ApplicationSpec['on-mutable-variable-change'];

interface Wish {
  readonly onChange?: OnChange;
  readonly password?: string;
  readonly fields?: Partial<ServiceSpec>;
  readonly version?: string;
  readonly application?: Partial<ApplicationSpec>;
}

/** `acme.shop`, two instances that have a password in their environment. */
function site({ onChange, password = 'hunter2', fields = {}, version = '1.0', ...rest }: Wish = {}): DesiredSite {
  const wish = onChange === undefined ? {} : { 'on-mutable-variable-change': onChange };
  const spec = application('shop', { version, services: [{ ...WEB, ...fields }], ...wish, ...rest.application });
  return desire([spec], { secrets: secretValues({ password }) });
}

async function running(desired: DesiredSite): Promise<World> {
  const world = createWorld();
  await world.converge(desired);
  return world;
}

/** What the containers `main` were made with. */
function passwords({ docker: { engine } }: World): readonly (string | undefined)[] {
  return ['1', '2'].map((index) => engine.get(`acme.shop.web-${index}.main`, 'test').desired.env['PASSWORD']);
}

const ONE_INSTANCE = (index: number) =>
  [
    `stop container acme.shop.web-${index}.main`,
    `stop container acme.shop.web-${index}.side`,
    `remove container acme.shop.web-${index}.main`,
    `remove container acme.shop.web-${index}.side`,
    `remove container acme.shop.web-${index}`,
    `create sandbox acme.shop.web-${index}`,
    `start container acme.shop.web-${index}`,
    `create container acme.shop.web-${index}.main`,
    `create container acme.shop.web-${index}.side`,
    `start container acme.shop.web-${index}.main`,
    `start container acme.shop.web-${index}.side`,
  ].sort();

describe('a mutable variable that has another value', () => {
  it('restarts every instance that refers to it, whole, where nothing else is said', async () => {
    const world = await running(site());
    const changed = site({ password: 'correct horse' });
    const { steps } = await world.plan(changed);
    expect(new Set(steps.map(({ target, intent, reason }) => `${target}: ${intent} — ${reason}`))).toEqual(
      new Set([
        'acme.shop.web-1: replace — the value of a variable changed',
        'acme.shop.web-2: replace — the value of a variable changed',
      ]),
    );
    const done = await world.converge(changed);
    expect(done.sort()).toEqual([...ONE_INSTANCE(1), ...ONE_INSTANCE(2)].sort());
    expect(passwords(world)).toEqual(['correct horse', 'correct horse']);
    expect(lines(await world.plan(changed))).toEqual([]);
  });

  it('takes the way of an upgrade where the application says so', async () => {
    const upgrade = {
      'upgrade-from': [{ 'version-regexp': '.', method: 'per-service' as const, services: [{ name: 'web' }] }],
    };
    const wish: Wish = { onChange: 'upgrade-application', application: upgrade };
    const world = await running(site(wish));
    const changed = site({ ...wish, password: 'correct horse' });
    const { steps, later } = await world.plan(changed);
    expect(new Set(steps.map(({ target, reason }) => `${target} — ${reason}`))).toEqual(
      new Set(['acme.shop — from 1.0', 'acme.shop.web-1 — the value of a variable changed, batch 1 of 2']),
    );
    expect(later.map(({ step }) => step.target)).toContain('acme.shop.web-2');
    await world.settle(changed);
    expect(passwords(world)).toEqual(['correct horse', 'correct horse']);
    expect(world.docker.engine.volumes.markersOf('test')).toEqual([]);
    expect(lines(await world.plan(changed))).toEqual([]);
  });

  it('is brought to all at once where no upgrade procedure matches', async () => {
    const world = await running(site({ onChange: 'upgrade-application' }));
    const changed = site({ onChange: 'upgrade-application', password: 'correct horse' });
    await world.converge(changed);
    expect(passwords(world)).toEqual(['correct horse', 'correct horse']);
    expect(lines(await world.plan(changed))).toEqual([]);
  });

  it('changes nothing with ignore, for ever', async () => {
    const world = await running(site({ onChange: 'ignore' }));
    const changed = site({ onChange: 'ignore', password: 'correct horse' });
    const plan = await world.plan(changed);
    expect([plan.steps, plan.later]).toEqual([[], []]);
    expect(passwords(world)).toEqual(['hunter2', 'hunter2']);
  });

  it('touches nothing when the value comes back before anything was done', async () => {
    const world = await running(site());
    await world.plan(site({ password: 'correct horse' }));
    expect(lines(await world.plan(site()))).toEqual([]);
  });

  it('is carried through from any moment at which a daemon may have ended', async () => {
    const changed = site({ password: 'correct horse' });
    for (let steps = 1; steps <= 22; steps += 1) {
      const world = await running(site());
      await world.converge(changed, steps);
      await world.converge(changed);
      expect(passwords(world)).toEqual(['correct horse', 'correct horse']);
      expect(lines(await world.plan(changed))).toEqual([]);
    }
  });

  it('that comes back in the middle of it leaves no container with the value between', async () => {
    for (let steps = 1; steps <= 22; steps += 1) {
      const world = await running(site());
      await world.converge(site({ password: 'correct horse' }), steps);
      await world.converge(site());
      expect(passwords(world)).toEqual(['hunter2', 'hunter2']);
    }
  });

  it('leaves alone the service that does not refer to it', async () => {
    const both = (password: string) =>
      desire([application('shop', { services: [{ ...WEB, replicas: 1 }, service('db')] })], {
        secrets: secretValues({ password }),
      });
    const world = await running(both('hunter2'));
    const targets = (await world.plan(both('correct horse'))).steps.map(({ target }) => target);
    expect(new Set(targets)).toEqual(new Set(['acme.shop.web-1']));
  });

  it('gives a container that is made anew for another reason the value of now, whatever is said', async () => {
    const world = await running(site({ onChange: 'ignore' }));
    const { engine } = world.docker;
    engine.remove(engine.get('acme.shop.web-1.main', 'test').id);
    const changed = site({ onChange: 'ignore', password: 'correct horse' });
    expect(await world.converge(changed)).toEqual([
      'create container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
    ]);
    expect(passwords(world)).toEqual(['correct horse', 'hunter2']);
  });

  it('in a config map changes its files, and follows what is said about those', async () => {
    const volumes = [{ name: 'conf', 'config-map': { items: [{ name: 'a', data: '${PASSWORD}' }] } }];
    const mounts = [{ 'volume-name': 'conf', 'mount-path': '/conf' }];
    const fields = { replicas: 1, volumes, containers: [container('main', { mounts })] };
    const world = await running(site({ fields, onChange: 'ignore' }));
    expect(await world.converge(site({ fields, onChange: 'ignore', password: 'correct horse' }))).toEqual([
      'write files of acme.shop.web-1.conf',
      'stop container acme.shop.web-1.main',
      'start container acme.shop.web-1.main',
    ]);
  });
});

describe('a text that refers to mutable variables', () => {
  const plain = { containers: [container('main'), container('side')] };

  it('for the first time makes the instance anew, because of the text', async () => {
    const world = await running(site({ fields: plain }));
    const { steps } = await world.plan(site());
    const reasons = new Set(steps.map(({ reason }) => reason));
    expect(reasons).toEqual(new Set(['its specification changed']));
    await world.converge(site());
    expect(passwords(world)).toEqual(['hunter2', 'hunter2']);
    expect(lines(await world.plan(site()))).toEqual([]);
  });

  it('no more costs the containers that did, and later changes cost nothing', async () => {
    const world = await running(site());
    const done = await world.converge(site({ fields: plain }));
    expect(done.filter((id) => id.startsWith('create'))).toEqual([
      'create container acme.shop.web-1.main',
      'create container acme.shop.web-2.main',
    ]);
    expect(lines(await world.plan(site({ fields: plain, password: 'correct horse' })))).toEqual([]);
  });

  it('and that is another in the same moment as a value is given as the reason', async () => {
    const world = await running(site());
    const containers = [container('main', { env: { PASSWORD: 'p:${PASSWORD}' } }), container('side')];
    const { steps } = await world.plan(site({ password: 'correct horse', fields: { containers } }));
    expect(new Set(steps.map(({ reason }) => reason))).toEqual(new Set(['its specification changed']));
  });

  it('of another version is upgraded to, and that is the reason', async () => {
    const world = await running(site());
    const { steps } = await world.plan(site({ password: 'correct horse', version: '2.0' }));
    expect(new Set(steps.map(({ reason }) => reason))).toEqual(new Set(['version 1.0 → 2.0']));
  });
});

describe('the value of a secret', () => {
  it('is in no plan that anybody is shown, and in no label', async () => {
    const world = createWorld();
    const desired = site();
    const plan = await world.plan(desired);
    expect(JSON.stringify(plan)).toContain('hunter2');
    expect(JSON.stringify(toPlanDocument(plan))).not.toContain('hunter2');
    expect(formatPlan(plan)).not.toContain('hunter2');
    await world.converge(desired);
    const labels = world.docker.engine.containers().map((one) => one.labels);
    expect(labels.length).toBeGreaterThan(0);
    expect(JSON.stringify(labels)).not.toContain('hunter2');
  });

  it('stands behind a label of the sandbox alone', async () => {
    const world = await running(site());
    const labelled = world.docker.engine.containers().filter(({ labels }) => 'io.fairlead.variables' in labels);
    expect(labelled.map(({ name }) => name).sort()).toEqual(['acme.shop.web-1', 'acme.shop.web-2']);
  });
});
