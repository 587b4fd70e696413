import type { ErrorBody } from '../../status/documents.ts';

/** An answer other than 2xx and 304, in words a person can act on. Status codes as contract 5.1. */
export class ApiError extends Error {
  readonly status: number;
  /** What a program may read of it. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /** What else is wrong. */
  readonly others: readonly FurtherError[];

  constructor(status: number, message: string, extra: ApiErrorExtra = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.info = extra.info ?? {};
    this.headers = extra.headers ?? {};
    this.others = extra.others ?? [];
  }
}

interface ApiErrorExtra {
  readonly info?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly others?: readonly FurtherError[];
}

/** One more thing that is wrong with a request. */
export interface FurtherError {
  readonly message: string;
  readonly info: Readonly<Record<string, unknown>>;
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, message);
}

export function unauthorized(message: string): ApiError {
  return new ApiError(401, message, { headers: { 'www-authenticate': 'Bearer realm="fairlead"' } });
}

export function forbidden(message: string): ApiError {
  return new ApiError(403, message);
}

export function notFound(message: string): ApiError {
  return new ApiError(404, message);
}

/** What it is about is in no state for it. */
export function conflict(message: string): ApiError {
  return new ApiError(409, message);
}

/** Nothing is configured by calling the API (contract, introduction). */
export function methodNotAllowed(method: string, path: string, { allow, isCheckable }: WhatIsAllowed): ApiError {
  const message = path.startsWith('/v1/config/')
    ? 'configuration is changed by committing to the repository'
    : `${method} is not allowed here, only ${allow}`;
  const info = isCheckable
    ? { hint: 'with ?validate=true the change is checked as a commit would be, and not made' }
    : {};
  return new ApiError(405, message, { info, headers: { allow } });
}

export interface WhatIsAllowed {
  /** The methods that are: `GET, HEAD, OPTIONS`. */
  readonly allow: string;
  /** Whether this one is with `validate`. */
  readonly isCheckable: boolean;
}

/** The body of every error: clients need both keys (avassa-reference 7.5). */
export function errorBody(
  message: string,
  info: Readonly<Record<string, unknown>> = {},
  others: readonly FurtherError[] = [],
): ErrorBody {
  return {
    errors: [{ message, info }, ...others].map((one) => ({ 'error-message': one.message, 'error-info': one.info })),
  };
}
