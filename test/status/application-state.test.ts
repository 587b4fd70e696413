import { describe, expect, it, test } from 'vitest';
import { indexImages } from '../../src/plan/image-presence.ts';
import { applicationState, type ApplicationFacts } from '../../src/status/application-state.ts';
import { imageStatus } from '../../src/status/image-status.ts';
import { application, container, IMAGE, observedApplication, service } from '../builders.ts';
import { applicationFacts, desiredShop, inForceOf, NOW, REJECTED, SHOP } from './facts.ts';

const shop = desiredShop();
const NO_IMAGES = indexImages([]);
const PULL = new Map([[`pull image ${IMAGE}`, 'no such image: check the reference']]);
const SAYS_REJECTED = 'tenants/acme/applications/shop.yaml:3:1: servces: this key is unknown';

describe('an application', () => {
  const next = desiredShop({ ...SHOP, version: '2.0' });
  test.each<[string, Partial<ApplicationFacts>, string, string?]>([
    ['all of which runs', {}, 'running'],
    ['that is not deployed', { desired: undefined, observed: undefined, deployment: undefined }, 'admin-down'],
    ['of which nothing is there yet', { observed: undefined }, 'starting'],
    ['of which a container is starting', { observed: observedApplication(shop, { page: null }) }, 'starting'],
    [
      'that is upgrading beats one that is starting',
      { desired: next, observed: observedApplication(shop, { page: null }) },
      'upgrading',
    ],
    [
      'whose image cannot be pulled',
      { observed: undefined, images: NO_IMAGES, failures: PULL },
      'error',
      'web-1: api: no such image: check the reference',
    ],
    [
      'that cannot be upgraded and runs on',
      { desired: next, images: NO_IMAGES, failures: PULL },
      'upgrading',
      'web-1: api: no such image: check the reference',
    ],
    ['that waits for its version and runs', { awaited: 'it is still looked for' }, 'running', 'it is still looked for'],
    [
      'that waits for its version and runs in none',
      { awaited: 'it is still looked for', desired: undefined, observed: undefined },
      'starting',
      'it is still looked for',
    ],
    ['that is hindered', { hindrance: 'the network pool is full' }, 'error', 'the network pool is full'],
    [
      'of which no valid text is known',
      { inForce: undefined, desired: undefined, hindrance: 'shop.yaml is rejected' },
      'error',
      'shop.yaml is rejected',
    ],
    [
      'whose newest text is rejected and whose last good one runs',
      { inForce: { ...inForceOf(), rejected: REJECTED } },
      'running',
      `the newest specification is rejected and the last good one runs: ${SAYS_REJECTED}`,
    ],
    [
      'whose newest text is rejected and which is not deployed',
      { inForce: { ...inForceOf(), rejected: REJECTED }, desired: undefined },
      'admin-down',
      `the newest specification is rejected and the last good one stays in force: ${SAYS_REJECTED}`,
    ],
    [
      'in error of two kinds says both',
      { inForce: { ...inForceOf(), rejected: REJECTED }, observed: undefined, images: NO_IMAGES, failures: PULL },
      'error',
      'web-1: api: no such image: check the reference; ' +
        `the newest specification is rejected and the last good one runs: ${SAYS_REJECTED}`,
    ],
  ])('%s', (_, fields, status, message) => {
    const state = applicationState(applicationFacts(fields));
    expect(state['oper-status']).toBe(status);
    expect(state['error-message']).toBe(message);
  });

  test.each<readonly [string, Partial<ApplicationFacts>]>([
    ['that runs', {}],
    ['that is not deployed', { desired: undefined, deployment: undefined }],
    [
      'of which nothing is known but its name',
      { inForce: undefined, desired: undefined, observed: undefined, hindrance: 'x', modifiedAt: 0 },
    ],
  ])('%s has every key its clients need', (_, fields) => {
    const state = applicationState(applicationFacts(fields));
    expect(state).toMatchObject({
      name: 'shop',
      'locally-deployed': fields.desired === shop || !('desired' in fields),
      'config-modified-time': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      warnings: [],
      'service-instances': 'desired' in fields ? [] : [{ name: 'web-1' }],
    });
  });

  it('that is left alone shows what runs of it, as it is', () => {
    const left = { inForce: undefined, desired: undefined, hindrance: 'shop.yaml is rejected' };
    expect(applicationState(applicationFacts(left))).toMatchObject({
      'oper-status': 'error',
      'locally-deployed': true,
      'service-instances': [
        {
          name: 'web-1',
          'application-version': '1.0',
          'oper-status': 'running',
          ready: true,
          containers: [{ name: 'api' }, { name: 'page' }],
        },
      ],
    });
  });

  it('shows its specification in force, with the state of every image', () => {
    expect(applicationState(applicationFacts())).toMatchObject({
      version: '1.0',
      'application-deployment': 'shop',
      'config-modified-time': new Date(NOW - 60_000).toISOString(),
      services: [
        { name: 'web', containers: [{ name: 'api', 'image-status': { status: 'present' } }, { name: 'page' }] },
      ],
    });
  });

  it('shows the state of the images of its init containers, too', () => {
    const spec = application('shop', { services: [service('web', { 'init-containers': [container('setup')] })] });
    expect(applicationState(applicationFacts({ inForce: inForceOf(spec) })).services).toMatchObject([
      { 'init-containers': [{ name: 'setup', 'image-status': { status: 'present' } }] },
    ]);
  });

  it('lists an instance that no host can take, and says why', () => {
    const spec = application('shop', { services: [service('web', { placement: { 'match-host-labels': 'fast' } })] });
    const facts = { desired: desiredShop(spec), inForce: inForceOf(spec), observed: undefined };
    expect(applicationState(applicationFacts(facts))).toMatchObject({
      'oper-status': 'error',
      'error-message': 'web-1: the labels of host local do not match `fast`',
      'service-instances': [
        {
          name: 'web-1',
          'oper-status': 'error',
          'error-message': 'the labels of host local do not match `fast`',
          host: '',
          ready: false,
          'init-containers': [],
          containers: [],
        },
      ],
    });
  });

  it('shows an instance that failed as failed', () => {
    const state = applicationState(applicationFacts({ observed: undefined, failures: PULL }));
    expect(state['service-instances']).toMatchObject([
      { 'oper-status': 'failed', ready: false, 'error-message': 'api: no such image: check the reference' },
    ]);
  });
});

