import type { Clock } from '../../src/probe/clock.ts';

/** Stands still but for `advance`. The two times are the same but for the epoch. */
export interface FakeClock extends Clock {
  /** Lets so many ms pass, each alarm at its time, with what follows from it. */
  advance(ms: number): Promise<void>;
  /** Alarms that are set. */
  pending(): number;
  /** Alarms that rang. */
  rung(): number;
}

export function createFakeClock(epoch = 1_000_000): FakeClock {
  const alarms = new Map<() => void, number>();
  let elapsed = 0;
  let rung = 0;
  return {
    now: () => epoch + elapsed,
    elapsed: () => elapsed,
    after(ms, wake) {
      const ring = () => wake();
      alarms.set(ring, elapsed + ms);
      return () => void alarms.delete(ring);
    },
    pending: () => alarms.size,
    rung: () => rung,
    async advance(ms) {
      const until = elapsed + ms;
      await settle();
      for (;;) {
        const [first] = [...alarms].sort(([, a], [, b]) => a - b);
        if (first === undefined || first[1] > until) break;
        alarms.delete(first[0]);
        elapsed = Math.max(elapsed, first[1]);
        rung += 1;
        first[0]();
        await settle();
      }
      elapsed = until;
    },
  };
}

/** Lets everything happen that waits for nothing. */
async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
