/** Tasks of one key run one after the other, in the order they came; those of different keys at once. */
export type KeyedQueue = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** A task that fails holds up nobody. Keys that are done with are forgotten. */
export function createKeyedQueue(): KeyedQueue {
  const lasts = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const result = (lasts.get(key) ?? Promise.resolve()).then(task);
    const settled = result.catch(() => undefined);
    lasts.set(key, settled);
    await settled;
    if (lasts.get(key) === settled) lasts.delete(key);
    return result;
  };
}
