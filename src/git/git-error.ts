import { Errors } from 'isomorphic-git';
import { redactUrl } from './redact-url.ts';
import { GitError } from './port.ts';
import { isOid } from './ref-name.ts';

/**
 * Says what went wrong on the way to a server. The former error is NOT kept as a cause: it may hold headers, a URL or
 * a page of the server.
 */
export function toRemoteError(error: unknown, url: string): GitError {
  if (error instanceof GitError) return error;
  const shown = redactUrl(url);
  if (error instanceof Errors.HttpError) return fromStatus(error.data.statusCode, shown);
  if (error instanceof Errors.SmartHttpError)
    return new GitError('not-found', `${shown} answers, but is no git repository`);
  if (error instanceof Errors.NotFoundError) return new GitError('branch-missing', `the branch is gone at ${shown}`);
  if (error instanceof Error && 'syscall' in error) {
    return new GitError('unreachable', `the copy of ${shown} cannot be written (${nameOf(error)})`);
  }
  return new GitError('corrupt', `the answer of ${shown} makes no sense (${nameOf(error)})`);
}

function fromStatus(status: number, shown: string): GitError {
  switch (status) {
    case 203: // Azure DevOps answers its sign-in page so
    case 401:
    case 403:
      return new GitError('unauthorized', `${shown} refuses the credentials, or wants some (HTTP ${status})`);
    case 404:
    case 410:
      return new GitError(
        'not-found',
        `there is no repository at ${shown}, or none these credentials may see (HTTP ${status})`,
      );
    default: {
      const passes = status === 408 || status === 429 || status >= 500;
      return new GitError(passes ? 'unreachable' : 'corrupt', `${shown} answers HTTP ${status}`);
    }
  }
}

/** The name of an error's kind, safe to show. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** True when an object, and nothing else, was looked for in vain. */
export function isMissingObject(error: unknown): boolean {
  return error instanceof Errors.NotFoundError;
}

export function isCorrupt(error: unknown): error is GitError {
  return error instanceof GitError && error.code === 'corrupt';
}

/** What it means for what was asked for: it vanished between two questions, or the server gives no such commit. */
export function toRefError(error: unknown, ref: string, url: string): unknown {
  const means: readonly unknown[] = isOid(ref) ? ['branch-missing', 'corrupt'] : ['branch-missing'];
  if (!(error instanceof GitError) || !means.includes(error.code)) return error;
  return new GitError('ref-missing', `${redactUrl(url)} does not give ${ref}`);
}
