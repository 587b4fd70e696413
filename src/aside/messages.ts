import type { Outcome } from './outcome.ts';

/** What a thread is told. */
export type ToThread =
  | { readonly kind: 'job'; readonly input: unknown }
  /** To what it asked under this number. */
  | { readonly kind: 'answer'; readonly number: number; readonly outcome: Outcome };

/** What it tells. */
export type FromThread =
  | { readonly kind: 'ask'; readonly number: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'done'; readonly outcome: Outcome };

/** Asks whoever gave the job. */
export type Ask = (method: string, ...args: readonly unknown[]) => Promise<unknown>;
