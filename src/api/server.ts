import { STATUS_CODES } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ListenAddress } from '../setting-kinds.ts';
import type { StoreReader } from '../store/store.ts';
import { applicationRoutes } from './applications.ts';
import { deploymentRoutes } from './deployments.ts';
import { ApiError, errorBody } from './errors.ts';
import { healthRoutes } from './health.ts';
import { createItemTexts } from './item-texts.ts';
import { chooseFormat } from './negotiate.ts';
import { repositoryRoutes } from './repository.ts';
import { errorResponse, respond, type ApiRequest, type ApiResponse } from './respond.ts';
import { pathsOf, type Route } from './route.ts';
import { systemRoutes } from './system.ts';
import type { TokenDirectory } from './token-directory.ts';

export interface ApiOptions {
  readonly store: StoreReader;
  readonly tokens: TokenDirectory;
  /** Port 0 picks one. */
  readonly listen: ListenAddress;
  readonly version: string;
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
  const routes = routesByPattern(options.version);
  const answer = createAnswering(options);
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    rewriteUrl: ({ url }) => normalizeSlashes(url ?? '/'),
    routerOptions: { maxParamLength: MAX_NAME_LENGTH },
    // A name that cannot be decoded, or is too long to be one, names nothing.
    frameworkErrors: (_error, request, reply) => void answer(undefined, request, reply),
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(malformedRequest());
      else socket.destroy();
    },
  });
  // Answered here, before Fastify looks at a body: nothing takes one, and a refused change must not be read first.
  app.addHook('onRequest', (request, reply) => answer(routes.get(request.routeOptions.url ?? ''), request, reply));
  for (const pattern of routes.keys()) app.all(pattern, unreachable);
  app.setNotFoundHandler(unreachable);
  return app;
}

function routesByPattern(version: string): ReadonlyMap<string, Route> {
  const routes = [
    ...healthRoutes(version),
    ...applicationRoutes,
    ...deploymentRoutes,
    ...systemRoutes,
    ...repositoryRoutes,
  ];
  return new Map(routes.flatMap((route) => pathsOf(route).map((pattern) => [pattern, route])));
}

type Answering = (route: Route | undefined, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Never rejects: what should not happen is told to `onError` and the client sees 500. */
function createAnswering({ store, tokens, onError }: ApiOptions): Answering {
  const around = { store, tokens, texts: createItemTexts() };
  return async (route, request, reply) => {
    const response = await respond(route, toApiRequest(request), around).catch((error: unknown) => {
      onError?.(error);
      const failure = new ApiError(500, 'internal error; the log of the server says more');
      return errorResponse(failure, chooseFormat(request.headers.accept));
    });
    return send(reply, response);
  };
}

function unreachable(): never {
  throw new TypeError('the hook before it answers every request');
}

function send(reply: FastifyReply, { status, headers, body }: ApiResponse): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function toApiRequest({ method, url, params, query, headers }: FastifyRequest): ApiRequest {
  return {
    method,
    path: url.replace(/\?.*/s, ''),
    params: stringsOf(params),
    query: { ...stringsOf(query), ...listsOf(query) },
    authorization: headers.authorization,
    accept: headers.accept,
    conditions: { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] },
  };
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
