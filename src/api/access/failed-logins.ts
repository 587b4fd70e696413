import { isIPv6 } from 'node:net';

/** How many failed logins an address has left: ten at once, and one more every half a minute. */
export const FAILURES = { atOnce: 10, refillMs: 30_000 } as const;
const MOST_ADDRESSES = 10_000;

export interface FailuresAllowed {
  readonly atOnce: number;
  /** After so long one is forgotten. */
  readonly refillMs: number;
}

export interface FailedLogins {
  /**
   * Counts a login that has not succeeded yet, before it is tried: otherwise many at once would all be tried.
   * @returns where the address has none left; nothing is counted then
   */
  begin(address: string): Limit | undefined;
  /** Gives back what `begin` took, and no more: whoever knows one password gains nothing for guessing others. */
  succeed(address: string): void;
}

export interface Limit {
  readonly waitMs: number;
  /** Whether it is the first since the last login that was tried: the log need not be told of each. */
  readonly isNew: boolean;
}

interface Debt {
  /** Failures that are not yet forgotten, at the moment `at`; a fraction while one is being forgotten. */
  readonly failures: number;
  readonly at: number;
  readonly isTold: boolean;
}

/** @param now ms, from any start. @param allowed what an address may fail */
export function createFailedLogins(now: () => number, allowed: FailuresAllowed = FAILURES): FailedLogins {
  // In the order they were last touched in.
  const debts = new Map<string, Debt>();
  const failuresOf = ({ failures, at }: Pick<Debt, 'failures' | 'at'> = { failures: 0, at: 0 }): number => {
    return Math.max(0, failures - Math.max(0, now() - at) / allowed.refillMs);
  };
  const set = (key: string, failures: number): void => {
    debts.delete(key);
    if (failures > 0) debts.set(key, { failures, at: now(), isTold: false });
    const [oldest] = debts.keys();
    if (debts.size > MOST_ADDRESSES && oldest !== undefined) debts.delete(oldest);
  };
  return {
    begin: (address) => {
      const key = toKey(address);
      const debt = debts.get(key);
      const failures = failuresOf(debt);
      if (debt === undefined || failures <= allowed.atOnce - 1) {
        set(key, failures + 1);
        return undefined;
      }
      debts.set(key, { ...debt, isTold: true });
      return { waitMs: (failures - allowed.atOnce + 1) * allowed.refillMs, isNew: !debt.isTold };
    },
    succeed: (address) => {
      const key = toKey(address);
      set(key, failuresOf(debts.get(key)) - 1);
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
