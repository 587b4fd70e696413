import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DockerPort } from '../../src/docker/port.ts';
import { UNPROBED, type ObservedHealth } from '../../src/model/observed.ts';
import type { Dial } from '../../src/probe/dial.ts';
import type { ProbeTarget } from '../../src/probe/probed-life.ts';
import { createProber, type Prober } from '../../src/probe/prober.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { exec, probe, tcp } from './probe-builders.ts';

const STARTED_AT = 1_000_000;
const HEALTHY_PORT = 80;
const SICK_PORT = 81;

let clock: FakeClock;
let prober: Prober;
/** `10.0.0.1:80` for each connection, and how many are under way. */
let dialled: string[];
let reports: { id: string; startedAt: number; health: ObservedHealth }[];
let sick: Set<number>;

const dial: Dial = async (address, port) => {
  dialled.push(`${address}:${port}`);
  if (sick.has(port)) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  return new PassThrough();
};

function begin(docker: Pick<DockerPort, 'exec'> = { exec: () => Promise.reject(new Error('no exec here')) }): Prober {
  return createProber({ docker, clock, report: (id, startedAt, health) => reports.push({ id, startedAt, health }) });
}

beforeEach(() => {
  clock = createFakeClock(STARTED_AT);
  dialled = [];
  reports = [];
  sick = new Set([SICK_PORT]);
  prober = begin();
});

function target(id: string, fields: Partial<ProbeTarget> = {}): ProbeTarget {
  const probes = { readiness: probe(tcp(HEALTHY_PORT)) };
  return { id, startedAt: STARTED_AT, address: '10.0.0.1', probes, health: UNPROBED, ...fields };
}

const statuses = (id: string) =>
  reports
    .filter((report) => report.id === id)
    .map(({ health }) => `${health.startup} ${health.readiness} ${health.liveness}`);

describe('a prober', () => {
  it('does nothing at all without targets', async () => {
    prober.open(dial);
    prober.watch([]);
    await clock.advance(3_600_000);
    expect(clock.rung()).toBe(0);
    expect(clock.pending()).toBe(0);
  });

  it('asks only while it is open', async () => {
    prober.watch([target('a')]);
    await clock.advance(60_000);
    expect(dialled).toEqual([]);
    prober.open(dial);
    await clock.advance(20);
    expect(dialled).toEqual(['10.0.0.1:80']);
    prober.close();
    await clock.advance(60_000);
    expect(dialled).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });

  it('asks once a period, and reports only what is new', async () => {
    prober.open(dial);
    prober.watch([target('a')]);
    await clock.advance(99_000);
    expect(dialled).toHaveLength(10);
    expect(reports).toEqual([{ id: 'a', startedAt: STARTED_AT, health: { ...UNPROBED, readiness: 'success' } }]);
  });

  it('reports nothing that is known already', async () => {
    prober.open(dial);
    prober.watch([target('a', { health: { ...UNPROBED, readiness: 'success' } })]);
    expect(statuses('a')).toEqual(['unknown unknown unknown']);
    reports.length = 0;
    prober.watch([target('a')]);
    await clock.advance(100);
    expect(statuses('a')).toEqual(['unknown success unknown']);
    prober.watch([target('a', { health: reports[0]!.health })]);
    await clock.advance(60_000);
    expect(reports).toHaveLength(1);
  });

  it('fails a probe after its threshold and takes the failure back after a success', async () => {
    prober.open(dial);
    prober.watch([target('a', { probes: { readiness: probe(tcp(SICK_PORT)) } })]);
    await clock.advance(19_000);
    expect(reports).toEqual([]);
    await clock.advance(2_000);
    expect(reports.at(-1)?.health).toEqual({
      ...UNPROBED,
      readiness: 'failure',
      message: 'tcp 10.0.0.1:81: connection refused',
    });
    sick.clear();
    await clock.advance(10_000);
    expect(reports.at(-1)?.health).toEqual({ ...UNPROBED, readiness: 'success' });
  });

  it('asks nobody before its initial delay is over', async () => {
    prober.open(dial);
    prober.watch([target('a', { probes: { readiness: probe(tcp(HEALTHY_PORT), { initialDelayMs: 30_000 }) } })]);
    await clock.advance(29_999);
    expect(dialled).toEqual([]);
    await clock.advance(1);
    expect(dialled).toHaveLength(1);
  });
});

