/** Work that never overlaps. */
export interface Coalescing {
  /** Runs after what was asked for before. */
  alone(work: () => Promise<void>): Promise<void>;
  /** The same, but calls that come while one waits for its turn share that one: it has not looked yet. */
  soon(work: () => Promise<void>): Promise<void>;
}

export function createCoalescing(): Coalescing {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<void> | undefined;

  function alone(work: () => Promise<void>): Promise<void> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    alone,
    soon(work) {
      waiting ??= alone(() => {
        waiting = undefined;
        return work();
      });
      return waiting;
    },
  };
}
