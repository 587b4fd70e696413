import { describe, expect, it } from 'vitest';
import { createKeyedQueue } from '../../src/docker/keyed-queue.ts';

/** A task that is done when it is told. */
function held() {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  return { release, released };
}

describe('a keyed queue', () => {
  it('runs tasks of one key one after the other, in the order they came', async () => {
    const enqueue = createKeyedQueue();
    const seen: string[] = [];
    const first = held();
    const one = enqueue('a', async () => {
      await first.released;
      seen.push('one');
    });
    const two = enqueue('a', () => Promise.resolve(seen.push('two')));
    const three = enqueue('a', () => Promise.resolve(seen.push('three')));
    first.release();
    await Promise.all([one, two, three]);
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('runs those of different keys at once', async () => {
    const enqueue = createKeyedQueue();
    const stuck = held();
    const one = enqueue('a', () => stuck.released);
    expect(await enqueue('b', () => Promise.resolve('done'))).toBe('done');
    stuck.release();
    await one;
  });

  it('goes on after a task that failed, whose failure is its own', async () => {
    const enqueue = createKeyedQueue();
    const failing = enqueue('a', () => Promise.reject(new Error('broken')));
    const next = enqueue('a', () => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });
});
