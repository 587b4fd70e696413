/** How long a check is left alone: as often as every 10 ms at first, and ever less often the longer it takes. */
const SHORTEST_MS = 10;
const LONGEST_MS = 100;

/** Nothing takes this long where nothing is wrong, on a machine of any speed with much else to do. */
const PATIENCE_MS = 30_000;

/**
 * Waits until a check no longer throws. After the deadline (ms) its last error is thrown. A check that asks an engine
 * costs both of them time, which what is waited for may need: so the pause is a tenth of the time that has gone by.
 */
export async function eventually<T>(check: () => T | Promise<T>, deadlineMs = PATIENCE_MS): Promise<T> {
  const since = Date.now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > since + deadlineMs) throw error;
    }
    const pauseMs = Math.min(Math.max((Date.now() - since) / 10, SHORTEST_MS), LONGEST_MS);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
