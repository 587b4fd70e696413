import { describe, expect, it } from 'vitest';
import { applicationState } from '../../src/status/application-state.ts';
import { deploymentState } from '../../src/status/deployment-state.ts';
import type { UpgradeProgress } from '../../src/upgrade/decision.ts';
import { observedApplication, resolved } from '../builders.ts';
import { applicationFacts, desiredShop, inForceOf, KEY, NOW, SHOP } from './facts.ts';

const NEXT = { ...SHOP, version: '2.0' };

const progress = (fields: Partial<UpgradeProgress> = {}): UpgradeProgress => ({
  ...{ state: 'upgrading', from: ['1.0'], to: '2.0', method: 'per-service', batch: 2, batches: 4, done: 3, left: 7 },
  ...{ waitingFor: 'web-3 to be ready', healthyAt: undefined, reason: '', waiting: [], proving: [] },
  ...fields,
});

/** `acme.shop` at 2.0 while its instance is still of 1.0. */
function stateOf(upgrade: UpgradeProgress) {
  const desired = desiredShop(NEXT);
  const old = desiredShop();
  const shared = { inForce: inForceOf(NEXT), desired, earlier: [old], observed: observedApplication(old), upgrade };
  return applicationState(applicationFacts(shared));
}

const deploymentOf = (application: ReturnType<typeof stateOf>) =>
  deploymentState({
    ...{ deployment: resolved([NEXT]).deployments[KEY]!, application },
    ...{ selected: true, awaited: undefined, site: 'local' },
  }).status;

describe('the state of an upgrade', () => {
  it('says how far it is and what is waited for, in a sentence and in figures', () => {
    const state = stateOf(progress({ waiting: ['acme.shop.web-1'] }));
    expect(state['oper-status']).toBe('upgrading');
    expect(state.progress).toBe('version 1.0 → 2.0, batch 2 of 4: 3 done, 7 left; waiting for web-3 to be ready');
    expect(state.upgrade).toEqual({
      ...{ from: ['1.0'], to: '2.0', method: 'per-service', batch: 2, batches: 4, done: 3, left: 7 },
      'waiting-for': 'web-3 to be ready',
    });
    expect(state['service-instances'][0]).toMatchObject({
      'oper-status': 'upgrading',
      'application-version': '1.0',
      progress: 'waits for its turn, and that for web-3 to be ready',
      ready: true,
    });
    expect(deploymentOf(state)).toMatchObject({
      'oper-status': 'deploying',
      'application-versions': [
        { version: '1.0', 'deployed-to': [{ site: 'local' }], 'deploying-to': [] },
        { version: '2.0', 'deployed-to': [], 'deploying-to': [{ site: 'local' }] },
      ],
    });
  });

  it('says how long a healthy-time still lasts, on the deployment too', () => {
    const upgrade = progress({ proving: ['acme.shop.web-1'], healthyAt: NOW + 438_000 });
    const state = stateOf(upgrade);
    expect(state.progress).toMatch(/ \(7m18s left\)$/);
    expect(state.upgrade).toMatchObject({ 'wait-healthy-timeout': '7m18s', 'healthy-at': '2026-01-02T00:07:18.000Z' });
    expect(state['service-instances'][0]?.progress).toBe('has to stay ready (7m18s left)');
    expect(deploymentOf(state)['wait-healthy-timeout']).toBe('7m18s');
  });

  it('is an error when it was aborted, and says what comes next; what runs on runs', () => {
    const reason = 'web-1: main: it ended with exit code 3';
    const state = stateOf(progress({ state: 'aborted', reason, waiting: ['acme.shop.web-1'] }));
    expect(state['oper-status']).toBe('error');
    expect(state['error-message']).toBe(`the upgrade to 2.0 was aborted: ${reason}; the next commit goes on from here`);
    expect(state['service-instances'][0]?.['oper-status']).not.toBe('upgrading');
    expect(state.upgrade).toBeUndefined();
    expect(deploymentOf(state)['oper-status']).toBe('error');
  });

  it.each([
    ['rolling-back', 'the upgrade to 2.0 was aborted: it ended; 1.0 is coming back'],
    ['rolled-back', 'the upgrade to 2.0 was aborted: it ended; 1.0 is back'],
  ] as const)('is an error while and after it is taken back: %s', (state, message) => {
    const upgrade = progress({ state, from: ['2.0'], to: '1.0', reason: 'it ended' });
    expect(stateOf(upgrade)).toMatchObject({ 'oper-status': 'error', 'error-message': message });
  });
});
