import { isIPv6 } from 'node:net';

/** Addresses or names that are counted for; the one counted for longest ago is forgotten beyond that. */
const MOST_ADDRESSES = 10_000;

export interface Rate {
  readonly atOnce: number;
  /** After so long one more is allowed. */
  readonly refillMs: number;
}

/** How often something may be done, or may fail, counted for each address or name. */
export interface RateLimit {
  /**
   * Counts one before it is tried: otherwise many at once would all be tried.
   * @returns where the address has none left; nothing is counted then
   */
  begin(address: string): Limit | undefined;
  /** Where only failures count: gives back what `begin` took, and no more, so one success buys no further failure. */
  succeed(address: string): void;
}

export interface Limit {
  readonly waitMs: number;
  /** Whether it is the first since the last one that was tried: the log need not be told of each. */
  readonly isNew: boolean;
}

interface Debt {
  /** Those that are not yet forgotten, at the moment `at`; a fraction while one is being forgotten. */
  readonly count: number;
  readonly at: number;
  readonly isTold: boolean;
}

/** @param now ms, from any start */
export function createRateLimit(now: () => number, allowed: Rate): RateLimit {
  // In the order they were last touched in.
  const debts = new Map<string, Debt>();
  const countOf = ({ count, at }: Pick<Debt, 'count' | 'at'> = { count: 0, at: 0 }): number => {
    return Math.max(0, count - Math.max(0, now() - at) / allowed.refillMs);
  };
  const set = (key: string, count: number): void => {
    debts.delete(key);
    if (count > 0) debts.set(key, { count, at: now(), isTold: false });
    const [oldest] = debts.keys();
    if (debts.size > MOST_ADDRESSES && oldest !== undefined) debts.delete(oldest);
  };
  return {
    begin: (address) => {
      const key = toKey(address);
      const debt = debts.get(key);
      const count = countOf(debt);
      if (debt === undefined || count <= allowed.atOnce - 1) {
        set(key, count + 1);
        return undefined;
      }
      debts.set(key, { ...debt, isTold: true });
      return { waitMs: (count - allowed.atOnce + 1) * allowed.refillMs, isNew: !debt.isTold };
    },
    succeed: (address) => {
      const key = toKey(address);
      set(key, countOf(debts.get(key)) - 1);
    },
  };
}

/** Whoever has one IPv6 address has the 2^64 around it. */
function toKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail] = address.split('::');
  const first = head.split(':').filter((group) => group !== '');
  const last = tail?.split(':').filter((group) => group !== '') ?? [];
  const gap = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...(tail === undefined ? [] : gap), ...last].slice(0, 4).join(':');
}
