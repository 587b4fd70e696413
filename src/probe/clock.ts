/** Time as a prober sees it. */
export interface Clock {
  /** ms since the epoch, as engines tell when a container was started. */
  now(): number;
  /** ms since any moment: does not jump when the machine's clock is set. */
  elapsed(): number;
  /** Calls `wake` once after `ms`, unless what is returned is called before. */
  after(ms: number, wake: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, wake) {
    const timer = setTimeout(wake, Math.min(ms, LONGEST_TIMER_MS));
    return () => {
      clearTimeout(timer);
    };
  },
};

/** A timer beyond this fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
