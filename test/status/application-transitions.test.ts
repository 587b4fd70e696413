import { describe, expect, it } from 'vitest';
import { applicationTransitions } from '../../src/status/application-transitions.ts';
import type { ApplicationState, ContainerState, InstanceState } from '../../src/status/documents.ts';
import { application, instance } from '../api/snapshot-builders.ts';

const NAME = { tenant: 'acme', application: 'shop' };
const DAEMON_BEGAN = Date.parse('2026-01-01T00:00:00Z');

function state(instances: readonly InstanceState[], fields: Partial<ApplicationState> = {}): ApplicationState {
  return application('acme.shop', { state: { ...fields, 'service-instances': instances } }).state;
}

function container(fields: Partial<ContainerState>): ContainerState {
  return { ...instance('web-1').containers[0]!, ...fields };
}

/** `web-1` with the one container. */
function web(fields: Partial<ContainerState>, of: Partial<InstanceState> = {}): InstanceState {
  return instance('web-1', { containers: [container(fields)], ...of });
}

function told(before: ApplicationState | undefined, after: ApplicationState | undefined, since = DAEMON_BEGAN) {
  return applicationTransitions({ name: NAME, before, after, since }).map(({ type, message, ...rest }) => {
    const place = [rest['service-instance'], rest.container].filter((part) => part !== undefined).join('.');
    return [type, place, message].filter((part) => part !== '').join(' | ');
  });
}

const ERROR = { 'oper-status': 'error', 'error-message': 'it keeps ending: restarted 5 times' } as const;

describe('what is told between two looks at an application', () => {
  it('is nothing where nothing moved', () => {
    const same = state([instance('web-1')]);
    expect(told(same, same)).toEqual([]);
    expect(told(same, state([instance('web-1')]))).toEqual([]);
    expect(told(undefined, undefined)).toEqual([]);
  });

  it('is a status with why it is so, of a container before its instance, and that before the application', () => {
    const before = state([web({})]);
    const after = state([web(ERROR, ERROR)], ERROR);
    const words = 'running → error: it keeps ending: restarted 5 times';
    expect(told(before, after)).toEqual([
      `container-status | web-1.nginx | ${words}`,
      `service-instance-status | web-1 | ${words}`,
      `application-status | ${words}`,
    ]);
  });

  it('names the tenant, the application and the host', () => {
    const [first] = applicationTransitions({
      name: NAME,
      before: state([web({})]),
      after: state([web(ERROR)]),
      since: DAEMON_BEGAN,
    });
    expect(first).toMatchObject({ ...NAME, host: 'local', 'service-instance': 'web-1', container: 'nginx' });
  });

  it('is that something is new or gone, without all that is in it', () => {
    const waiting = { 'oper-status': 'starting', progress: 'has to become ready' } as const;
    expect(told(state([]), state([instance('web-1', waiting)]))).toEqual([
      'service-instance-status | web-1 | starting: has to become ready',
    ]);
    expect(told(state([instance('web-1')]), state([]))).toEqual(['service-instance-status | web-1 | gone']);
    expect(told(undefined, state([instance('web-1')]))).toEqual([
      'service-instance-status | web-1 | running',
      'application-status | running',
    ]);
    expect(told(state([instance('web-1')]), undefined)).toEqual([
      'service-instance-status | web-1 | gone',
      'application-status | gone',
    ]);
  });

  it('is not a message that changes while the status stays', () => {
    const more = { ...ERROR, 'error-message': 'it keeps ending: restarted 6 times' };
    expect(told(state([web(ERROR)], ERROR), state([web(more)], more))).toEqual([]);
  });

  it('is each restart of a container, but not that it was made anew', () => {
    const before = state([web({ 'total-restarts': 2 })]);
    expect(told(before, state([web({ 'total-restarts': 3 })]))).toEqual([
      'container-restarted | web-1.nginx | it ended and was started again, restart 3',
    ]);
    expect(told(before, state([web({ id: 'another', 'total-restarts': 3 })]))).toEqual([]);
  });

  it('is a restart of an init container, too', () => {
    const init = (restarts: number) => {
      const { name, id, devices, gpus } = container({ name: 'setup' });
      const counts = { 'current-restarts': restarts, 'total-restarts': restarts, 'start-time': '' };
      return instance('web-1', {
        'init-containers': [{ name, id, devices, gpus, 'oper-status': 'starting', ...counts }],
      });
    };
    expect(told(state([init(0)]), state([init(1)]))).toEqual([
      'container-restarted | web-1.setup | it ended and was started again, restart 1',
    ]);
  });

  it('is a probe that fails, in the words of the state, and one that succeeds again', () => {
    const failing = { status: 'failure', 'error-message': 'its liveness probe failed: 500' } as const;
    const looks = [{ status: 'unknown' }, { status: 'success' }, failing, { status: 'success' }] as const;
    const states = looks.map((liveness) => state([web({ probes: { liveness } })]));
    const changes = states.slice(1).map((after, i) => told(states[i], after));
    expect(changes).toEqual([
      [],
      ['probe-failed | web-1.nginx | its liveness probe failed: 500'],
      ['probe-recovered | web-1.nginx | its liveness probe succeeds again'],
    ]);
  });

  it('is that an instance turned ready, or is no longer, and why', () => {
    const unready = web({ ready: false }, { ready: false, 'error-message': 'nginx: its readiness probe failed' });
    expect(told(state([unready]), state([web({})]))).toEqual(['service-instance-ready | web-1 | ready']);
    expect(told(state([web({})]), state([unready]))).toEqual([
      'service-instance-unready | web-1 | not ready: nginx: its readiness probe failed',
    ]);
  });

  it('is not that what ran before the daemon began is ready, as its probe is asked for the first time', () => {
    const unasked = web({ ready: false, probes: { readiness: { status: 'unknown' } } }, { ready: false });
    const ready = web({ probes: { readiness: { status: 'success' } } });
    const began = Date.parse(container({})['start-time']);
    expect(told(state([unasked]), state([ready]), began + 1)).toEqual([]);
    expect(told(state([unasked]), state([ready]), began)).toEqual(['service-instance-ready | web-1 | ready']);
  });
});
