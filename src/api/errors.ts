import type { ErrorBody } from '../status/documents.ts';

/** An answer other than 2xx and 304, in words a person can act on. Status codes as contract 5.1. */
export class ApiError extends Error {
  readonly status: number;
  /** What a program may read of it. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, extra: ApiErrorExtra = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.info = extra.info ?? {};
    this.headers = extra.headers ?? {};
  }
}

interface ApiErrorExtra {
  readonly info?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
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

/**
 * Nothing is configured by calling the API (contract, introduction).
 * @param allow the methods that are: `GET, HEAD, OPTIONS`
 */
export function methodNotAllowed(method: string, path: string, allow: string): ApiError {
  const message = path.startsWith('/v1/config/')
    ? 'configuration is changed by committing to the repository'
    : `${method} is not allowed here, only ${allow}`;
  return new ApiError(405, message, { headers: { allow } });
}

/** The body of every error: clients need both keys (avassa-reference 7.5). */
export function errorBody(message: string, info: Readonly<Record<string, unknown>> = {}): ErrorBody {
  return { errors: [{ 'error-message': message, 'error-info': info }] };
}
