import { describe, expect, it, test } from 'vitest';
import type { ObservedContainer } from '../../src/model/observed.ts';
import { systemInstanceState } from '../../src/status/instance-document.ts';
import { instanceState, type InstanceFacts } from '../../src/status/instance-state.ts';
import {
  application,
  container,
  desire,
  IMAGE,
  observedInstance,
  service,
  type ContainerChanges,
} from '../builders.ts';
import { secretValues, secretVariable } from '../secrets.ts';
import { desiredShop, NOW, SHOP } from './facts.ts';

const shop = desiredShop();
const desired = shop.instances[0]!;

function stateOf(changes: ContainerChanges | undefined, failed: Readonly<Record<string, string>> = {}) {
  const facts: InstanceFacts = {
    application: shop,
    desired,
    observed: changes === undefined ? undefined : observedInstance(shop, desired, changes),
    volumes: [],
    spec: undefined,
    host: 'local',
    progress: undefined,
    stays: false,
    failures: new Map(Object.entries(failed)),
    now: NOW,
  };
  return instanceState(facts);
}

/** A container that restarted this often, the last time a second ago. */
function restarted(count: number, fields: Partial<ObservedContainer> = {}): Partial<ObservedContainer> {
  const restarts = Array.from({ length: Math.min(count, 5) }, (_, index) => NOW - 5000 + index * 1000);
  return {
    totalRestarts: count,
    currentRestarts: count,
    restarts,
    startedAt: NOW - 1000,
    createdAt: NOW - 6000,
    exitCode: 3,
    ...fields,
  };
}

const KEEPS_ENDING = 'it keeps ending: restarted 5 times, last with exit code 3';
const PULL = { [`pull image ${IMAGE}`]: 'no such image: check the reference' };

