/** "Look again": any number of rings while nobody listens are one. */
export interface Bell {
  ring(): void;
  /**
   * Resolves at a ring (also one before the call), after `ms`, or when `signal` aborts: whichever comes first. With
   * false when it aborted, so that a loop can go on while it is true.
   */
  wait(ms: number | undefined, signal: AbortSignal): Promise<boolean>;
}

/** The longest a Node timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

export function createBell(): Bell {
  let rung = false;
  let wake = () => {};
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(ms, signal) {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = ms === undefined ? undefined : setTimeout(() => wake(), Math.min(Math.max(ms, 0), LONGEST_MS));
          wake = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', wake);
            resolve();
          };
          signal.addEventListener('abort', wake, { once: true });
        });
        wake = () => {};
      }
      rung = false;
      return !signal.aborted;
    },
  };
}

/** Waits `ms`; false when `signal` aborted meanwhile. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return createBell().wait(ms, signal);
}
