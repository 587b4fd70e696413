import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { UpgradeWindow } from '../../src/model/change-rules.ts';
import { openingAt } from '../../src/upgrade/window-time.ts';

const [SATURDAY, SUNDAY, MONDAY] = [6, 7, 1];
const HOUR = 3_600_000;
const MINUTE = 60_000;

function window(fields: Partial<UpgradeWindow> = {}): UpgradeWindow {
  return { days: [SATURDAY], startMinute: 120, timeZone: 'UTC', durationMs: 3 * HOUR, ...fields };
}

/** `open`, or when it opens. */
function at(time: string, ...windows: readonly UpgradeWindow[]): string {
  const opening = openingAt(windows, Date.parse(time));
  return opening.isOpen ? 'open' : new Date(opening.opensAt).toISOString().replace(':00.000Z', 'Z');
}

describe('an upgrade window', () => {
  it('is open from its start-time for its duration, on its days', () => {
    expect(at('2026-03-14T01:59:59Z', window())).toBe('2026-03-14T02:00Z');
    expect(at('2026-03-14T02:00:00Z', window())).toBe('open');
    expect(at('2026-03-14T04:59:59Z', window())).toBe('open');
    expect(at('2026-03-14T05:00:00Z', window())).toBe('2026-03-21T02:00Z');
    expect(at('2026-03-16T03:00:00Z', window())).toBe('2026-03-21T02:00Z');
  });

  it('stays open over midnight, and over the end of the week', () => {
    const night = window({ days: [SUNDAY], startMinute: 23 * 60 });
    expect(at('2026-03-16T01:59:00Z', night)).toBe('open');
    expect(at('2026-03-16T02:00:00Z', night)).toBe('2026-03-22T23:00Z');
  });

  it('may be open for longer than a day, and so always', () => {
    const weekend = window({ durationMs: 50 * HOUR });
    expect(at('2026-03-16T03:59:00Z', weekend)).toBe('open');
    expect(at('2026-03-16T04:00:00Z', weekend)).toBe('2026-03-21T02:00Z');
    expect(at('2026-03-21T01:59:59Z', window({ durationMs: 7 * 24 * HOUR }))).toBe('open');
  });

  it('is one of several, which may overlap: the next of all of them opens', () => {
    const windows = [window(), window({ days: [SATURDAY, MONDAY], startMinute: 240 })];
    expect(at('2026-03-14T06:30:00Z', ...windows)).toBe('open');
    expect(at('2026-03-14T07:00:00Z', ...windows)).toBe('2026-03-16T04:00Z');
  });

  it('follows the clock of its time zone, in summer and in winter', () => {
    const stockholm = window({ timeZone: 'Europe/Stockholm' });
    expect(at('2026-01-15T00:00:00Z', stockholm)).toBe('2026-01-17T01:00Z');
    expect(at('2026-07-15T00:00:00Z', stockholm)).toBe('2026-07-18T00:00Z');
    // Its Saturday begins on Friday there.
    expect(at('2026-07-15T00:00:00Z', window({ timeZone: 'Pacific/Auckland' }))).toBe('2026-07-17T14:00Z');
  });

  it('opens as much later where the clock leaves out its start-time, and is as long as ever', () => {
    const skipped = window({ days: [SUNDAY], startMinute: 150, timeZone: 'Europe/Stockholm', durationMs: HOUR });
    expect(at('2026-03-29T00:00:00Z', skipped)).toBe('2026-03-29T01:30Z');
    expect(at('2026-03-29T02:29:00Z', skipped)).toBe('open');
    expect(at('2026-03-29T02:30:00Z', skipped)).toBe('2026-04-05T00:30Z');
  });

  it('opens once where its start-time comes twice, the first time', () => {
    const twice = window({ days: [SUNDAY], startMinute: 150, timeZone: 'Europe/Stockholm', durationMs: 30 * MINUTE });
    expect(at('2026-10-25T00:00:00Z', twice)).toBe('2026-10-25T00:30Z');
    expect(at('2026-10-25T01:30:00Z', twice)).toBe('2026-11-01T01:30Z');
  });
});

const windows = fc.array(
  fc.record({
    days: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
    startMinute: fc.integer({ min: 0, max: 1439 }),
    timeZone: fc.constantFrom('UTC', 'Europe/Stockholm', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia'),
    durationMs: fc.integer({ min: 1, max: 7 * 24 * 60 }).map((minutes) => minutes * MINUTE),
  }),
  { minLength: 1, maxLength: 3 },
);
const instants = fc.integer({ min: Date.parse('2010-01-01'), max: Date.parse('2035-01-01') });

describe('for any windows and times', () => {
  it('it opens when it says, is closed until then, and that is in eight days at most', () => {
    fc.assert(
      fc.property(windows, instants, fc.double({ min: 0, max: 1, noNaN: true }), (list, now, part) => {
        const opening = openingAt(list, now);
        if (opening.isOpen) return;
        const { opensAt } = opening;
        expect(opensAt).toBeGreaterThan(now);
        expect(opensAt - now).toBeLessThanOrEqual(8 * 24 * HOUR);
        expect(openingAt(list, opensAt)).toEqual({ isOpen: true });
        const between = now + Math.floor((opensAt - 1 - now) * part);
        expect(openingAt(list, between)).toEqual({ isOpen: false, opensAt });
      }),
      { numRuns: 300 },
    );
  });

  it('where no clock is changed it is open exactly at the minutes that are within a duration of a start', () => {
    fc.assert(
      fc.property(windows, instants, (list, now) => {
        const utc = list.map((one) => ({ ...one, timeZone: 'UTC' }));
        const { dayOfWeek, hour, minute, second, millisecond } =
          Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('UTC');
        const WEEK = 7 * 24 * 60 * MINUTE;
        const inWeek = (((dayOfWeek - 1) * 24 + hour) * 60 + minute) * MINUTE + second * 1000 + millisecond;
        const isOpen = utc.some(({ days, startMinute, durationMs }) =>
          days.some((day) => {
            const start = ((day - 1) * 24 * 60 + startMinute) * MINUTE;
            return (inWeek - start + WEEK) % WEEK < durationMs;
          }),
        );
        expect(openingAt(utc, now).isOpen).toBe(isOpen);
      }),
      { numRuns: 300 },
    );
  });
});
