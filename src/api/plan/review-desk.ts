import { GitError } from '../../git/port.ts';
import { matchesRef, toFullRef } from '../../git/ref-patterns.ts';
import { NotReadYetError } from '../../reconcile/review-live.ts';
import { NoSiteError } from '../../reconcile/review-revisions.ts';
import type { ReviewDocument } from '../../status/documents.ts';
import { ApiError, conflict, forbidden, notFound } from '../protocol/errors.ts';
import { createRateLimit } from '../access/rate-limit.ts';

export interface ReviewDeskOptions {
  /** Full names that may be asked for, see `matchesRef`. */
  readonly patterns: readonly string[];
  readonly review: (ref: string, signal: AbortSignal) => Promise<ReviewDocument>;
  /** ms, from any start */
  readonly elapsed: () => number;
}

/** Where plans for refs are asked for. */
export interface ReviewDesk {
  /** @param asker who counts as one, for how often it may ask. @throws ApiError */
  ask(ref: string, asker: string, signal: AbortSignal): Promise<ReviewDocument>;
}

/** How often one may ask: so often at once, and once more every 6 s. */
const QUESTIONS = { atOnce: 10, refillMs: 6_000 };
/** Who waits at most while another's is worked on. */
const MOST_WAITING = 8;
const LONGEST_MS = 120_000;

/** One question at a time: each may take seconds of the processor, and the daemon has other work. */
export function createReviewDesk({ patterns, review, elapsed }: ReviewDeskOptions): ReviewDesk {
  const allowance = createRateLimit(elapsed, QUESTIONS);
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function inTurn(ref: string, signal: AbortSignal): Promise<ReviewDocument> {
    const turn = last.then(() => {
      signal.throwIfAborted();
      return review(ref, AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]));
    });
    last = turn.catch(() => undefined);
    return await turn;
  }

  return {
    async ask(name, asker, signal) {
      const ref = toFullRef(name);
      if (!matchesRef(ref, patterns)) throw forbidden(refused(ref, patterns));
      const wait = allowance.begin(asker);
      if (wait !== undefined) throw tooMany(Math.ceil(wait.waitMs / 1000));
      if (waiting >= MOST_WAITING) throw tooMany(5);
      waiting += 1;
      try {
        return await inTurn(ref, signal);
      } catch (error) {
        throw toRefusal(error);
      } finally {
        waiting -= 1;
      }
    },
  };
}

function refused(ref: string, patterns: readonly string[]): string {
  return `ref: ${JSON.stringify(ref)} may not be asked for, only ${patterns.join(', ')} (the setting plan-refs)`;
}

function tooMany(seconds: number): ApiError {
  return new ApiError(429, `too many plans are asked for; try again in ${seconds} s`, {
    headers: { 'retry-after': String(seconds) },
  });
}

function toRefusal(error: unknown): unknown {
  if (error instanceof NotReadYetError) return new ApiError(503, error.message);
  if (error instanceof NoSiteError) return conflict(error.message);
  if (!(error instanceof GitError)) return error;
  switch (error.code) {
    case 'ref-missing':
      return notFound(error.message);
    case 'ref-ambiguous':
      return conflict(error.message);
    default:
      return new ApiError(503, error.message);
  }
}
