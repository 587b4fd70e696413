import { createBell, pause } from '../reconcile/bell.ts';

/** Why something could not be handed over, in words without a secret. */
export class DeliveryError extends Error {
  /** How long to wait at least, ms; undefined: trying again makes no sense. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs: number | undefined) {
    super(message);
    this.name = 'DeliveryError';
    this.retryAfterMs = retryAfterMs;
  }
}

/** Something on its way to a target. */
export interface Outgoing {
  /** A newer one of the same key takes the place of one that waits. */
  readonly key: string;
  /** Since when it is on its way, ms since the epoch. */
  readonly at: number;
}

export type Delivery = 'delivered' | 'given-up' | 'dropped';

export interface OutboxOptions<I extends Outgoing> {
  /** @throws DeliveryError */
  readonly send: (target: string, item: I, signal: AbortSignal) => Promise<void>;
  /** @param reason '' unless it was given up or dropped */
  readonly onEnd: (target: string, item: I, end: { readonly outcome: Delivery; readonly reason: string }) => void;
  /** Told of the first failure of each stretch of them. */
  readonly onTrouble: (target: string, reason: string) => void;
  readonly now: () => number;
  /** As `pause`. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Ends everything; what waits then stays in `waiting`. */
  readonly signal: AbortSignal;
}

/** What waits to be handed over: one at a time to each target, in order, and none keeps another waiting. */
export interface Outbox<I extends Outgoing> {
  put(target: string, item: I): void;
  /** By target, in order; that which is being handed over among them. */
  waiting(): Readonly<Record<string, readonly I[]>>;
  /** Resolves when nothing is on its way any more after the signal aborted. */
  ended(): Promise<void>;
}

const MOST_WAITING = 100;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
const PATIENCE_MS = 3_600_000;

export function createOutbox<I extends Outgoing>(options: OutboxOptions<I>): Outbox<I> {
  const lanes = new Map<string, Lane<I>>();
  return {
    put(target, item) {
      const lane = lanes.get(target) ?? openLane(target, options);
      lanes.set(target, lane);
      lane.put(item);
    },
    waiting: () => Object.fromEntries([...lanes].map(([target, { items }]) => [target, [...items.values()]])),
    async ended() {
      await Promise.all([...lanes.values()].map(({ done }) => done));
    },
  };
}

interface Lane<I> {
  readonly items: ReadonlyMap<string, I>;
  readonly done: Promise<void>;
  put(item: I): void;
}

function openLane<I extends Outgoing>(target: string, options: OutboxOptions<I>): Lane<I> {
  const { onEnd, signal } = options;
  const items = new Map<string, I>();
  const bell = createBell();
  return {
    items,
    put(item) {
      items.delete(item.key);
      items.set(item.key, item);
      for (const [key, oldest] of [...items].slice(0, Math.max(0, items.size - MOST_WAITING))) {
        items.delete(key);
        onEnd(target, oldest, { outcome: 'dropped', reason: `more than ${MOST_WAITING} wait` });
      }
      bell.ring();
    },
    done: (async () => {
      while (await bell.wait(undefined, signal)) await empty(target, items, options);
    })(),
  };
}

/** Hands over until nothing is left, or the signal aborts. */
async function empty<I extends Outgoing>(target: string, items: Map<string, I>, options: OutboxOptions<I>) {
  const { onTrouble, onEnd, now, sleep = pause, signal } = options;
  for (let failures = 0; ;) {
    const [item] = items.values();
    if (item === undefined) return;
    const error = await attempt(target, item, options);
    if (signal.aborted) return;
    const isOver = error?.retryAfterMs === undefined || Math.abs(now() - item.at) >= PATIENCE_MS;
    if (isOver) {
      failures = 0;
      // Unless a newer one took its place meanwhile.
      if (items.get(item.key) === item) items.delete(item.key);
      onEnd(target, item, { outcome: error === undefined ? 'delivered' : 'given-up', reason: error?.message ?? '' });
      continue;
    }
    if (failures === 0) onTrouble(target, error.message);
    const growing = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 20), LONGEST_PAUSE_MS);
    failures += 1;
    await sleep(Math.min(Math.max(growing, error.retryAfterMs), PATIENCE_MS), signal);
  }
}

/** undefined: it went well. */
async function attempt<I extends Outgoing>(target: string, item: I, { send, signal }: OutboxOptions<I>) {
  try {
    await send(target, item, signal);
    return undefined;
  } catch (error) {
    if (error instanceof DeliveryError) return error;
    // What nobody foresaw may hold an address or a secret: its name has to do.
    return new DeliveryError(error instanceof Error ? error.name : 'unknown reason', FIRST_PAUSE_MS);
  }
}
