import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { Connection } from './connection.ts';

/** What went wrong between here and the server, as one sentence for the user. */
export class ClientError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClientError';
  }
}

/** The state API, as a command sees it. */
export interface Client {
  /**
   * The body of a path below `/v1/state/`.
   * @param query parameters beside `site`, which the connection gives
   * @throws ClientError
   */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
  /**
   * What a path sends and goes on to send, as it comes; ends when the server ends it, or says nothing for too long.
   * @throws ClientError also while it is read
   */
  follow(path: string, query: Readonly<Record<string, string>>, lastEventId: string): Promise<AsyncIterable<string>>;
}

const TIMEOUT_MS = 30_000;

/** Longer than the server is ever silent in a stream. */
const SILENCE_MS = 45_000;

/** @param signal ends what is under way with a ClientError */
export function createClient(connection: Connection, signal?: AbortSignal): Client {
  const prepare = async (path: string, query: Readonly<Record<string, string>>) => ({
    url: urlOf(connection, path, query),
    options: { token: await readToken(connection), ca: await readCertificates(connection), connection, signal },
  });
  return {
    get: async (path, query = {}) => {
      const { url, options } = await prepare(path, query);
      return toBody(await request(url, { ...options, headers: { accept: 'application/json' } }), connection);
    },
    follow: async (path, query, lastEventId) => {
      const { url, options } = await prepare(path, query);
      const headers = {
        accept: 'text/event-stream',
        ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }),
      };
      const message = await open(url, { ...options, headers }, AbortSignal.timeout(TIMEOUT_MS));
      if (message.statusCode === 200 && message.headers['content-type']?.startsWith('text/event-stream'))
        return piecesOf(message);
      toBody({ status: message.statusCode ?? 0, text: await text(message) }, connection);
      throw new ClientError(`${connection.server} is too old to be followed`);
    },
  };
}

async function* piecesOf(message: http.IncomingMessage): AsyncGenerator<string, void> {
  message.setEncoding('utf8');
  message.setTimeout(SILENCE_MS, () => void message.destroy(new Error('it says nothing any more')));
  try {
    for await (const piece of message) yield String(piece);
  } catch (error) {
    throw new ClientError(`the connection broke off (${reasonOf(error)})`);
  }
}

/** With a tenant, its own paths; the site provider's exist once. */
function urlOf({ server, tenant, site }: Connection, path: string, query: Readonly<Record<string, string>>): URL {
  const isProviderPath = /^(?:system\/|plan$|repository$)/.test(path);
  const scope = tenant === undefined || isProviderPath ? '' : `tenants/${encodeURIComponent(tenant)}/`;
  const url = URL.canParse(server) ? new URL(`${server}/v1/state/${scope}${path}`) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new ClientError(`${server} is no address of a server, such as http://127.0.0.1:4646`);
  const parameters = { ...query, ...(site === undefined ? {} : { site }) };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

async function readToken({ tokenFile }: Connection): Promise<string> {
  const token = await readFile(tokenFile, 'utf8').catch((error: unknown) => {
    throw new ClientError(
      `cannot read the token file ${tokenFile} (${reasonOf(error)}); name another with --token-file FILE or FAIRLEAD_TOKEN_FILE`,
    );
  });
  if (!/^\s*[\x21-\x7e]+\s*$/.test(token)) throw new ClientError(`the file ${tokenFile} holds no token`);
  return token.trim();
}

async function readCertificates({ caFile }: Connection): Promise<string | undefined> {
  if (caFile === undefined) return undefined;
  return readFile(caFile, 'utf8').catch((error: unknown) => {
    throw new ClientError(`cannot read the certificates in ${caFile} (${reasonOf(error)})`);
  });
}

interface RequestOptions {
  readonly token: string;
  readonly ca: string | undefined;
  readonly connection: Connection;
  readonly signal: AbortSignal | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

interface Response {
  readonly status: number;
  readonly text: string;
}

async function request(url: URL, options: RequestOptions): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  const message = await open(url, { ...options, signal }, timeout);
  try {
    return { status: message.statusCode ?? 0, text: await text(message) };
  } catch (error) {
    throw toClientError(error, options, timeout);
  }
}

/**
 * node:http instead of fetch: only so can a private certificate authority be named.
 * @param timeout for the head of the answer
 */
async function open(url: URL, options: RequestOptions, timeout: AbortSignal): Promise<http.IncomingMessage> {
  const { token, ca, signal, headers } = options;
  const asking = {
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    return await new Promise<http.IncomingMessage>((resolve, reject) => {
      const sent =
        url.protocol === 'https:'
          ? https.get(url, { ...asking, ...(ca === undefined ? {} : { ca }) }, resolve)
          : http.get(url, asking, resolve);
      sent.on('error', reject);
      const giveUp = () => void sent.destroy(new Error('no answer'));
      timeout.addEventListener('abort', giveUp);
      sent.once('response', () => timeout.removeEventListener('abort', giveUp));
    });
  } catch (error) {
    throw toClientError(error, options, timeout);
  }
}

function toClientError(error: unknown, { connection, signal }: RequestOptions, timeout: AbortSignal): ClientError {
  if (timeout.aborted)
    return new ClientError(`${connection.server} did not answer within ${TIMEOUT_MS / 1000} seconds`);
  if (signal?.aborted) return new ClientError('interrupted');
  return new ClientError(
    `no Fairlead answers at ${connection.server} (${reasonOf(error)}); start one with "fairlead run", or point elsewhere with --server URL or FAIRLEAD_SERVER`,
  );
}

function toBody({ status, text: body }: Response, { server, tokenFile }: Connection): unknown {
  const parsed = parseJson(body);
  if (status === 200 && parsed !== undefined) return parsed;
  if (status === 401)
    throw new ClientError(
      `${server} does not know the token in ${tokenFile}; name another with --token-file FILE or FAIRLEAD_TOKEN_FILE`,
    );
  const message = errorMessageOf(parsed);
  if (message !== undefined) throw new ClientError(message);
  throw new ClientError(`what answers at ${server} is not Fairlead's state API (status ${status})`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
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

const UNTRUSTED = 'its certificate is not trusted; --ca-file FILE names another authority';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken off',
  ENOTFOUND: 'no such host',
  EHOSTUNREACH: 'host unreachable',
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code || (error instanceof Error ? error.message : String(error)));
}
