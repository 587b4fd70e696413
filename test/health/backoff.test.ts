import { describe, expect, it } from 'vitest';
import { remembered, restartDelay, retryDelay } from '../../src/health/backoff.ts';

describe('waiting before trying again', () => {
  it('a container that ended is started at once, then after 1, 2, 4 … 60 s', () => {
    const delays = [1, 2, 3, 4, 8, 9, 100].map(restartDelay);
    expect(delays).toEqual([0, 1000, 2000, 4000, 60_000, 60_000, 60_000]);
  });

  it('a step that failed waits from the first time on', () => {
    expect([1, 2, 3].map(retryDelay)).toEqual([1000, 2000, 4000]);
  });

  it('is forgotten after ten minutes', () => {
    expect(remembered({ count: 9, at: 0 }, 599_999)).toBeDefined();
    expect(remembered({ count: 9, at: 0 }, 600_000)).toBeUndefined();
    expect(remembered(undefined, 0)).toBeUndefined();
  });
});
