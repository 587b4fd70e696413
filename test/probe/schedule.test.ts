import { describe, expect, it } from 'vitest';
import { firstTurn, nextTurn, phaseOf } from '../../src/probe/schedule.ts';
import { probe, tcp } from './probe-builders.ts';

const PROBE = probe(tcp(80), { initialDelayMs: 2_000, periodMs: 10_000 });
const ON_TIME = { at: 1_000, stretch: 0 };

describe('when a probe is asked', () => {
  it('first when its delay, counted from the start of the container, is over', () => {
    expect(firstTurn(PROBE, { startedAt: 500, now: 1_000, phase: 0.5 })).toEqual({ at: 2_500, stretch: 0 });
  });

  it('at once when that has just passed', () => {
    expect(firstTurn(PROBE, { startedAt: 500, now: 12_000, phase: 0.5 })).toEqual({ at: 12_000, stretch: 0 });
  });

  it('in a container that runs already within a second, and then once a little later than a period', () => {
    const first = firstTurn(PROBE, { startedAt: 0, now: 50_000, phase: 0.5 });
    expect(first).toEqual({ at: 50_500, stretch: 5_000 });
    const second = nextTurn(PROBE, first, { at: 50_510, now: 50_520 });
    expect(second).toEqual({ at: 65_500, stretch: 0 });
    expect(nextTurn(PROBE, second, { at: 65_510, now: 65_520 }).at).toBe(75_500);
  });

  it('keeps its beat, however late it was answered', () => {
    expect(nextTurn(PROBE, ON_TIME, { at: 1_010, now: 1_500 }).at).toBe(11_000);
    expect(nextTurn(PROBE, ON_TIME, { at: 1_010, now: 11_000 }).at).toBe(11_000);
    expect(nextTurn(PROBE, ON_TIME, { at: 1_010, now: 47_000 }).at).toBe(51_000);
  });

  it('is not asked twice in quick succession after it was asked late', () => {
    expect(nextTurn(PROBE, ON_TIME, { at: 10_900, now: 10_910 }).at).toBe(21_000);
    expect(nextTurn(PROBE, ON_TIME, { at: 5_000, now: 5_010 }).at).toBe(11_000);
  });

  it('does not spin', () => {
    expect(nextTurn(probe(tcp(80), { periodMs: 0 }), ON_TIME, { at: 1_000, now: 1_000 }).at).toBe(1_100);
  });

  it('spreads probes evenly over their period', () => {
    const phases = Array.from({ length: 1_000 }, (_, index) => phaseOf(`container ${index}`));
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => phases.filter((one) => Math.floor(one * 10) === tenth).length,
    );
    expect(Math.min(...tenths)).toBeGreaterThan(60);
    expect(Math.max(...tenths)).toBeLessThan(140);
  });
});
