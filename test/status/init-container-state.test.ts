import { describe, expect, it, test } from 'vitest';
import type { ObservedContainer } from '../../src/model/observed.ts';
import { applicationState } from '../../src/status/application-state.ts';
import { application, container, observedApplication, service, type ContainerChanges } from '../builders.ts';
import { applicationFacts, desiredShop, inForceOf, NOW } from './facts.ts';

const SPEC = application('shop', {
  services: [service('web', { 'init-containers': [container('setup')], containers: [container('api')] })],
});
const shop = desiredShop(SPEC);
const ABSENT = { setup: null, api: null };

function instanceOf(changes: ContainerChanges, failed: Readonly<Record<string, string>> = {}) {
  const observed = observedApplication(shop, changes);
  const facts = { desired: shop, inForce: inForceOf(SPEC), observed, failures: new Map(Object.entries(failed)) };
  const [instance] = applicationState(applicationFacts(facts))['service-instances'];
  if (instance === undefined) throw new Error('no instance is shown');
  return instance;
}

const ended = (fields: Partial<ObservedContainer>) => ({ setup: { startedAt: NOW - 1000, ...fields }, api: null });

describe('an init container', () => {
  test.each<[string, ContainerChanges, Readonly<Record<string, string>>, string, string, string?]>([
    ['is not there yet', ABSENT, {}, 'starting', 'starting'],
    ['runs', { setup: { status: 'running' }, api: null }, {}, 'running', 'starting'],
    ['is done, and its container is yet to start', { api: null }, {}, 'completed', 'starting'],
    ['is done', {}, {}, 'completed', 'running'],
    ['was removed by somebody after it was done', { setup: null }, {}, 'completed', 'running'],
    [
      'was done before its instance was started anew',
      { '': { startedAt: NOW, finishedAt: NOW - 1 }, api: { status: 'exited' } },
      {},
      'starting',
      'starting',
    ],
    [
      'has failed and will be run again',
      ended({ exitCode: 3, totalRestarts: 1 }),
      {},
      'starting',
      'starting',
      'it ended with exit code 3',
    ],
    [
      'has failed three times',
      ended({ exitCode: 3, totalRestarts: 2 }),
      {},
      'error',
      'error',
      'it ended with exit code 3',
    ],
    [
      'has failed and said why',
      ended({ exitCode: 1, lastLines: ['no such table'] }),
      {},
      'starting',
      'starting',
      'it ended with exit code 1; last it logged: "no such table"',
    ],
    [
      'has used up its memory',
      ended({ exitCode: 137, oomKilled: true }),
      {},
      'starting',
      'starting',
      'it ended for lack of memory',
    ],
    [
      'cannot be made',
      ABSENT,
      { 'create init container acme.shop.web-1.setup': 'no such image' },
      'failed',
      'failed',
      'no such image',
    ],
    [
      'cannot be started',
      { setup: { status: 'created' }, api: null },
      { 'start container acme.shop.web-1.setup': 'no' },
      'failed',
      'failed',
      'no',
    ],
  ])('that %s', (_, changes, failed, ...[status, instanceStatus, message]) => {
    const instance = instanceOf(changes, failed);
    const [setup] = instance['init-containers'];
    expect(setup).toMatchObject({ name: 'setup', 'oper-status': status });
    expect(setup?.['error-message']).toBe(message);
    expect(instance['oper-status']).toBe(instanceStatus);
    expect(instance['error-message']).toBe(message === undefined ? undefined : `setup: ${message}`);
  });

  it('is neither ready nor probed', () => {
    const [setup] = instanceOf({})['init-containers'];
    expect(setup).not.toHaveProperty('ready');
    expect(setup).not.toHaveProperty('probes');
  });
});

it('an instance whose init container is done is ready when its containers are', () => {
  expect(instanceOf({}).ready).toBe(true);
  expect(instanceOf({ api: { status: 'exited' } }).ready).toBe(false);
});

it('an instance that is left alone shows its init containers as they are', () => {
  const facts = { desired: undefined, inForce: undefined, hindrance: 'it is rejected' };
  for (const [changes, status] of [
    [{}, 'completed'],
    [{ setup: { exitCode: 3, totalRestarts: 2 } }, 'error'],
  ] as const) {
    const state = applicationState(applicationFacts({ ...facts, observed: observedApplication(shop, changes) }));
    expect(state['service-instances'][0]).toMatchObject({
      'init-containers': [{ name: 'setup', 'oper-status': status }],
      containers: [{ name: 'api' }],
    });
  }
});