describe('the three probes of a container', () => {
  const probes = {
    startup: probe(tcp(SICK_PORT)),
    readiness: probe(tcp(HEALTHY_PORT)),
    liveness: probe(tcp(90), { failureThreshold: 2 }),
  };

  it('the startup probe holds the others, which then are asked at once', async () => {
    prober.open(dial);
    prober.watch([target('a', { probes })]);
    await clock.advance(15_000);
    expect(new Set(dialled)).toEqual(new Set(['10.0.0.1:81']));
    sick.clear();
    await clock.advance(5_100);
    expect(dialled.slice(-3).map((one) => one.replace(/.*:/, ''))).toEqual(['81', '80', '90']);
    expect(statuses('a').at(-1)).toBe('success success success');
  });

  it('nobody asks any more after a failed startup probe, until the container starts anew', async () => {
    prober.open(dial);
    prober.watch([target('a', { probes })]);
    await clock.advance(60_000);
    expect(dialled).toHaveLength(3);
    expect(statuses('a')).toEqual(['failure unknown unknown']);
    expect(clock.pending()).toBe(0);
    sick.clear();
    prober.watch([target('a', { probes, startedAt: clock.now() })]);
    await clock.advance(1_000);
    expect(reports.at(-1)).toMatchObject({ startedAt: STARTED_AT + 60_000, health: { startup: 'success' } });
  });

  it('a liveness probe that fails ends the asking as well', async () => {
    sick = new Set([90]);
    prober.open(dial);
    prober.watch([target('a', { probes })]);
    await clock.advance(60_000);
    expect(statuses('a').at(-1)).toBe('success success failure');
    expect(dialled.filter((one) => one.endsWith(':90'))).toHaveLength(2);
  });
});

describe('a prober that starts beside running containers', () => {
  it('counts as started what has outlived its startup probe, and says so before it asks', async () => {
    const probes = { startup: probe(tcp(SICK_PORT)), liveness: probe(tcp(HEALTHY_PORT)) };
    prober.watch([target('a', { probes, startedAt: STARTED_AT - 3_600_000 })]);
    expect(statuses('a')).toEqual(['success unknown unknown']);
    prober.open(dial);
    await clock.advance(60_000);
    expect(dialled).not.toContain('10.0.0.1:81');
    expect(statuses('a').at(-1)).toBe('success unknown success');
  });

  it('asks all of 500 within a second, and then spreads them over the period', async () => {
    const running = Array.from({ length: 500 }, (_, index) =>
      target(`c${index}`, { startedAt: STARTED_AT - 3_600_000 }),
    );
    prober.open(dial);
    prober.watch(running);
    await clock.advance(1_100);
    expect(dialled).toHaveLength(500);
    await clock.advance(28_900);
    const perSecond: number[] = [];
    for (let second = 0; second < 10; second += 1) {
      dialled.length = 0;
      await clock.advance(1_000);
      perSecond.push(dialled.length);
    }
    expect(perSecond.reduce((sum, count) => sum + count)).toBe(500);
    expect(Math.max(...perSecond)).toBeLessThan(90);
  });
});

describe('targets that change', () => {
  it('keep what was found while the address or a period changes', async () => {
    prober.open(dial);
    prober.watch([target('a')]);
    await clock.advance(1_000);
    const health = reports[0]!.health;
    prober.watch([target('a', { address: '10.0.0.9', health, probes: { readiness: probe(tcp(SICK_PORT)) } })]);
    await clock.advance(21_000);
    expect(dialled.slice(1)).toEqual(['10.0.0.9:81', '10.0.0.9:81', '10.0.0.9:81']);
    expect(statuses('a')).toEqual(['unknown success unknown', 'unknown failure unknown']);
  });

  it('are asked no more when they are gone', async () => {
    prober.open(dial);
    prober.watch([target('a'), target('b')]);
    await clock.advance(1_000);
    prober.watch([target('b', { health: { ...UNPROBED, readiness: 'success' } })]);
    dialled.length = 0;
    await clock.advance(30_000);
    expect(dialled).toHaveLength(3);
    prober.watch([]);
    expect(reports).toHaveLength(2);
    await clock.advance(30_000);
    expect(clock.pending()).toBe(0);
  });

  it('say nothing of a question that was under way when their container ended', async () => {
    let answer: () => void = () => undefined;
    prober.open(async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return new PassThrough();
    });
    prober.watch([target('a')]);
    await clock.advance(100);
    prober.watch([target('a', { startedAt: STARTED_AT + 50 })]);
    answer();
    await clock.advance(0);
    expect(reports).toEqual([]);
    prober.close();
  });
});

describe('questions under way', () => {
  it('are at most 128 at a time, and the rest follow as they end', async () => {
    const waiting: (() => void)[] = [];
    prober.open(async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return new PassThrough();
    });
    prober.watch(Array.from({ length: 200 }, (_, index) => target(`c${index}`)));
    await clock.advance(200);
    expect(waiting).toHaveLength(128);
    for (const answer of waiting.splice(0)) answer();
    await clock.advance(200);
    expect(waiting).toHaveLength(72);
    for (const answer of waiting.splice(0)) answer();
    await clock.advance(0);
    expect(reports).toHaveLength(200);
  });

  it('are taken back when it closes, which counts as nothing', async () => {
    const probes = { liveness: probe(exec('check'), { failureThreshold: 1, timeoutMs: 60_000 }) };
    const signals: AbortSignal[] = [];
    prober = begin({
      exec: (_id, _cmd, signal) =>
        new Promise((_, reject) => {
          signals.push(signal);
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    prober.open(dial);
    prober.watch([target('a', { probes })]);
    await clock.advance(100);
    prober.close();
    await clock.advance(100);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(reports).toEqual([]);
    prober.open(dial);
    await clock.advance(100);
    expect(signals).toHaveLength(2);
    prober.close();
  });
});
