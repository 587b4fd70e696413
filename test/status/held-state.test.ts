import { describe, expect, it } from 'vitest';
import type { DeploymentFacts } from '../../src/status/deployment-state.ts';
import { deploymentState } from '../../src/status/deployment-state.ts';
import { applicationState } from '../../src/status/application-state.ts';
import type { Hold } from '../../src/upgrade/hold.ts';
import { container, observedApplication, resolved, service } from '../builders.ts';
import { applicationFacts, desiredShop, inForceOf, NOW, SHOP } from './facts.ts';

const SUSPENDED: Hold = {
  cause: 'suspended',
  why: 'deployment shop is suspended',
  until: undefined,
  waiting: 'nothing',
  version: '1.0',
};
const WINDOW: Hold = {
  cause: 'upgrade-window',
  why: 'no upgrade window of site local is open',
  until: NOW + 3_600_000,
  waiting: 'upgrade',
  version: '2.0',
};
const DEPENDENT: Hold = {
  cause: 'dependency',
  why: 'application db, which it depends on, is not ready',
  until: undefined,
  waiting: 'start',
  version: '1.0',
};

const NEXT = { ...SHOP, version: '2.0', services: [service('web', { containers: [container('api')] })] };

/** 1.0 runs, and 2.0 is wished. */
function outdated(hold: Hold = WINDOW) {
  const old = desiredShop();
  return applicationFacts({ desired: desiredShop(NEXT), earlier: [old], observed: observedApplication(old), hold });
}

function statusOf(application: DeploymentFacts['application'], suspend = false) {
  const deployment = Object.values(resolved([SHOP]).deployments)[0]!;
  const { document } = deployment;
  const inForce = { ...deployment, document: { ...document, spec: { ...document.spec, suspend } } };
  return deploymentState({ deployment: inForce, application, selected: true, awaited: undefined, site: 'local' })
    .status;
}

describe('an application that has to wait', () => {
  it('with another version keeps its status and says which version waits, for what, and until when', () => {
    const state = applicationState(outdated());
    const message =
      'version 2.0 waits: no upgrade window of site local is open; the next opens at 2026-01-02T01:00:00.000Z';
    expect(state).toMatchObject({
      'oper-status': 'running',
      progress: message,
      waiting: {
        what: 'upgrade',
        cause: 'upgrade-window',
        version: '2.0',
        until: '2026-01-02T01:00:00.000Z',
        message,
      },
    });
    expect(state['error-message']).toBeUndefined();
    expect(state['service-instances'].map((one) => [one.name, one['oper-status']])).toEqual([['web-1', 'running']]);
    expect(statusOf(state)).toMatchObject({ 'oper-status': 'blocked', 'error-message': message });
    expect(statusOf(state)['application-versions']).toMatchObject([
      { version: '1.0', 'deployed-to': [{ site: 'local' }], 'deploying-to': [] },
    ]);
  });

  it('shows what runs and is not wished any more, and nothing of what is only wished', () => {
    const old = desiredShop({ ...SHOP, services: [...SHOP.services, service('old')] });
    const next = desiredShop({ ...NEXT, services: [service('web', { replicas: 3 }), service('fresh')] });
    const facts = applicationFacts({ desired: next, earlier: [old], observed: observedApplication(old), hold: WINDOW });
    expect(applicationState(facts)['service-instances'].map(({ name }) => name)).toEqual(['web-1', 'old-1']);
  });

  it('shows what runs of a text that nobody knows', () => {
    const facts = { ...outdated(), earlier: [] };
    expect(applicationState(facts)['service-instances']).toMatchObject([{ name: 'web-1', 'oper-status': 'running' }]);
  });

  it('to be started is starting, and so are its instances', () => {
    const state = applicationState(applicationFacts({ observed: undefined, hold: DEPENDENT }));
    const message = 'it waits to be started: application db, which it depends on, is not ready';
    expect(state).toMatchObject({
      'oper-status': 'starting',
      'service-instances': [{ name: 'web-1', 'oper-status': 'starting', progress: message }],
    });
    expect(statusOf(state)).toMatchObject({
      'oper-status': 'blocked',
      'error-message': message,
      'application-versions': [],
    });
  });
});

describe('an application whose deployment is suspended', () => {
  it('keeps its status while it runs, and its deployment is blocked', () => {
    const state = applicationState(applicationFacts({ hold: SUSPENDED }));
    expect(state).toMatchObject({ 'oper-status': 'running', progress: 'deployment shop is suspended' });
    expect(statusOf(state, true)).toMatchObject({
      'oper-status': 'blocked',
      'error-message': 'deployment shop is suspended',
    });
  });

  it('is admin-down as long as nothing of it runs', () => {
    const hold: Hold = { ...SUSPENDED, waiting: 'start' };
    expect(applicationState(applicationFacts({ observed: undefined, hold }))).toMatchObject({
      'oper-status': 'admin-down',
      'service-instances': [],
      progress: 'it waits to be started: deployment shop is suspended',
    });
  });

  it('says what is wrong with it, and so does its deployment', () => {
    const observed = observedApplication(desiredShop(), {
      api: {
        totalRestarts: 9,
        startedAt: NOW - 60_000,
        restarts: [5, 4, 3, 2, 1].map((minutes) => NOW - minutes * 60_000),
      },
    });
    const state = applicationState(applicationFacts({ observed, hold: SUSPENDED }));
    expect(state['oper-status']).toBe('error');
    expect(statusOf(state, true)['error-message']).toBe(
      `deployment shop is suspended; ${state['error-message'] ?? 'nothing'}`,
    );
  });

  it('is shown as it runs though it is not to be here any more', () => {
    const hold: Hold = { ...SUSPENDED, waiting: 'removal', version: '' };
    const facts = applicationFacts({ desired: undefined, inForce: inForceOf(), hold });
    expect(applicationState(facts)).toMatchObject({
      'oper-status': 'running',
      'locally-deployed': true,
      'service-instances': [{ name: 'web-1' }],
      waiting: { what: 'removal', message: 'its removal waits: deployment shop is suspended' },
    });
  });
});
