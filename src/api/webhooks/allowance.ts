import { createRateLimit } from '../access/rate-limit.ts';
import type { ForgeName } from './forge.ts';

/** How many deliveries of an address may be wrong: so many at once, and one more each second. */
const FAILURES = { atOnce: 30, refillMs: 1_000 };
/** How many genuine ones of a kind are taken: so many at once, and ten more each second. Each is a record on the disk. */
const DELIVERIES = { atOnce: 2_000, refillMs: 100 };

export interface Wait {
  readonly waitMs: number;
  /** Whether nothing has been told of it yet. */
  readonly isNew: boolean;
}

/** What senders may ask for. Times in ms. */
export interface Allowance {
  /** Why a delivery has to wait; undefined: it need not. Costs nothing of what is allowed. */
  look(forge: ForgeName, address: string): Wait | undefined;
  failed(address: string): void;
  succeeded(forge: ForgeName): void;
}

/** @param elapsed ms, from any start */
export function createAllowance(elapsed: () => number): Allowance {
  const failures = createRateLimit(elapsed, FAILURES);
  const deliveries = createRateLimit(elapsed, DELIVERIES);
  const peek = (limiter: typeof failures, key: string): Wait | undefined => {
    const wait = limiter.begin(key);
    if (wait === undefined) limiter.succeed(key);
    return wait;
  };
  return {
    look: (forge, address) => peek(failures, address) ?? peek(deliveries, forge),
    failed: (address) => void failures.begin(address),
    succeeded: (forge) => void deliveries.begin(forge),
  };
}
