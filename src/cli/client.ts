import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { ClientError, parseJson, reasonOf, refusalOf, unreachable } from './client-error.ts';
import type { Connection } from './connection.ts';
import { resolveTarget, type Query } from './target.ts';

/** The state API, as a command sees it; paths are below `/v1/state/`. */
export interface Client {
  /**
   * The body of a path.
   * @param query parameters beside `site`, which the connection gives
   * @throws ClientError
   */
  get(path: string, query?: Query): Promise<unknown>;
  /**
   * The body of a path that is asked for again and again, with what stands for it; undefined while that is `tag`.
   * @param tag '' the first time. @throws ClientError
   */
  getIfChanged(path: string, tag: string): Promise<{ readonly body: unknown; readonly tag: string } | undefined>;
  /** Sets something in motion; the headers of the answer. @throws ClientError */
  post(path: string, body: unknown): Promise<http.IncomingHttpHeaders>;
  /**
   * What a path sends and goes on to send, as it comes; ends when the server ends it, or says nothing for too long.
   * @throws ClientError also while it is read
   */
  follow(path: string, query: Query, lastEventId: string): Promise<AsyncIterable<string>>;
  /** The lines of JSON that a path sends, as they come, for as long as it does; they may be cut anywhere. @throws ClientError as above */
  lines(path: string, query: Query): Promise<AsyncIterable<string>>;
}

const TIMEOUT_MS = 30_000;

/** Longer than the server is ever silent in a stream of events. */
const SILENCE_MS = 45_000;

/** After so long the kernel asks whether the other side of a silent connection is still there. */
const KEEP_ALIVE_MS = 15_000;

/** @param signal ends what is under way with a ClientError */
export function createClient(connection: Connection, signal?: AbortSignal): Client {
  const ask = (path: string, query: Query, asking: Asking) => request({ connection, signal, path, query, ...asking });
  const stream = async (path: string, query: Query, headers: Readonly<Record<string, string>>) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const message = await open({ connection, signal, path, query, headers, timeout });
    if (message.statusCode === 200 && message.headers['content-type']?.startsWith(headers['accept'] ?? ''))
      return message;
    const answer = { status: message.statusCode ?? 0, text: await text(message) };
    if (answer.status !== 200) throw refusalOf(answer, connection);
    throw new ClientError(`${connection.server} is too old to be followed`);
  };
  return {
    async get(path, query = {}) {
      const answer = await ask(path, query, { headers: { accept: 'application/json' } });
      const body = parseJson(answer.text);
      if (answer.status !== 200 || body === undefined) throw refusalOf(answer, connection);
      return body;
    },
    async getIfChanged(path, tag) {
      const condition = tag === '' ? {} : { 'if-none-match': tag };
      const answer = await ask(path, {}, { headers: { accept: 'application/json', ...condition } });
      if (answer.status === 304) return undefined;
      const body = parseJson(answer.text);
      if (answer.status !== 200 || body === undefined) throw refusalOf(answer, connection);
      return { body, tag: answer.headers.etag ?? '' };
    },
    async post(path, body) {
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const answer = await ask(path, {}, { method: 'POST', headers, body: JSON.stringify(body) });
      if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, connection);
      return answer.headers;
    },
    async follow(path, query, lastEventId) {
      const from = lastEventId === '' ? {} : { 'last-event-id': lastEventId };
      const message = await stream(path, query, { accept: 'text/event-stream', ...from });
      message.setTimeout(SILENCE_MS, () => void message.destroy(new Error('it says nothing any more')));
      return piecesOf(message);
    },
    async lines(path, query) {
      const message = await stream(path, query, { accept: 'application/x-ndjson' });
      message.socket.setKeepAlive(true, KEEP_ALIVE_MS);
      return piecesOf(message);
    },
  };
}

async function* piecesOf(message: http.IncomingMessage): AsyncGenerator<string, void> {
  message.setEncoding('utf8');
  try {
    for await (const piece of message) yield String(piece);
  } catch (error) {
    throw new ClientError(`the connection broke off (${reasonOf(error)})`);
  }
}

/** What differs from one request to the other. */
interface Asking {
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: 'POST';
  readonly body?: string;
}

interface Request extends Asking {
  readonly connection: Connection;
  readonly signal: AbortSignal | undefined;
  readonly path: string;
  readonly query: Query;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

async function request(wish: Request): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = wish.signal === undefined ? timeout : AbortSignal.any([wish.signal, timeout]);
  const message = await open({ ...wish, signal, timeout });
  try {
    return { status: message.statusCode ?? 0, headers: message.headers, text: await text(message) };
  } catch (error) {
    throw toClientError(error, wish, timeout);
  }
}

/** node:http instead of fetch: only so can a private certificate authority be named. `timeout` is for the head of the answer. */
async function open(wish: Request & { readonly timeout: AbortSignal }): Promise<http.IncomingMessage> {
  const { connection, signal, timeout, method = 'GET', body = '' } = wish;
  const { url, headers, ca } = await resolveTarget(connection, wish.path, wish.query);
  const asking = {
    method,
    headers: { ...headers, ...wish.headers },
    ...(signal === undefined ? {} : { signal }),
    ...(ca === undefined ? {} : { ca }),
  };
  try {
    return await new Promise<http.IncomingMessage>((resolve, reject) => {
      const sent = (url.protocol === 'https:' ? https : http).request(url, asking, resolve);
      sent.on('error', reject);
      const giveUp = () => void sent.destroy(new Error('no answer'));
      timeout.addEventListener('abort', giveUp);
      sent.once('response', () => timeout.removeEventListener('abort', giveUp));
      sent.end(body);
    });
  } catch (error) {
    throw toClientError(error, wish, timeout);
  }
}

function toClientError(error: unknown, { connection, signal }: Request, timeout: AbortSignal): ClientError {
  if (timeout.aborted)
    return new ClientError(`${connection.server} did not answer within ${TIMEOUT_MS / 1000} seconds`);
  if (signal?.aborted) return new ClientError('interrupted');
  return unreachable(connection, error);
}
