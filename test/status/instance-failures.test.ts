import { expect, test } from 'vitest';
import { concernOf, failureOf, firstFailure } from '../../src/status/instance-failures.ts';
import { application, container, service } from '../builders.ts';
import { desiredShop } from './facts.ts';

const CONFIG = { name: 'my-config', 'config-map': { items: [{ name: 'a.conf', data: 'a' }] } };
const shop = desiredShop(
  application('shop', {
    services: [
      service('web', {
        volumes: [CONFIG, { name: 'data', 'persistent-volume': { size: '1GB' } }],
        'init-containers': [container('setup')],
        containers: [
          container('api', { mounts: [{ 'volume-name': 'my-config', 'mount-path': '/etc/api' }] }),
          container('page'),
        ],
      }),
    ],
  }),
);
const desired = shop.instances[0]!;
const [api, page] = [desired.containers[0]!, desired.containers[1]!];

const facts = (...steps: readonly string[]) => ({
  application: shop,
  desired,
  failures: new Map(steps.map((step) => [step, `${step} failed`])),
});

test.each([
  'create network acme.shop',
  'remove volume acme.shop.web-1.data',
  'create volume acme.shop.web-1.data',
  'create sandbox acme.shop.web-1',
  'write files of acme.shop.web-1.my-config',
  'start container acme.shop.web-1',
  'create container acme.shop.web-1.page',
  'start container acme.shop.web-1.page',
])('a container waits for: %s', (step) => {
  expect(failureOf(facts(step), page)).toBe(`${step} failed`);
});

test('the first step in the way is told', () => {
  const both = facts('create container acme.shop.web-1.page', 'create volume acme.shop.web-1.data');
  expect(failureOf(both, page)).toBe('create volume acme.shop.web-1.data failed');
});

test.each([
  'create container acme.shop.web-1.api',
  'create init container acme.shop.web-1.setup',
  'announce files to acme.shop.web-1.page',
])('a container is not kept from running by: %s', (step) => {
  expect(failureOf(facts(step), page)).toBeUndefined();
});

test('the init container is told of before the containers that wait for it', () => {
  expect(firstFailure(facts('create init container acme.shop.web-1.setup'))).toBe(
    'setup: create init container acme.shop.web-1.setup failed',
  );
});

test('a container whose files cannot be written, or which cannot be told of them, runs on without', () => {
  for (const step of ['write files of acme.shop.web-1.my-config', 'announce files to acme.shop.web-1.api']) {
    expect(concernOf(facts(step), api)).toBe(`its files are not up to date: ${step} failed`);
    expect(concernOf(facts(step), page)).toBeUndefined();
  }
});
