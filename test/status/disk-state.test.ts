import { expect, it, test } from 'vitest';
import { diskState, diskWarnings } from '../../src/status/disk-state.ts';

const GIB = 2 ** 30;

test.each([
  ['less than 1 GiB is low on any disk', 4 * GIB, GIB - 1, true],
  ['1 GiB is not, where it is a tenth', 10 * GIB, GIB, false],
  ['less than a tenth is low below 5 GiB', 250 * GIB, 5 * GIB - 1, true],
  ['less than a tenth is not low from 5 GiB on', 250 * GIB, 5 * GIB, false],
  ['less than 5 GiB is not low from a tenth on', 20 * GIB, 2 * GIB, false],
  ['nothing at all is low', 250 * GIB, 0, true],
  ['a disk that is smaller than that is always low', GIB, GIB - 1, true],
])('%s', (_sentence, totalBytes, freeBytes, low) => {
  expect(diskState({ totalBytes, freeBytes }).low).toBe(low);
  expect(diskWarnings({ totalBytes, freeBytes })).toHaveLength(low ? 1 : 0);
});

it('nothing is said of a disk nobody knows', () => {
  expect(diskWarnings(undefined)).toEqual([]);
});
