import type { Clock } from './clock.ts';

/** ONE TIMER, set to the earliest time that anybody asked for. */
export interface Alarm {
  /** Rings at this moment of `Clock.elapsed` at the latest. Infinity: need not ring. */
  ringBy(at: number): void;
  silence(): void;
}

/** Moments this close together are one, in ms. */
const TICK_MS = 20;

/** `ring` is called once for all that asked since it rang last. */
export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let setTo = Infinity;
  let cancel = (): void => undefined;

  function silence(): void {
    cancel();
    setTo = Infinity;
  }

  return {
    ringBy(at) {
      if (at >= setTo) return;
      cancel();
      setTo = at;
      cancel = clock.after(Math.max(at - clock.elapsed(), TICK_MS), () => {
        silence();
        ring();
      });
    },
    silence,
  };
}
