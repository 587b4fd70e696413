import { GitError } from '../port.ts';

/** What TLS says of a certificate that ends at no root known here. */
const NO_ROOT = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);
/** Certificates that are of no use, whoever signed them. */
const BAD_CERTIFICATE = new Map([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another name'],
  ['CERT_HAS_EXPIRED', 'has expired'],
  ['CERT_NOT_YET_VALID', 'is not valid yet'],
]);

/**
 * Why no answer came over http. `place` and `proxy` hold no credentials; of the error only its code is told, for it may
 * hold headers.
 */
export function toHttpError(error: unknown, place: string, proxy: string | undefined): GitError {
  const own = causesOf(error).find((cause) => cause instanceof GitError);
  if (own !== undefined) return own;
  const code = networkCode(error);
  if (code !== undefined && NO_ROOT.has(code)) {
    const sentence = `the certificate of ${place} is of no authority known here (${code}): name it with repository-ca`;
    return new GitError('untrusted', sentence);
  }
  const bad = code === undefined ? undefined : BAD_CERTIFICATE.get(code);
  if (bad !== undefined) return new GitError('untrusted', `the certificate of ${place} ${bad} (${String(code)})`);
  const status = proxyStatus(error);
  if (proxy !== undefined && status !== undefined) return toProxyError(status, place, proxy);
  const way = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  return new GitError('unreachable', `${place} cannot be reached${way} (${code ?? 'connection lost'})`);
}

/** A proxy that answers in place of the server. */
export function toProxyError(status: number, place: string, proxy: string): GitError {
  if (status === 407) {
    return new GitError('unauthorized', `the proxy ${proxy} refuses the credentials, or wants some (HTTP 407)`);
  }
  return new GitError('unreachable', `the proxy ${proxy} does not lead to ${place} (HTTP ${status})`);
}

/** `fetch` fails with a TypeError whose cause carries the code of the socket, of TLS or of the HTTP parser. */
function networkCode(error: unknown): string | undefined {
  for (const cause of causesOf(error)) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return undefined;
}

/** undici tells what a proxy answers in words only. */
function proxyStatus(error: unknown): number | undefined {
  for (const cause of causesOf(error)) {
    const [, status] = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(cause.message) ?? [];
    if (status !== undefined) return Number(status);
  }
  return undefined;
}

/** An error and what led to it. */
function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
