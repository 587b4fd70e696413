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
  return new ClientError(
    `no Fairlead answers at ${server} (${reasonOf(error)}); start one with "fairlead run", or point elsewhere with --server URL or FAIRLEAD_SERVER`,
  );
}

const UNTRUSTED = 'its certificate is not trusted; --ca-file FILE names another authority';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken off',
  ENOTFOUND: 'no such host',
  EHOSTUNREACH: 'host unreachable',
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EADDRINUSE: 'it is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  EISDIR: 'it is a folder',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** In words, where there are any. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code || (error instanceof Error ? error.message : String(error)));
}
