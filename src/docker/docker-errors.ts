import { DeadlineExceeded } from './deadline.ts';
import { explainRefusal } from './explain-refusal.ts';
import { DockerError } from './port.ts';
import { EngineRefusal } from './transport.ts';

/** What Node says when nobody answers or the connection breaks. */
const CONNECTION_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOENT: 'no such socket',
  EPIPE: 'connection closed',
  EACCES: 'permission denied; it takes root, or a member of the group that the socket belongs to',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'the name of the host cannot be resolved',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the host',
  ETIMEDOUT: 'connection timed out',
  ERR_STREAM_PREMATURE_CLOSE: 'connection closed',
};

/**
 * True when a request failed on a connection the engine had closed before: EPIPE says that it never got there, a reset
 * leaves that open, which matters to nobody who only reads.
 */
export function isStaleConnection(error: unknown, method: string): boolean {
  const code = errorCode(error);
  return code === 'EPIPE' || (code === 'ECONNRESET' && (method === 'GET' || method === 'HEAD'));
}

/** True for the DockerError of an answer with one of these HTTP statuses. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is DockerError {
  const cause = error instanceof DockerError ? error.cause : undefined;
  return cause instanceof EngineRefusal && statuses.includes(cause.status);
}

/**
 * The one place errors of the border become ours. `purpose` is what was tried: `start container acme.shop.web-1`.
 * An abort by the caller passes unchanged: it is no failure.
 */
export function toDockerError(error: unknown, purpose: string, endpoint: string): Error {
  if (error instanceof DeadlineExceeded) {
    return new DockerError('timeout', `cannot ${purpose}: ${error.message} from the engine at ${endpoint}`);
  }
  if (error instanceof EngineRefusal) return toRefusal(error, purpose);
  const code = errorCode(error);
  const words = code === undefined ? undefined : CONNECTION_ERRORS[code];
  if (words !== undefined) {
    return new DockerError('unreachable', `no Docker engine answers at ${endpoint}: ${words}`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** A connection that ended although nobody asked for it. */
export function toLostConnection(endpoint: string, cause?: unknown): DockerError {
  return new DockerError('unreachable', `the connection to the Docker engine at ${endpoint} ended`, { cause });
}

function toRefusal(refusal: EngineRefusal, purpose: string): DockerError {
  const message = `cannot ${purpose}: ${explainRefusal(refusal.message)}`;
  const isConflict = refusal.status === 404 || refusal.status === 409 || STATE_CONFLICT.test(refusal.message);
  return new DockerError(isConflict ? 'conflict' : 'refused', message, { cause: refusal });
}

/** Said with status 403 or 500, although only the state of a thing forbids it. */
const STATE_CONFLICT =
  /has active endpoints|cannot join network of a non running container|No such container|is not running|is restarting|marked for removal/i;

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
