import { describe, expect, it } from 'vitest';
import { mapInTurns } from '../../../src/api/pipeline/turns.ts';

/** Holds the thread. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('something long that is done in turns', () => {
  it('lets others go on in between, and comes out in order', async () => {
    const done: number[] = [];
    let doneBefore = Infinity;
    setImmediate(() => (doneBefore = done.length));
    const results = await mapInTurns([1, 2, 3, 4, 5, 6], (item) => {
      work(10);
      done.push(item);
      return item * 10;
    });
    expect(results).toEqual([10, 20, 30, 40, 50, 60]);
    expect(doneBefore).toBeLessThan(6);
  });

  it('goes no further than what fails', async () => {
    const seen: number[] = [];
    const failing = mapInTurns([1, 2, 3], (item) => {
      seen.push(item);
      if (item === 2) throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(seen).toEqual([1, 2]);
  });
});
