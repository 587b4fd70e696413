import { describe, expect, test } from 'vitest';
import { desiredWindows } from '../../src/desired/upgrade-windows.ts';
import { errorsOf, parseSite, site } from './documents.ts';

const window = (...fields: readonly string[]) => site('north', 'application-upgrade-windows:', ...fields);

describe('an upgrade window is told what is wrong with it', () => {
  test.each([
    ['  - days-of-week: Mon\n    start-time: 02:00\n    duration: 1h', '"Mon" is not a list of days of the week'],
    ['  - start-time: 24:00\n    duration: 1h', '"24:00" is not a time of day (example: "02:00")'],
    ['  - start-time: 2\n    duration: 1h', '"2" is not a time of day'],
    ['  - start-time: 02:00\n    duration: 0s', '"0s" is too short: a window has to stay open for some time'],
    ['  - start-time: 02:00\n    duration: 8d', '"8d" is too long: at most 7d'],
    ['  - start-time: 02:00', '`duration` is missing'],
    ['  - start-time: 02:00\n    duration: 1h\n    timezone: Europe/Stokholm', 'is not a time zone that is known here'],
    ['  - start-time: 02:00\n    duration: 1h\n    timezone: local', 'is not a time zone that is known here'],
    ['  []', 'is an empty list'],
  ])('%j', (text, complaint) => {
    expect(errorsOf(parseSite(window(text)))).toEqual([expect.stringContaining(complaint)]);
  });
});

test('a time of a YAML 1.1 number of base 60 is a time, and days come in any case', () => {
  const text = window('  - days-of-week: "monday,SUNDAY"', '    start-time: 22:00', '    duration: 3h');
  const [document] = parseSite(text).documents;
  if (document?.kind !== 'site') throw new Error('it is no site');
  const expected = { days: [1, 7], startMinute: 1320, timeZone: 'UTC', durationMs: 10_800_000 };
  expect(desiredWindows(document.spec)).toEqual([expected]);
});

test('`site-local` is the time zone of the site, and what is left out is that, and every day', () => {
  const spec = { name: 'north', hosts: [], timezone: 'Europe/Stockholm' };
  const windows = [
    { 'start-time': '2:30', duration: '1h', timezone: 'site-local' },
    { 'start-time': '2:30', duration: '1h' },
    { 'start-time': '2:30', duration: '1h', timezone: 'America/Lima' },
  ];
  expect(desiredWindows({ ...spec, 'application-upgrade-windows': windows })).toEqual(
    ['Europe/Stockholm', 'Europe/Stockholm', 'America/Lima'].map((timeZone) => ({
      days: [1, 2, 3, 4, 5, 6, 7],
      startMinute: 150,
      timeZone,
      durationMs: 3_600_000,
    })),
  );
  expect(desiredWindows(spec)).toBeUndefined();
});
