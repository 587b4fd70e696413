/** Writes that may go on side by side, but for those of one thing: its last word is the last that is written. */
export interface DiskTurns {
  /** Resolves when it is done, also when it failed; those of the same key that came before are done by then. */
  take(key: string, work: () => Promise<void>): Promise<void>;
  /** Resolves when everything that was asked for of this key is done. */
  of(key: string): Promise<void>;
  /** Resolves when everything that was asked for is done. */
  settled(): Promise<void>;
}

/** Several at a time share what a disk does for each: a thousand records are there in a fraction of the time. */
const AT_ONCE = 16;

/** @param onProblem told what a write failed with */
export function createDiskTurns(onProblem: (problem: string) => void): DiskTurns {
  const last = new Map<string, Promise<void>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn(work: () => Promise<void>): Promise<void> {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      await work();
    } catch (error) {
      onProblem(error instanceof Error ? error.message : String(error));
    }
    // Whoever waits takes the place over, so that nobody comes in between.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  const of = (key: string) => last.get(key) ?? Promise.resolve();
  return {
    take(key, work) {
      const turn = of(key).then(() => inTurn(work));
      last.set(key, turn);
      void turn.then(() => {
        if (last.get(key) === turn) last.delete(key);
      });
      return turn;
    },
    of,
    settled: async () => {
      await Promise.all(last.values());
    },
  };
}
