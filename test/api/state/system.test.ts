import { describe, expect, it } from 'vitest';
import { application, host, instance, plan, snapshot, stopStep } from '../snapshot-builders.ts';
import { errorWith, serve } from '../served.ts';

const SETUP = {
  name: 'setup',
  id: '189d9234f12c',
  'oper-status': 'completed',
  'start-time': '2026-01-02T03:04:05.678Z',
  'current-restarts': 0,
  'total-restarts': 0,
  devices: [],
  gpus: [],
} as const;
const SITE = snapshot({
  applications: [
    application('acme.shop', {
      state: { 'service-instances': [instance('web-1'), instance('web-2', { host: 'b', 'init-containers': [SETUP] })] },
    }),
    application('beta.till', { state: { 'service-instances': [instance('app-1', { host: '' })] } }),
  ],
  hosts: [host('local'), host('b')],
});
const CLUSTER = '/v1/state/system/cluster';

describe('the cluster', () => {
  it('lists everybody’s instances under long names, with tenant and application', async () => {
    const { ask } = await serve(SITE);
    const { body } = await ask(`${CLUSTER}/service-instances?keys`);
    expect(body).toEqual(['acme.shop.web-1', 'acme.shop.web-2', 'beta.till.app-1']);
    const one = await ask(`${CLUSTER}/service-instances/acme.shop.web-2`);
    expect(one.body).toMatchObject({ name: 'acme.shop.web-2', tenant: 'acme', application: 'shop', host: 'b' });
    expect(one.body).toMatchObject({
      'init-containers': [{ name: 'acme.shop.web-2.setup', 'oper-status': 'completed' }],
      containers: [{ name: 'acme.shop.web-2.nginx' }],
    });
    expect(one.text.startsWith('{"name":"acme.shop.web-2","tenant":"acme","application":"shop",')).toBe(true);
    expect((await ask(`${CLUSTER}/service-instances/web-2`)).status).toBe(404);
  });

  it('lists hosts by the name they have in the cluster', async () => {
    const { ask } = await serve(SITE);
    expect((await ask(`${CLUSTER}/hosts?keys`)).body).toEqual(['local', 'b']);
    expect((await ask(`${CLUSTER}/hosts/b`)).body).toEqual(host('b'));
    expect(await ask(`${CLUSTER}/hosts/c`)).toMatchObject({ status: 404, body: errorWith('no host c') });
  });

  it('lists the instances of one host', async () => {
    const { ask } = await serve(SITE);
    expect((await ask(`${CLUSTER}/hosts/b/service-instances?keys`)).body).toEqual(['acme.shop.web-2']);
    expect((await ask(`${CLUSTER}/hosts/b/service-instances/acme.shop.web-2`)).status).toBe(200);
    expect((await ask(`${CLUSTER}/hosts/b/service-instances/acme.shop.web-1`)).status).toBe(404);
    expect((await ask(`${CLUSTER}/hosts/c/service-instances`)).status).toBe(404);
  });
});

describe('the repository', () => {
  it('tells what was fetched and what is wrong with it', async () => {
    const { ask } = await serve(SITE);
    expect((await ask('/v1/state/repository')).body).toEqual(SITE.repository);
  });
});

describe('the plan', () => {
  it('is not there before the first look at both sides', async () => {
    const { ask } = await serve(SITE);
    expect((await ask('/v1/state/plan')).status).toBe(503);
  });

  it('tells steps and reasons in kebab-case, and nothing of what containers are given', async () => {
    const step = stopStep('acme.shop.web-1.nginx');
    const made = plan({
      steps: [step],
      later: [{ step, at: 1_000, waitingFor: 'try 1 failed: x' }],
      held: [{ application: 'acme.old', reason: 'too many' }],
      blocked: { 'acme.big': 'full' },
      wakeAt: 2_000,
    });
    const { ask } = await serve({ ...SITE, plan: made });
    const printed = { ...step, action: 'stop-container' };
    expect((await ask('/v1/state/plan')).body).toEqual({
      revision: 'r1',
      steps: [printed],
      later: [{ ...printed, at: '1970-01-01T00:00:01.000Z', 'waiting-for': 'try 1 failed: x' }],
      held: [{ application: 'acme.old', reason: 'too many' }],
      blocked: [{ application: 'acme.big', reason: 'full' }],
      'wake-at': '1970-01-01T00:00:02.000Z',
    });
  });
});

describe('readiness', () => {
  it('comes with the first full pass', async () => {
    const { ask, store } = await serve({ ...SITE, ready: false });
    expect((await ask('/readyz', { as: 'nobody' })).status).toBe(503);
    store.swap(SITE);
    expect((await ask('/readyz', { as: 'nobody' })).status).toBe(200);
    expect((await ask('/healthz', { as: 'nobody' })).body).toEqual({ status: 'ok', version: '1.2.3' });
  });
});
