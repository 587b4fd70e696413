import { describe, expect, it } from 'vitest';
import { createRestartLog } from '../../src/docker/restart-log.ts';
import type { WireContainer } from '../../src/docker/wire.ts';

/** What the log reads of an inspect; `second` is when it was started last. */
function seen(RestartCount: number, second: number, Status = 'running'): WireContainer {
  const StartedAt = new Date(second * 1000).toISOString();
  return { Id: 'c', RestartCount, State: { Status, StartedAt } } as unknown as WireContainer;
}

describe('the times of restarts', () => {
  it('are those that were seen, each once, the latest five', () => {
    const log = createRestartLog();
    expect(log.note(seen(0, 1))).toEqual([]);
    expect(log.note(seen(1, 2))).toEqual([2000]);
    expect(log.note(seen(1, 2))).toEqual([2000]);
    for (let count = 2; count <= 6; count++) log.note(seen(count, count + 1));
    expect(log.note(seen(6, 7))).toEqual([3000, 4000, 5000, 6000, 7000]);
  });

  it('do not count a start the engine has yet to repeat', () => {
    const log = createRestartLog();
    expect(log.note(seen(1, 1, 'restarting'))).toEqual([]);
    expect(log.note(seen(1, 2))).toEqual([2000]);
  });

  it('begin anew with a start by hand, and when the container is gone', () => {
    const log = createRestartLog();
    log.note(seen(3, 2));
    expect(log.note(seen(0, 3))).toEqual([]);
    log.note(seen(1, 4));
    log.keepOnly(new Set(['other']));
    expect(log.note(seen(2, 5))).toEqual([5000]);
  });
});
