import { expect, it, test } from 'vitest';
import { applicationState, type ApplicationFacts } from '../../src/status/application-state.ts';
import { deploymentState, type DeploymentFacts } from '../../src/status/deployment-state.ts';
import { IMAGE, resolved } from '../builders.ts';
import { applicationFacts, KEY, REJECTED, SHOP } from './facts.ts';

const deployment = resolved([SHOP]).deployments[KEY]!;
const applicationOf = (fields: Partial<ApplicationFacts> = {}) => applicationState(applicationFacts(fields));
const facts = (fields: Partial<DeploymentFacts> = {}): DeploymentFacts => ({
  deployment,
  application: applicationOf(),
  selected: true,
  awaited: undefined,
  site: 'local',
  ...fields,
});

test.each<[string, Partial<DeploymentFacts>, string, string?]>([
  ['whose application runs is deployed', {}, 'deployed'],
  ['whose application starts is deploying', { application: applicationOf({ observed: undefined }) }, 'deploying'],
  ['of no application is in error', { application: undefined }, 'error', 'no application shop'],
  [
    'whose application is in error is so, too',
    { application: applicationOf({ hindrance: 'the network pool is full' }) },
    'error',
    'the network pool is full',
  ],
  [
    'whose newest text is rejected says so',
    { deployment: { ...deployment, rejected: REJECTED } },
    'deployed',
    'the newest specification is rejected and the last good one stays in force: ' +
      'tenants/acme/applications/shop.yaml:3:1: servces: this key is unknown',
  ],
  [
    'whose version is still looked for is deploying, whatever runs',
    { awaited: 'looked for' },
    'deploying',
    'looked for',
  ],
  ['that waits for its version elsewhere has nothing to do here', { awaited: 'x', selected: false }, 'deployed'],
  ['that does not select this site has nothing to do here', { selected: false }, 'deployed'],
])('a deployment %s', (_, fields, status, message) => {
  const state = deploymentState(facts(fields));
  expect(state.status['oper-status']).toBe(status);
  expect(state.status['error-message']).toBe(message);
});

it('has the keys its clients need, with the time it came here', () => {
  expect(deploymentState(facts())).toMatchObject({
    name: 'shop',
    application: 'shop',
    'application-version': '*',
    status: {
      images: [{ name: IMAGE, status: 'present', digest: 'sha256:1' }],
      'application-versions': [
        { version: '1.0', 'deployed-to': [{ site: 'local', time: '1970-01-01T00:00:01.000Z' }], 'deploying-to': [] },
      ],
    },
  });
});

it('says where it is still going', () => {
  const state = deploymentState(facts({ application: applicationOf({ observed: undefined }) }));
  expect(state.status['application-versions']).toEqual([
    { version: '1.0', 'deployed-to': [], 'deploying-to': [{ site: 'local' }] },
  ]);
});

it('says what runs, and what it waits for, while its version is not known', () => {
  const document = { ...deployment.document, spec: { ...deployment.document.spec, 'application-version': '0.9' } };
  const pinned = { deployment: { ...deployment, document } };
  const here = { version: '1.0', 'deployed-to': [{ site: 'local' }], 'deploying-to': [] };
  const coming = { version: '0.9', 'deployed-to': [], 'deploying-to': [{ site: 'local' }] };
  const versions = (more: Partial<DeploymentFacts>) =>
    deploymentState(facts({ ...pinned, ...more })).status['application-versions'];
  expect(versions({ awaited: 'it is still looked for' })).toMatchObject([here, coming]);
  expect(versions({ application: applicationOf({ hindrance: 'there is none' }) })).toMatchObject([here]);
  const nothing = { desired: undefined, observed: undefined };
  expect(versions({ application: applicationOf({ hindrance: 'there is none', ...nothing }) })).toEqual([]);
});

it('has lists where it does not select this site', () => {
  const { status } = deploymentState(facts({ selected: false }));
  expect(status).toMatchObject({ images: [], 'application-versions': [] });
});
