import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { parseBandwidth, parseDuration, parseGraceTime, parseSize, UnitError } from '../../src/spec/units.ts';

describe('sizes', () => {
  test.each([
    ['0B', 0],
    ['1 B', 1],
    ['1kB', 1000],
    ['1KB', 1000],
    ['1.5 GB', 1_500_000_000],
    ['100 MB', 100_000_000],
    ['2TB', 2e12],
    ['10MiB', 10 * 2 ** 20],
    ['976.56 KiB', 999_997],
    ['1GiB', 2 ** 30],
    ['1TiB', 2 ** 40],
  ])('%s is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  test.each([
    '',
    '10',
    '10 potatoes',
    '512Mi',
    '1G',
    '-1B',
    '1  GB',
    ' 1GB',
    '1e3B',
    '.5GB',
    '1.GB',
    '1mb',
    '99999999TB',
    `1${'0'.repeat(99)}B`,
  ])('%j is not a size', (text) => expect(() => parseSize(text)).toThrow(UnitError));
});

describe('grace times', () => {
  test('are durations of at most a day', () => {
    expect(parseGraceTime('24h')).toBe(86_400_000);
    expect(() => parseGraceTime('24h1s')).toThrow('at most 24h');
  });
});

describe('durations', () => {
  test.each([
    ['0s', 0],
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5s', 1500],
    ['7m18s', 438_000],
    ['1h30m10s', 5_410_000],
    ['2d', 172_800_000],
    ['1m5ms', 60_005],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(['', '10', 's', '10 s', '1s1m', '1h foo', '1h1h', '-1s', '1w', '1e3s', '9'.repeat(60) + 'd'])(
    '%j is not a duration',
    (text) => expect(() => parseDuration(text)).toThrow(UnitError),
  );

  test('what is printed in units is read back', () => {
    const parts = fc.tuple(fc.nat(99), fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(999));
    fc.assert(
      fc.property(parts, ([d, h, m, s, ms]) => {
        expect(parseDuration(`${d}d${h}h${m}m${s}s${ms}ms`)).toBe((((d * 24 + h) * 60 + m) * 60 + s) * 1000 + ms);
      }),
    );
  });
});

describe('bandwidths', () => {
  test.each([
    ['8bit/s', 8],
    ['64kbit/s', 64_000],
    ['100Mbit/s', 100_000_000],
    ['1 Gbit/s', 1_000_000_000],
  ])('%s is %d bit/s', (text, rate) => expect(parseBandwidth(text)).toBe(rate));

  test.each(['', '100', '100MB/s', '100 Mbps'])('%j is not a bandwidth', (text) =>
    expect(() => parseBandwidth(text)).toThrow(UnitError),
  );
});

test('no text makes a parser throw anything but its own error', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [parseSize, parseDuration, parseBandwidth]) {
        try {
          expect(parse(text)).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UnitError);
        }
      }
    }),
  );
});