describe('an image', () => {
  const found = (digests: readonly string[]) => indexImages([{ id: 'sha256:1', tags: [IMAGE], digests }]);
  test.each<readonly [string, Partial<ApplicationFacts>, object]>([
    [
      'is present, with its repository digest',
      { images: found(['a@sha256:2']) },
      { status: 'present', digest: 'sha256:2' },
    ],
    [
      'is present, with its id where it was never in a registry',
      { images: found([]) },
      { status: 'present', digest: 'sha256:1' },
    ],
    [
      'tells when and how long this daemon pulled it',
      { pulls: new Map([[IMAGE, { at: NOW, ms: 2049 }]]) },
      { status: 'present', digest: 'sha256:1', 'last-pull': '2026-01-02T00:00:00.000Z', 'pull-time': '2s' },
    ],
    [
      'that somebody has removed again is missing, whenever it was pulled',
      { images: NO_IMAGES, pulls: new Map([[IMAGE, { at: NOW, ms: 2049 }]]) },
      { status: 'missing' },
    ],
    ['is missing', { images: NO_IMAGES }, { status: 'missing' }],
    [
      'is being pulled, whatever came of it before',
      { images: NO_IMAGES, pulling: new Set([IMAGE]), failures: PULL },
      { status: 'pulling' },
    ],
    [
      'is in error, with the reason',
      { images: NO_IMAGES, failures: PULL },
      { status: 'error', 'error-message': 'no such image: check the reference' },
    ],
    ['is present, however it came', { failures: PULL }, { status: 'present', digest: 'sha256:1' }],
  ])('%s', (_, fields, expected) => {
    expect(imageStatus(IMAGE, applicationFacts(fields))).toEqual(expected);
  });
});
