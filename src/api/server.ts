import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ListenAddress } from '../setting-kinds.ts';
import type { StoreReader } from '../store/store.ts';
import { admit, type Admission, type RequestHead } from './admit.ts';
import { ApiError, badRequest, errorBody } from './errors.ts';
import { createItemTexts } from './item-texts.ts';
import { chooseFormat } from './negotiate.ts';
import { errorResponse, respond, type ApiResponse } from './respond.ts';
import { pathsOf, type RequestBody, type Route } from './route.ts';
import type { TokenDirectory } from './token-directory.ts';

export interface ApiOptions {
  readonly store: StoreReader;
  readonly tokens: TokenDirectory;
  readonly routes: readonly Route[];
  /** Port 0 picks one. */
  readonly listen: ListenAddress;
  /** Told of what should not happen; the client sees 500 without details. */
  readonly onError?: (error: unknown) => void;
}

export interface Api {
  /** `127.0.0.1:4646` */
  readonly address: string;
  /** Ends open connections at once. */
  close(): Promise<void>;
}

/** Room for `<tenant>.<application>.<service>-<N>`; Fastify's own limit of 100 is too short. */
const MAX_NAME_LENGTH = 512;
const MAX_BODY_BYTES = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 30_000;

/** Serves the state API. Rejects when the address cannot be listened on. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const app = createApp(options);
  const { host, port } = options.listen;
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the state API cannot listen on ${host}:${port}: ${reason}`, { cause: error });
  }
  const bound = app.server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('the state API listens on no port');
  const address = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return { address: `${address}:${bound.port}`, close: () => app.close() };
}

function createApp(options: ApiOptions): FastifyInstance {
  const routes = new Map(options.routes.flatMap((route) => pathsOf(route).map((pattern) => [pattern, route])));
  const answering = createAnswering(options);
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    bodyLimit: MAX_BODY_BYTES,
    rewriteUrl: ({ url }) => normalizeSlashes(url ?? '/'),
    routerOptions: { maxParamLength: MAX_NAME_LENGTH },
    // A name that cannot be decoded, or is too long to be one, names nothing.
    frameworkErrors: (_error, request, reply) => void answering.onHead(undefined, request, reply),
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(malformedRequest());
      else socket.destroy();
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
  app.addHook('onRequest', (request, reply) =>
    answering.onHead(routes.get(request.routeOptions.url ?? ''), request, reply),
  );
  for (const pattern of routes.keys()) app.all(pattern, answering.onBody);
  app.setNotFoundHandler(unreachable);
  app.setErrorHandler(answering.onError);
  return app;
}

interface Answering {
  /** Answers whatever needs no body: a request that is refused is not read any further. */
  readonly onHead: (
    route: Route | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<FastifyReply | undefined>;
  /** Answers the others. */
  readonly onBody: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
  readonly onError: (error: Error, request: FastifyRequest, reply: FastifyReply) => FastifyReply;
}

/** What is no ApiError should not happen: it is told to `onError`, and the client sees 500. */
function createAnswering({ store, tokens, onError }: ApiOptions): Answering {
  const gate = { store, tokens };
  const texts = createItemTexts();
  const admissions = new WeakMap<FastifyRequest, Admission>();

  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = toApiError(error);
    if (known === undefined) onError?.(error);
    const failure = known ?? new ApiError(500, 'internal error; the log of the server says more');
    return send(reply, errorResponse(failure, chooseFormat(request.headers.accept)));
  };

  const answer = async (admission: Admission, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const rest = { body: toBody(request), signal: () => signalOf(reply), texts };
    return send(reply, await respond(admission, toHead(request), rest));
  };

  return {
    onHead: async (route, request, reply) => {
      try {
        const admission = await admit(route, toHead(request), gate);
        if (admission.operation?.body === undefined) return await answer(admission, request, reply);
        admissions.set(request, admission);
        return undefined;
      } catch (error) {
        return fail(error, request, reply);
      }
    },
    onBody: async (request, reply) => {
      const admission = admissions.get(request);
      if (admission === undefined) return unreachable();
      return answer(admission, request, reply);
    },
    onError: (error, request, reply) => fail(error, request, reply),
  };
}

/** The errors of Fastify about what a client sent say in `statusCode` that they are. */
function toApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  if (error.statusCode === 413) return new ApiError(413, `the body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB`);
  return error.statusCode === 400 ? badRequest('the body is not what its headers say') : undefined;
}

function unreachable(): never {
  throw new TypeError('the hook before it answers every such request');
}

function send(reply: FastifyReply, { status, headers, body }: ApiResponse): FastifyReply {
  reply.code(status).headers(headers);
  if (typeof body === 'string') return reply.send(body);
  // A stream begins when it is read, and of HEAD nobody reads it.
  return reply.request.method === 'HEAD' ? reply.send() : reply.send(Readable.from(body));
}

function toHead({ method, url, params, query, headers, ip }: FastifyRequest): RequestHead {
  return {
    method,
    path: url.replace(/\?.*/s, ''),
    params: stringsOf(params),
    query: { ...stringsOf(query), ...listsOf(query) },
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    address: ip,
  };
}

function toBody({ body, headers }: FastifyRequest): RequestBody | undefined {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  const [contentType = ''] = (headers['content-type'] ?? '').split(';');
  return { contentType: contentType.trim().toLowerCase(), bytes: body };
}

/** Aborts when the connection of an answer under way closes. */
function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

function stringsOf(values: unknown): Record<string, string> {
  return Object.fromEntries(
    entriesOf(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Parameters that were given several times. */
function listsOf(values: unknown): Record<string, string[]> {
  return Object.fromEntries(entriesOf(values).filter((entry): entry is [string, string[]] => Array.isArray(entry[1])));
}

function entriesOf(values: unknown): [string, unknown][] {
  return typeof values === 'object' && values !== null ? Object.entries(values) : [];
}

/** Trailing and doubled slashes are ignored (contract 5.1). */
function normalizeSlashes(url: string): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  const query = end === -1 ? '' : url.slice(end);
  return `${path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')}${query}`;
}

/** For what is no HTTP: there is no request to answer, only a connection. */
function malformedRequest(): string {
  const body = JSON.stringify(errorBody('the request is not valid HTTP'));
  const head = [
    `HTTP/1.1 400 ${STATUS_CODES[400] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
