/** A number of places; who finds none free waits in line. */
export interface Places {
  /** Resolves once the caller has a place; rejects with the signal's reason, then without one. */
  take(signal: AbortSignal): Promise<void>;
  give(): void;
}

export function openPlaces(count: number): Places {
  let free = count;
  const line = new Set<() => void>();
  const wait = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const call = () => {
        leave();
        resolve();
      };
      const stop = () => {
        leave();
        reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
      };
      const leave = () => {
        line.delete(call);
        signal.removeEventListener('abort', stop);
      };
      line.add(call);
      signal.addEventListener('abort', stop);
    });
  return {
    give: () => {
      const [next] = line;
      if (next === undefined) free += 1;
      else next();
    },
    take: async (signal) => {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else await wait(signal);
    },
  };
}