describe('a container', () => {
  test.each<[string, Partial<ObservedContainer> | null, Readonly<Record<string, string>>, string, string?]>([
    ['runs', {}, {}, 'running'],
    ['is not there yet', null, {}, 'starting'],
    ['is made and not started', { status: 'created', startedAt: 0 }, {}, 'starting'],
    ['has ended', { status: 'exited', exitCode: 1 }, {}, 'starting'],
    ['is restarted now and then', restarted(4), {}, 'running'],
    ['is in a crash loop', restarted(5), {}, 'error', 'it keeps ending: restarted 5 times, last with exit code 3'],
    [
      'is in a crash loop between two starts',
      restarted(7, { status: 'restarting', oomKilled: true }),
      {},
      'error',
      'it keeps ending: restarted 7 times, last for lack of memory',
    ],
    ['has lived 5 min since its crash loop', restarted(5, { startedAt: NOW - 300_000 }), {}, 'running'],
    ['lacks its image', null, PULL, 'failed', 'no such image: check the reference'],
    ['cannot be made', null, { 'create container acme.shop.web-1.api': 'no' }, 'failed', 'no'],
    ['keeps ending, and waits for its next start', restarted(5, { status: 'exited' }), {}, 'error', KEEPS_ENDING],
    ['lacks a volume', null, { 'create volume acme.shop.web-1.data': 'no' }, 'starting'],
    ['cannot be started', { status: 'created' }, { 'start container acme.shop.web-1.api': 'no' }, 'failed', 'no'],
    ['cannot be replaced', { status: 'exited' }, { 'remove container acme.shop.web-1.api': 'no' }, 'failed', 'no'],
    ['is paused for ever', { status: 'paused' }, { 'unpause container acme.shop.web-1.api': 'no' }, 'failed', 'no'],
    ['cannot be ended by the engine', { status: 'dead' }, {}, 'failed', 'the engine could not end it'],
    ['runs, and another one failed', {}, { 'create container acme.shop.web-1.page': 'no' }, 'running'],
  ])('that %s', (_, api, failed, ...[status, message]) => {
    const state = stateOf({ api }, failed).containers[0]!;
    expect(state).toMatchObject({ name: 'api', 'oper-status': status, ready: status === 'running' });
    expect(state['error-message']).toBe(message);
  });

  it('has every key its clients need, with a time for a time, whether it is there or not', () => {
    for (const changes of [undefined, { api: null }, { api: { startedAt: 0 } }, {}]) {
      for (const state of stateOf(changes).containers) {
        expect(Object.keys(state)).toEqual(
          expect.arrayContaining(['name', 'id', 'oper-status', 'start-time', 'current-restarts', 'total-restarts']),
        );
        expect(state['start-time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }
    }
    expect(stateOf({}).containers[0]!.id).toMatch(/^[a-z0-9]{12}$/);
  });
});

describe('an instance', () => {
  const FORMER = { identity: { ...observedInstance(shop, desired).containers[1]!.identity!, configHash: 'former' } };
  test.each<[string, ContainerChanges | undefined, Readonly<Record<string, string>>, string, string?]>([
    ['all of which runs', {}, {}, 'running'],
    ['of which nothing is there', undefined, {}, 'starting'],
    ['of which one container is not there', { page: null }, {}, 'starting'],
    ['whose sandbox is gone', { '': null }, {}, 'starting'],
    ['whose sandbox has ended', { '': { status: 'exited' } }, {}, 'starting'],
    ['whose sandbox cannot be made', { '': null }, { 'create sandbox acme.shop.web-1': 'no' }, 'failed', 'api: no'],
    [
      'without a network',
      undefined,
      { 'create network acme.shop': 'the pool is full' },
      'failed',
      'api: the pool is full',
    ],
    ['whose image cannot be pulled', undefined, PULL, 'failed', 'api: no such image: check the reference'],
    [
      'with a failed and a crashing container is failed',
      { api: restarted(5), page: { status: 'dead' } },
      {},
      'failed',
      'api: it keeps ending: restarted 5 times, last with exit code 3',
    ],
    [
      'with a crashing and a starting container is in error',
      { api: { status: 'created' }, page: restarted(5) },
      {},
      'error',
      'page: it keeps ending: restarted 5 times, last with exit code 3',
    ],
    ['with a container of an earlier text', { api: FORMER }, {}, 'upgrading'],
    [
      'that cannot be upgraded and runs on',
      { api: FORMER },
      PULL,
      'upgrading',
      'api: no such image: check the reference',
    ],
  ])('%s', (_, changes, failed, ...[status, message]) => {
    const state = stateOf(changes, failed);
    expect(state['oper-status']).toBe(status);
    expect(state['error-message']).toBe(message);
  });

  it('of another version is upgrading, and shows the version that runs', () => {
    const next = desiredShop({ ...SHOP, version: '2.0' });
    const facts = { application: next, desired: next.instances[0]!, host: 'local', failures: new Map(), now: NOW };
    const observed = observedInstance(shop, desired);
    const state = instanceState({
      ...{ ...facts, observed, volumes: [], spec: undefined, progress: undefined, stays: false },
    });
    expect(state).toMatchObject({ 'oper-status': 'upgrading', 'application-version': '1.0', ready: true });
  });

  it.each([
    ['restart-service-instance', 'upgrading'],
    ['upgrade-application', 'upgrading'],
    ['ignore', 'running'],
  ] as const)('whose variables have other values now is with %s shown as %s', (onChange, status) => {
    const containers = [container('api', { env: { A: '${A}' } })];
    const services = [service('web', { variables: [secretVariable('A', 'a')], containers })];
    const spec = application('shop', { services, 'on-mutable-variable-change': onChange });
    const [before, now] = ['old', 'new'].map(
      (value) => desire([spec], { secrets: secretValues({ a: value }) }).applications['acme.shop']!,
    );
    const observed = observedInstance(before!, before!.instances[0]!);
    const facts = {
      observed,
      volumes: [],
      spec: undefined,
      progress: undefined,
      stays: false,
      host: 'local',
      failures: new Map(),
      now: NOW,
    };
    const state = instanceState({ ...facts, application: now!, desired: now!.instances[0]! });
    expect(state['oper-status']).toBe(status);
  });

  it('is ready when its sandbox and every container run', () => {
    expect(stateOf({}).ready).toBe(true);
    for (const changes of [undefined, { page: null }, { '': null }, { api: { status: 'exited' } }] as const)
      expect(stateOf(changes).ready).toBe(false);
  });

  it('has every key its clients need, lists as lists, whatever it is', () => {
    for (const changes of [undefined, { '': null }, {}]) {
      expect(stateOf(changes)).toMatchObject({
        name: 'web-1',
        host: 'local',
        'oper-status': expect.any(String) as string,
        'gateway-network': { ips: expect.any(Array) as unknown },
        'ephemeral-volumes': [],
        'persistent-volumes': [],
        'init-containers': [],
        containers: [{ name: 'api' }, { name: 'page' }],
      });
    }
  });

  it('has the address of its sandbox and the names it is found under', () => {
    expect(stateOf({})['application-network']).toEqual({
      ips: ['10.201.0.2/26'],
      'dns-records': ['web-1.shop.internal. 600 IN A 10.201.0.2', 'web.shop.internal. 600 IN A 10.201.0.2'],
    });
    expect(stateOf({})['gateway-network']).toEqual({ ips: ['10.201.0.2/26'] });
    const down = stateOf({ '': { addresses: { 'acme.shop': '' } } });
    expect(down['application-network']).toEqual({ ips: [], 'dns-records': [] });
  });

  it('has long names in the views of the site provider', () => {
    expect(systemInstanceState(stateOf({}), 'acme', 'shop')).toMatchObject({
      name: 'acme.shop.web-1',
      tenant: 'acme',
      application: 'shop',
      containers: [{ name: 'acme.shop.web-1.api' }, { name: 'acme.shop.web-1.page' }],
    });
  });
});
