export interface Lru<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  /** The sum of the weights held. */
  weight(): number;
}

/** Keeps the values used last, as many as weigh no more than `maxWeight` together. */
export function createLru<V>(maxWeight: number, weigh: (value: V) => number): Lru<V> {
  const values = new Map<string, V>();
  let total = 0;
  const drop = (key: string, value: V) => {
    values.delete(key);
    total -= weigh(value);
  };
  return {
    get(key) {
      const value = values.get(key);
      if (value === undefined) return undefined;
      values.delete(key);
      values.set(key, value);
      return value;
    },
    set(key, value) {
      const former = values.get(key);
      if (former !== undefined) drop(key, former);
      if (weigh(value) > maxWeight) return;
      values.set(key, value);
      total += weigh(value);
      for (const [oldest, old] of values) {
        if (total <= maxWeight) return;
        drop(oldest, old);
      }
    },
    weight: () => total,
  };
}
