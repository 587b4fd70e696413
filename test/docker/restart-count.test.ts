import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRestarts, type Look, type RestartCount } from '../../src/docker/restart-count.ts';

const MINUTE = 60_000;

function seen(startedAt: number, restartCount: number, fields: Partial<Look> = {}): Look {
  return { status: 'running', startedAt, finishedAt: Math.max(0, startedAt - 1), restartCount, ...fields };
}

/** What is known after these looks, each taken as soon as the container was up. */
function after(...looks: readonly Look[]): RestartCount {
  const count = looks.reduce<RestartCount | undefined>(
    (former, look) => countRestarts(former, look, look.startedAt),
    undefined,
  );
  if (count === undefined) throw new Error('there was no look');
  return count;
}

describe('restarts of a container', () => {
  it('are counted whoever restarts it, although the count of the engine begins anew with a start by hand', () => {
    const count = after(seen(1_000, 0), seen(2_000, 1), seen(3_000, 0), seen(4_000, 1));
    expect(count).toMatchObject({ totalRestarts: 3, currentRestarts: 3, restarts: [2_000, 3_000, 4_000] });
  });

  it('are at first sight as many as the engine says', () => {
    expect(after(seen(1_000, 7))).toMatchObject({ totalRestarts: 7, currentRestarts: 7, restarts: [1_000] });
    expect(after(seen(1_000, 0))).toMatchObject({ totalRestarts: 0, restarts: [] });
  });

  it('count those between two looks, of which only the last has a time', () => {
    expect(after(seen(1_000, 1), seen(9_000, 4))).toMatchObject({ totalRestarts: 4, restarts: [1_000, 9_000] });
  });

  it('do not count the first start, nor one the engine has yet to repeat', () => {
    const created = seen(0, 0, { status: 'created' });
    expect(after(created, seen(1_000, 0))).toMatchObject({ totalRestarts: 0, restarts: [] });
    const restarting = seen(1_000, 1, { status: 'restarting' });
    expect(after(seen(1_000, 0), restarting).totalRestarts).toBe(0);
    expect(after(seen(1_000, 0), restarting, seen(2_000, 1)).totalRestarts).toBe(1);
  });

  it('keep the latest five times', () => {
    const looks = [1, 2, 3, 4, 5, 6, 7].map((at) => seen(at * 1_000, at - 1));
    expect(after(...looks).restarts).toEqual([3_000, 4_000, 5_000, 6_000, 7_000]);
  });
});

describe('current restarts', () => {
  it('are forgotten once it has run for 10 min, the total is not', () => {
    const count = after(seen(1_000, 0), seen(2_000, 1));
    const later = (ms: number) => countRestarts(count, seen(2_000, 1), 2_000 + ms);
    expect(later(10 * MINUTE - 1)).toMatchObject({ currentRestarts: 1, totalRestarts: 1 });
    expect(later(10 * MINUTE)).toMatchObject({ currentRestarts: 0, totalRestarts: 1 });
  });

  it('begin anew after a life of 10 min that nobody looked at', () => {
    const count = after(seen(1_000, 3), seen(1_000 + 11 * MINUTE, 4));
    expect(count).toMatchObject({ currentRestarts: 1, totalRestarts: 4 });
  });

  it('do not take ten minutes of standstill for ten good ones', () => {
    const restarted = seen(1_000 + 30 * MINUTE, 0, { finishedAt: 5_000 });
    expect(after(seen(1_000, 3), restarted).currentRestarts).toBe(4);
    const stopped = seen(1_000, 3, { status: 'exited', finishedAt: 2_000 });
    expect(countRestarts(after(seen(1_000, 3)), stopped, 60 * MINUTE).currentRestarts).toBe(3);
  });
});

describe('any history of looks', () => {
  const looks = fc
    .array(fc.record({ pause: fc.nat(20 * MINUTE), count: fc.nat(6), isSame: fc.boolean() }), { minLength: 1 })
    .map((steps) => {
      let startedAt = 1;
      return steps.map(({ pause, count, isSame }) => seen((startedAt += isSame ? 0 : pause), count));
    });

  it('never lowers the total, and never has more current restarts than there were', () => {
    fc.assert(
      fc.property(looks, (history) => {
        let former: RestartCount | undefined;
        for (const look of history) {
          const count = countRestarts(former, look, look.startedAt);
          expect(count.totalRestarts).toBeGreaterThanOrEqual(former?.totalRestarts ?? 0);
          expect(count.currentRestarts).toBeLessThanOrEqual(count.totalRestarts);
          expect(count.restarts.length).toBeLessThanOrEqual(5);
          former = count;
        }
      }),
    );
  });
});
