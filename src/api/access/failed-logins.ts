import { isIPv6 } from 'node:net';

/** How many failed logins an address has left: ten at once, and one more every half a minute. */
export const FAILURES = { atOnce: 10, refillMs: 30_000 } as const;
const MOST_ADDRESSES = 10_000;

export interface FailedLogins {
  /**
   * Counts a login that has not succeeded yet, before it is tried: otherwise many at once would all be tried.
   * @returns the ms to wait where the address has none left; nothing is counted then
   */
  begin(address: string): { readonly waitMs: number } | undefined;
  /** Gives back what `begin` took, and no more: whoever knows one password gains nothing for guessing others. */
  succeed(address: string): void;
}

interface Debt {
  /** Failures that are not yet forgotten, at the moment `at`; a fraction while one is being forgotten. */
  readonly failures: number;
  readonly at: number;
}

/** @param now ms, from any start */
export function createFailedLogins(now: () => number): FailedLogins {
  // In the order they were last touched in.
  const debts = new Map<string, Debt>();
  const failuresOf = (key: string): number => {
    const { failures, at } = debts.get(key) ?? { failures: 0, at: 0 };
    return Math.max(0, failures - Math.max(0, now() - at) / FAILURES.refillMs);
  };
  const set = (key: string, failures: number): void => {
    debts.delete(key);
    if (failures > 0) debts.set(key, { failures, at: now() });
    const [oldest] = debts.keys();
    if (debts.size > MOST_ADDRESSES && oldest !== undefined) debts.delete(oldest);
  };
  return {
    begin: (address) => {
      const key = toKey(address);
      const failures = failuresOf(key);
      if (failures > FAILURES.atOnce - 1) return { waitMs: (failures - FAILURES.atOnce + 1) * FAILURES.refillMs };
      set(key, failures + 1);
      return undefined;
    },
    succeed: (address) => {
      const key = toKey(address);
      set(key, failuresOf(key) - 1);
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
