import { GitError, type GitErrorCode } from '../git/port.ts';
import { NoSiteError } from '../reconcile/review-revisions.ts';

/** What became of something in another thread. */
export type Outcome = { readonly value: unknown } | { readonly error: SentError };

/** An error as plain data: of its class only the name crosses. */
interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Of a GitError. */
  readonly code: string | undefined;
}

export function toOutcome(error: unknown): Outcome {
  if (!(error instanceof Error)) return toOutcome(new Error(String(error)));
  const { name, message, stack } = error;
  return { error: { name, message, stack, code: error instanceof GitError ? error.code : undefined } };
}

/** @throws the error that was sent, of the classes that anybody tells apart */
export function valueOf(outcome: Outcome): unknown {
  if ('value' in outcome) return outcome.value;
  const { name, message, stack, code } = outcome.error;
  if (name === 'GitError') throw new GitError(code as GitErrorCode, message);
  if (name === 'NoSiteError') throw new NoSiteError(message);
  throw Object.assign(new Error(message), { name, ...(stack === undefined ? {} : { stack }) });
}
