import { describe, expect, it, test } from 'vitest';
import type { ContainerSpec } from '../../src/model/application-spec.ts';
import { UNPROBED, type ObservedContainer, type ObservedHealth } from '../../src/model/observed.ts';
import { containerState } from '../../src/status/container-state.ts';
import { application, container, desire, observedContainer, service } from '../builders.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const NOW = 1000 * DAY;

/** The container `main` of this specification, which has been running for a minute, but for the changes. */
function stateOf(fields: Partial<ObservedContainer>, spec: Partial<ContainerSpec> = {}, concern?: string) {
  const shop = application('shop', { services: [service('web', { containers: [container('main', spec)] })] });
  const desiredShop = desire([shop]).applications['acme.shop']!;
  const instance = desiredShop.instances[0]!;
  const desired = instance.containers[0]!;
  const times = { createdAt: NOW - 100 * DAY, startedAt: NOW - MINUTE, finishedAt: NOW - MINUTE };
  const observed = observedContainer(desiredShop, instance, desired, { ...times, exitCode: 1, ...fields });
  return containerState({ name: 'main', desired, observed, failure: undefined, concern, ports: [], now: NOW });
}

const minutesAgo = (...minutes: readonly number[]) => minutes.map((count) => NOW - count * MINUTE);

describe('a container that was restarted', () => {
  it('is well at its sixth crash in a year', () => {
    expect(stateOf({ totalRestarts: 6, restarts: minutesAgo(1) })).toMatchObject({ 'oper-status': 'running' });
    const rare = { totalRestarts: 6, restarts: [...minutesAgo(90, 60, 30, 10), NOW - MINUTE] };
    expect(stateOf(rare)).toMatchObject({ 'oper-status': 'running' });
  });

  it('keeps ending after five restarts within five minutes', () => {
    expect(stateOf({ totalRestarts: 9, restarts: minutesAgo(5, 4, 3, 2, 1) })).toMatchObject({
      'oper-status': 'error',
      'error-message': 'it keeps ending: restarted 9 times, last with exit code 1',
    });
  });

  it('keeps ending when all its five restarts lie in the first five minutes, seen or not', () => {
    const young = { totalRestarts: 5, createdAt: NOW - 4 * MINUTE, restarts: minutesAgo(1) };
    expect(stateOf(young)).toMatchObject({ 'oper-status': 'error' });
  });

  it('is well after five minutes without a restart', () => {
    const calm = { totalRestarts: 9, restarts: minutesAgo(9, 8, 7, 6, 5), startedAt: NOW - 5 * MINUTE };
    expect(stateOf(calm)).toMatchObject({ 'oper-status': 'running' });
  });

  it('is starting while the engine says a word we do not know', () => {
    expect(stateOf({ status: 'unknown' })).toMatchObject({ 'oper-status': 'starting' });
  });

  it('shows how often, in all and of late', () => {
    expect(stateOf({ totalRestarts: 7, currentRestarts: 2 })).toMatchObject({
      'total-restarts': 7,
      'current-restarts': 2,
    });
  });

  it('says what it last logged, a line that it said again and again once', () => {
    const lastLines = ['reading settings', 'no such table', 'no such table'];
    const loop = { totalRestarts: 5, restarts: minutesAgo(5, 4, 3, 2, 1), exitCode: 3, lastLines };
    expect(stateOf(loop)['error-message']).toBe(
      'it keeps ending: restarted 5 times, last with exit code 3; last it logged: "reading settings / no such table"',
    );
  });
});

describe('a container with probes', () => {
  const PROBE = { tcp: { port: 80 } };
  const PROBES = { probes: { startup: PROBE, readiness: PROBE, liveness: PROBE } };
  const ALL = { startup: 'success', readiness: 'success', liveness: 'success' } as const;

  test.each<[string, Partial<ObservedHealth>, 'starting' | 'running' | 'ready', string?]>([
    ['is starting before its startup probe passed', {}, 'starting'],
    [
      'says why its startup probe does not pass',
      { startup: 'failure', message: 'connection refused' },
      'starting',
      'its startup probe failed: connection refused',
    ],
    ['runs from then on, and is not ready', { startup: 'success' }, 'running'],
    ['is ready when its readiness probe passes', ALL, 'ready'],
    [
      'is not ready when its readiness probe fails',
      { ...ALL, readiness: 'failure', message: 'no answer' },
      'running',
      'its readiness probe failed: no answer',
    ],
    ['says that its liveness probe fails', { ...ALL, liveness: 'failure' }, 'ready', 'its liveness probe failed'],
  ])('%s', (_, health, expected, message) => {
    const state = stateOf({ health: { ...UNPROBED, ...health } }, PROBES);
    expect(state.ready ? 'ready' : state['oper-status']).toBe(expected);
    expect(state['error-message']).toBe(message);
  });

  it('shows each of them, and why it fails', () => {
    const health = { ...ALL, readiness: 'failure', message: 'no answer' } as const;
    expect(stateOf({ health }, PROBES).probes).toEqual({
      startup: { status: 'success' },
      readiness: { status: 'failure', 'error-message': 'its readiness probe failed: no answer' },
      liveness: { status: 'success' },
    });
    expect(stateOf({}, { probes: { liveness: PROBE } }).probes).toEqual({ liveness: { status: 'unknown' } });
  });

  it('is ready when it runs if it has no readiness probe', () => {
    const health = { ...UNPROBED, startup: 'success' } as const;
    expect(stateOf({ health }, { probes: { startup: PROBE } }).ready).toBe(true);
    expect(stateOf({}).ready).toBe(true);
  });
});

describe('a container that does not know its newest files', () => {
  it('runs, and says why', () => {
    const state = stateOf({}, {}, 'its files are not up to date: exit code 1');
    expect(state).toMatchObject({
      'oper-status': 'running',
      ready: true,
      'error-message': 'its files are not up to date: exit code 1',
    });
  });
});
