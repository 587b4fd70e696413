import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { parseDuration, parseSize } from '../../src/spec/units.ts';
import { formatDuration, formatRoughly, formatSize } from '../../src/status/format.ts';

test.each([
  [0, '0ms'],
  [850, '850ms'],
  [1999, '2s'],
  [60_000, '1m'],
  [65_400, '1m5s'],
  [3_600_000, '1h'],
  [5_410_000, '1h30m10s'],
])('%s ms are written as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it('writes durations that specifications may have, to the second', () => {
  fc.assert(
    fc.property(fc.nat(1e10), (ms) => Math.abs(parseDuration(formatDuration(ms)) - ms) <= (ms < 1000 ? 0 : 500)),
  );
});

test.each([
  [0, '0B'],
  [1001, '1001B'],
  [1e9, '1GB'],
  [2 ** 30, '1GiB'],
  [2.5 * 2 ** 30, '2560MiB'],
  [512e6, '512MB'],
])('%s bytes are written as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

it('writes sizes exactly', () => {
  fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseSize(formatSize(bytes)) === bytes));
});

test.each([
  [0, '0B'],
  [999, '999B'],
  [1234, '1.23kB'],
  [9_434_000_000, '9.43GB'],
  [84_810_764_288, '84.8GB'],
  [270_553_174_016, '271GB'],
  [999_600_000_000, '1TB'],
])('%s bytes are about %s', (bytes, text) => {
  expect(formatRoughly(bytes)).toBe(text);
});

it('writes rough sizes that specifications may have, to half a percent', () => {
  fc.assert(fc.property(fc.nat(1e15), (bytes) => Math.abs(parseSize(formatRoughly(bytes)) - bytes) <= bytes / 200));
});
