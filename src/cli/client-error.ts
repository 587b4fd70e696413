import { fileReason } from '../file-reason.ts';
import type { Connection } from './connection.ts';

/** What went wrong between here and the server, as one sentence for the user. */
export class ClientError extends Error {
  /** Of the server's answer, where it gave one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'ClientError';
    this.status = status;
  }
}

/** An answer that is not what was asked for. @param text its body */
export function refusalOf(
  answer: { readonly status: number; readonly text: string },
  connection: Connection,
): ClientError {
  const { server, tokenFile } = connection;
  const { status, text } = answer;
  if (status === 401)
    return new ClientError(
      `${server} does not know the token in ${tokenFile}; name another with --token-file FILE or FAIRLEAD_TOKEN_FILE`,
      status,
    );
  const message = errorMessageOf(parseJson(text));
  if (message !== undefined) return new ClientError(message, status);
  return new ClientError(`what answers at ${server} is not Fairlead's state API (status ${status})`, status);
}

/** undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `{errors: [{error-message}]}`, as every error of the API (contract 5.1). */
function errorMessageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('errors' in body) || !Array.isArray(body.errors)) return undefined;
  const messages = body.errors.flatMap((error: unknown) =>
    typeof error === 'object' && error !== null && 'error-message' in error ? [String(error['error-message'])] : [],
  );
  return messages.length === 0 ? undefined : messages.join('; ');
}

/** No answer came. */
export function unreachable({ server }: Connection, error: unknown): ClientError {
  const mismatch = CONNECTED_IN_VAIN[codeOf(error)];
  if (mismatch !== undefined) return new ClientError(mismatch(server));
  return new ClientError(
    `no Fairlead answers at ${server} (${reasonOf(error)}); start one with "fairlead run", or point elsewhere with --server URL or FAIRLEAD_SERVER`,
  );
}

const untrusted = (server: string) =>
  `the certificate of ${server} is not trusted; name its authority with --ca-file FILE or FAIRLEAD_CA_FILE`;
const noTls = (server: string) => `what answers at ${server} speaks no TLS; is it http:// there?`;

/** Somebody is there, so that starting a Fairlead would not help. */
const CONNECTED_IN_VAIN: Readonly<Record<string, (server: string) => string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: (server) => `the certificate of ${server} has expired`,
  CERT_NOT_YET_VALID: (server) => `the certificate of ${server} is not valid yet`,
  ERR_TLS_CERT_ALTNAME_INVALID: (server) => `the certificate of ${server} is for another name`,
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  // A server that wants TLS closes at once.
  ECONNRESET: (server) =>
    `the connection to ${server} was broken off${server.startsWith('http:') ? '; is it https:// there?' : ''}`,
};

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken off',
  ENOTFOUND: 'no such host',
  EHOSTUNREACH: 'host unreachable',
  EADDRINUSE: 'it is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/** In words, where there are any. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === '') return error instanceof Error ? error.message : String(error);
  return REASONS[code] ?? fileReason(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
