import { describe, expect, it } from 'vitest';
import type { LingeringInstance, ObservedApplication, ObservedContainer } from '../../src/model/observed.ts';
import { applicationState, type ApplicationFacts } from '../../src/status/application-state.ts';
import { deploymentState } from '../../src/status/deployment-state.ts';
import {
  application,
  container,
  observedApplication,
  observedInstance,
  observedVolume,
  resolved,
  service,
} from '../builders.ts';
import { applicationFacts, desiredShop, KEY, NOW } from './facts.ts';

// Contract 3 and 8.11: an old instance that lives on is listed under the next free number and keeps its names.

const MINUTE = 60_000;
const shopOf = (version: string) =>
  application('shop', {
    version,
    services: [
      service('web', {
        containers: [container('api', { 'delayed-shutdown-cmd': ['leave'] }), container('page')],
        volumes: [{ name: 'cache', 'ephemeral-volume': { size: '1MB' } }],
        'delayed-shutdown': { timeout: '10m' },
      }),
    ],
  });
const [former, current] = [desiredShop(shopOf('1.0')), desiredShop(shopOf('2.0'))];
const [old, instance] = [former.instances[0]!, current.instances[0]!];

/** `web-1` of version 1.0, which has been renamed to `web-2`. */
function leaving(fields: Partial<LingeringInstance> = {}, page: Partial<ObservedContainer> = {}): LingeringInstance {
  const { containers } = observedInstance(former, old, { page: { ...page, startedAt: 5 } });
  const renamed = containers.map((one) => ({ ...one, name: one.name.replace('web-1', 'web-2') }));
  const places = { service: 'web', index: 1, sandboxId: 'old', since: NOW - MINUTE };
  return { ...places, askedAt: NOW - MINUTE, containers: renamed, ...fields };
}

function factsWith(lingering: LingeringInstance, fields: Partial<ApplicationFacts> = {}): ApplicationFacts {
  const seen: ObservedApplication = { ...observedApplication(current), lingering: [lingering] };
  return applicationFacts({ desired: current, observed: seen, ...fields });
}

const listed = (facts: ApplicationFacts) => applicationState(facts)['service-instances'];

describe('an old instance that lives on', () => {
  it('is listed under its new number beside what succeeded it, with its version and how long it may', () => {
    const [successor, left] = listed(factsWith(leaving()));
    expect(successor).toMatchObject({ name: 'web-1', 'application-version': '2.0', 'oper-status': 'running' });
    expect(successor).not.toHaveProperty('lingering');
    expect(left).toMatchObject({
      name: 'web-2',
      'application-version': '1.0',
      'oper-status': 'running',
      ready: true,
      lingering: true,
      progress: 'delayed shutdown: ends by itself, at the latest at 2026-01-02T00:09:00.000Z',
      containers: [{ name: 'api' }, { name: 'page' }],
    });
    expect(left).not.toHaveProperty('error-message');
  });

  it('keeps its names and its volumes', () => {
    const [, left] = listed(factsWith(leaving()));
    expect(left?.['application-network']['dns-records'][0]).toBe('web-1.shop.internal. 600 IN A 10.201.0.2');
    const wanted = { ...observedVolume(former, old, old.volumes[0]!) };
    const other = {
      ...wanted,
      name: 'acme.shop.web-2.cache',
      identity: { ...wanted.identity, index: 2 },
      volume: 'other',
    };
    const observed = { ...observedApplication(current), volumes: [wanted, other], lingering: [leaving()] };
    const [, again] = listed(factsWith(leaving(), { observed }));
    expect(again?.['ephemeral-volumes'].map(({ name }) => name)).toEqual(['cache']);
  });

  it('says what its shutdown waits for', () => {
    const successor = { api: { status: 'created' as const } };
    const observed = {
      ...observedApplication(current, successor),
      lingering: [leaving({ askedAt: undefined })],
    };
    expect(listed(factsWith(leaving(), { observed }))[1]?.progress).toBe(
      'delayed shutdown: begins when web-1 is ready, at the latest at 2026-01-02T00:09:00.000Z',
    );
  });

  it('shows which of its containers have ended: nobody wants them to run, so that is no error', () => {
    const ended = { status: 'exited', exitCode: 1, restarts: Array<number>(5).fill(NOW - 1) } as const;
    const state = applicationState(factsWith(leaving({}, ended)));
    expect(state['oper-status']).toBe('running');
    expect(state['service-instances'][1]?.containers).toMatchObject([
      { name: 'api', 'oper-status': 'running' },
      { name: 'page', 'oper-status': 'admin-down', ready: false },
    ]);
  });

  it('says what went wrong when it was asked to end', () => {
    const failures = new Map([['begin delayed shutdown of acme.shop.web-2', 'the delayed-shutdown-cmd … failed']]);
    const state = applicationState(factsWith(leaving(), { failures }));
    expect(state['service-instances'][1]).toMatchObject({
      'oper-status': 'running',
      'error-message': 'the delayed-shutdown-cmd … failed',
    });
    expect(state['error-message']).toBe('web-2: the delayed-shutdown-cmd … failed');
  });

  it('is listed when the application is no longer deployed, until it has gone', () => {
    const observed = { ...observedApplication(current), instances: {}, lingering: [leaving()] };
    const gone = { desired: undefined, deployment: undefined };
    const state = applicationState(factsWith(leaving(), { ...gone, observed }));
    expect(state).toMatchObject({ 'oper-status': 'admin-down', 'locally-deployed': true });
    expect(state['service-instances'].map(({ name }) => name)).toEqual(['web-2']);
    const nothing = leaving({ containers: [] });
    expect(listed(factsWith(nothing, { ...gone, observed: { ...observed, lingering: [nothing] } }))).toEqual([]);
  });

  it('does not make its successor older than it is', () => {
    const state = applicationState(factsWith(leaving()));
    const deployment = resolved([shopOf('2.0')]).deployments[KEY]!;
    const { status } = deploymentState({
      deployment,
      application: state,
      selected: true,
      awaited: undefined,
      site: 'local',
    });
    expect(status['application-versions'][0]?.['deployed-to']).toEqual([
      { site: 'local', time: '1970-01-01T00:00:01.000Z' },
    ]);
    expect(instance.key).toBe('acme.shop.web-1');
  });
});
