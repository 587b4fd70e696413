import { describe, expect, it } from 'vitest';
import {
  beginHealth,
  kindsToAsk,
  noteAnswer,
  replaceProbes,
  toObservedHealth,
  type ContainerHealth,
} from '../../src/health/container-health.ts';
import type { ProbeKind, Probes } from '../../src/model/probes.ts';
import { probe, tcp } from '../probe/probe-builders.ts';

const ALL: Probes = { startup: probe(tcp(1)), readiness: probe(tcp(2)), liveness: probe(tcp(3)) };
const UNSTARTED: Probes = { readiness: ALL.readiness!, liveness: ALL.liveness! };

type Answer = `${ProbeKind} ${'ok' | 'bad' | 'nobody'}`;

/** Each failure says which of the answers it was. */
function answered(probes: Probes, answers: readonly Answer[], health = beginHealth(probes, 0)): ContainerHealth {
  return answers.reduce((now, text, index) => {
    const [kind, word] = text.split(' ') as [ProbeKind, string];
    if (word === 'nobody') return noteAnswer(now, { probes, kind }, { kind: 'unknown' });
    const answer =
      word === 'ok' ? ({ kind: 'success' } as const) : ({ kind: 'failure', message: `no ${index}` } as const);
    return noteAnswer(now, { probes, kind }, answer);
  }, health);
}

const failures = (kind: ProbeKind, count = 3): Answer[] => Array.from({ length: count }, () => `${kind} bad` as const);
const asked = (probes: Probes, answers: readonly Answer[]) => kindsToAsk(probes, answered(probes, answers));

describe('which probes are asked', () => {
  it('the startup probe holds the other two until it has succeeded, and is not asked again', () => {
    expect(asked(ALL, [])).toEqual(['startup']);
    expect(asked(ALL, ['startup bad', 'startup bad'])).toEqual(['startup']);
    expect(asked(ALL, ['startup ok'])).toEqual(['readiness', 'liveness']);
  });

  it('without a startup probe the other two are asked from the start', () => {
    expect(asked(UNSTARTED, [])).toEqual(['readiness', 'liveness']);
    expect(asked({ liveness: ALL.liveness! }, [])).toEqual(['liveness']);
    expect(asked({}, [])).toEqual([]);
  });

  it('none after a failed startup or liveness probe: the container has to be started anew', () => {
    expect(asked(ALL, failures('startup'))).toEqual([]);
    expect(asked(UNSTARTED, failures('liveness'))).toEqual([]);
  });

  it('all go on when readiness has failed', () => {
    expect(asked(UNSTARTED, failures('readiness'))).toEqual(['readiness', 'liveness']);
  });
});

describe('the health of a container', () => {
  const health = (probes: Probes, answers: readonly Answer[]) => toObservedHealth(answered(probes, answers));
  const unknown = { startup: 'unknown', readiness: 'unknown', liveness: 'unknown', message: '' };

  it('is unknown before the first answer, which is no failure', () => {
    expect(health(ALL, [])).toEqual(unknown);
    expect(health(UNSTARTED, failures('liveness', 2))).toEqual(unknown);
  });

  it('says why a probe failed, in the words of the latest answer, until it succeeds', () => {
    expect(health(UNSTARTED, failures('readiness'))).toEqual({ ...unknown, readiness: 'failure', message: 'no 2' });
    expect(health(UNSTARTED, failures('readiness', 4)).message).toBe('no 3');
    expect(health(UNSTARTED, [...failures('readiness'), 'liveness ok']).message).toBe('no 2');
    expect(health(UNSTARTED, [...failures('readiness'), 'readiness ok'])).toEqual({ ...unknown, readiness: 'success' });
  });

  it('counts nothing where nobody could be asked', () => {
    expect(health(UNSTARTED, ['liveness bad', 'liveness bad', 'liveness nobody', 'liveness nobody'])).toEqual(unknown);
    expect(health(UNSTARTED, ['liveness bad', 'liveness bad', 'liveness nobody', 'liveness bad']).liveness).toBe(
      'failure',
    );
  });

  it('is not changed by an answer that comes after the end of asking', () => {
    const failed = health(UNSTARTED, failures('liveness'));
    expect(health(UNSTARTED, [...failures('liveness'), 'readiness ok', 'liveness ok'])).toEqual(failed);
  });
});

describe('a container that runs when the daemon starts', () => {
  // 10 s × 3 + 1 s
  it('has started when it ran longer than its startup probe could take to fail', () => {
    expect(beginHealth(ALL, 31_000).startup.status).toBe('unknown');
    const health = beginHealth(ALL, 31_001);
    expect(toObservedHealth(health)).toEqual({
      startup: 'success',
      readiness: 'unknown',
      liveness: 'unknown',
      message: '',
    });
    expect(kindsToAsk(ALL, health)).toEqual(['readiness', 'liveness']);
  });

  it('waits for the initial delay as well', () => {
    const probes = { startup: probe(tcp(1), { initialDelayMs: 60_000 }) };
    expect(beginHealth(probes, 91_000).startup.status).toBe('unknown');
    expect(beginHealth(probes, 91_001).startup.status).toBe('success');
  });
});

describe('probes that change while the container runs', () => {
  const replace = (health: ContainerHealth, before: Probes, after: Probes) =>
    replaceProbes(health, { before, after }, 5_000);

  it('keep what was found: a new period makes nothing unready', () => {
    const health = answered(ALL, ['startup ok', 'readiness ok']);
    const after = { ...ALL, readiness: probe(tcp(2), { periodMs: 5_000 }) };
    expect(replace(health, ALL, after)).toEqual(health);
  });

  it('are not held to a failure of the former question', () => {
    const health = answered(UNSTARTED, failures('liveness'));
    const after = { ...UNSTARTED, liveness: probe(tcp(33)) };
    expect(toObservedHealth(replace(health, UNSTARTED, after))).toMatchObject({ liveness: 'unknown', message: '' });
    expect(kindsToAsk(after, replace(health, UNSTARTED, after))).toContain('liveness');
  });

  it('keep the failure when they are the same in other words', () => {
    const health = answered(UNSTARTED, failures('liveness'));
    expect(replace(health, UNSTARTED, structuredClone(UNSTARTED))).toEqual(health);
  });

  it('have found nothing when they are gone or new', () => {
    const health = answered(UNSTARTED, ['readiness ok']);
    expect(replace(health, UNSTARTED, {}).readiness.status).toBe('unknown');
    const fresh = replace(answered({}, []), {}, UNSTARTED);
    expect(kindsToAsk(UNSTARTED, fresh)).toEqual(['readiness', 'liveness']);
  });

  it('a startup probe that comes to a container which has long started is not asked', () => {
    const health = answered(UNSTARTED, ['readiness ok']);
    const later = replaceProbes(health, { before: UNSTARTED, after: ALL }, 3_600_000);
    expect(kindsToAsk(ALL, later)).toEqual(['readiness', 'liveness']);
    expect(later.readiness.status).toBe('success');
  });
});
