import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ListenAddress } from '../../setting-kinds.ts';
import type { StoreReader } from '../../store/store.ts';
import type { CheckAside } from '../protocol/check.ts';
import { admit, whyNoLonger, type Admission } from './admit.ts';
import { ApiError, badRequest } from '../protocol/errors.ts';
import { createHttpServer, type HttpServer } from '../http/http-server.ts';
import { listenReason } from '../http/listen-reason.ts';
import { createItemTexts } from './item-texts.ts';
import { checkHead, LIMITS, type Limits } from '../http/limits.ts';
import { chooseFormat } from '../protocol/negotiate.ts';
import { createOpenRequests, type OpenRequests } from '../http/open-requests.ts';
import { UNWATCHED, type RequestWatch } from '../http/request-watch.ts';
import { toBody, toHead, toIncoming } from './read-request.ts';
import { cutWhenSlow, endWhenNot, NEVER, signalOf } from './reply-life.ts';
import { errorResponse, respond, type ApiResponse } from './respond.ts';
import { pathsOf, type Route } from '../protocol/route.ts';
import type { TlsSource } from '../http/tls.ts';
import type { TokenDirectory } from '../access/token-directory.ts';
import { untilAborted } from './until-aborted.ts';
import type { Upgrade } from '../protocol/upgrade.ts';

export interface ApiOptions {
  readonly store: StoreReader;
  readonly tokens: TokenDirectory;
  readonly routes: readonly Route[];
  /** Port 0 picks one. */
  readonly listen: ListenAddress;
  /** Told of what should not happen; the client sees 500 without details. */
  readonly onError?: (error: unknown) => void;
  /** Absent: plain HTTP. */
  readonly tls?: TlsSource | undefined;
  readonly limits?: Partial<Limits>;
  readonly watch?: RequestWatch;
  /** Absent: changes are checked here, however large. */
  readonly checkAside?: CheckAside;
  /** Aborts when the daemon ends: what is asked from then on is answered, each time as the last on its connection. */
  readonly ending?: AbortSignal;
}

export interface Api {
  /** `127.0.0.1:4646` */
  readonly address: string;
  /** Accepts nothing more. Answers under way are finished, for so long (ms) at most; everything else ends at once. */
  close(graceMs?: number): Promise<void>;
}

/** Room for `<tenant>.<application>.<service>-<N>`; Fastify's own limit of 100 is too short. */
const MAX_NAME_LENGTH = 512;
/** An answer of this size goes into the buffers of the connection at once, however slow the client. */
const SMALL_ANSWER = 64 * 1024;
const GRACE_MS = 1_000;

/** Serves the state API. Rejects when the address cannot be listened on. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const open = createOpenRequests(options.watch ?? UNWATCHED);
  const ending = new AbortController();
  options.ending?.addEventListener('abort', () => ending.abort(), { once: true });
  ending.signal.addEventListener('abort', () => open.closeIdle(), { once: true });
  const { app, connections } = createApp({ ...options, ending: ending.signal }, open);
  const { host, port } = options.listen;
  try {
    // Of the two addresses of this name the one that every client tries.
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port });
  } catch (error) {
    connections.stopListening();
    await app.close();
    throw new Error(`the state API cannot listen on ${host}:${port}: ${listenReason(error)}`, { cause: error });
  }
  const bound = app.server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('the state API listens on no port');
  const address = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    address: `${address}:${bound.port}`,
    close: async (graceMs = GRACE_MS) => {
      ending.abort();
      connections.stopListening();
      await open.none(graceMs);
      connections.cut();
      await app.close();
    },
  };
}

interface App {
  readonly app: FastifyInstance;
  readonly connections: HttpServer;
}

function createApp(options: ApiOptions, open: OpenRequests): App {
  const routes = new Map(options.routes.flatMap((route) => pathsOf(route).map((pattern) => [pattern, route])));
  const limits = { ...LIMITS, ...options.limits };
  const upgrade: OpenRequestsAndUpgrades['upgrade'] = (reply, to, revoked) =>
    connections?.webSockets.accept(reply.request.raw, to, { ending: options.ending ?? NEVER, revoked });
  const answering = createAnswering({ ...options, limits }, { ...open, upgrade });
  let connections: HttpServer | undefined;
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: limits.bodyBytes,
    rewriteUrl: ({ url }) => normalizeSlashes(url ?? '/'),
    routerOptions: { maxParamLength: MAX_NAME_LENGTH },
    serverFactory: (handler) => {
      connections = createHttpServer(handler, { limits, tls: options.tls, open, watch: options.watch ?? UNWATCHED });
      return connections.server;
    },
    // A name that cannot be decoded, or is too long to be one, names nothing.
    frameworkErrors: (_error, request, reply) => void answering.onHead(undefined, request, reply),
    clientErrorHandler: (error, socket) => connections?.onClientError(error, socket),
  });
  if (connections === undefined) throw new TypeError('the framework made no server');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
  app.addHook('onRequest', (request, reply) =>
    answering.onHead(routes.get(request.routeOptions.url ?? ''), request, reply),
  );
  for (const [pattern, route] of routes) if (!isStreamed(route)) app.all(pattern, answering.onBody);
  app.register((streamed, _options, done) => {
    streamed.removeAllContentTypeParsers();
    streamed.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    for (const [pattern, route] of routes) if (isStreamed(route)) streamed.all(pattern, answering.onBody);
    done();
  });
  app.setNotFoundHandler(unreachable);
  app.setErrorHandler(answering.onError);
  return { app, connections };
}

function isStreamed({ methods }: Route): boolean {
  return Object.values(methods).some(({ body }) => body?.streamed === true);
}

interface OpenRequestsAndUpgrades extends OpenRequests {
  /** `revoked` aborts when whoever asked may not any more. */
  readonly upgrade: (reply: FastifyReply, to: Upgrade, revoked: AbortSignal) => void;
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
function createAnswering(options: ApiOptions & { readonly limits: Limits }, open: OpenRequestsAndUpgrades): Answering {
  const { store, tokens, limits, onError, checkAside, ending = NEVER } = options;
  setMaxListeners(0, ending); // one for each answer that goes on
  const gate = { store, tokens };
  const texts = createItemTexts();
  const admissions = new WeakMap<FastifyRequest, Admission>();

  const send = createSend({ limits, ending }, open);

  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = toApiError(error, limits);
    if (known === undefined) onError?.(error);
    const failure = known ?? new ApiError(500, 'internal error; the log of the server says more');
    return send(reply, errorResponse(failure, chooseFormat(request.headers.accept)));
  };

  const answer = async (admission: Admission, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const rest = {
      body: toBody(request),
      incoming: toIncoming(request),
      signal: () => signalOf(reply, ending),
      texts,
      checkAside,
    };
    const head = toHead(request);
    return send(reply, await respond(admission, head, rest), () => whyNoLonger(admission, head, gate));
  };

  return {
    onHead: async (route, request, reply) => {
      open.begin(request, reply, route && request.routeOptions.url);
      try {
        checkHead(request, limits);
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
      // The framework goes on with a request whose client has gone before it had its whole answer.
      if (admission === undefined) return reply.raw.destroyed ? reply.hijack() : unreachable();
      return answer(admission, request, reply);
    },
    onError: (error, request, reply) => fail(error, request, reply),
  };
}

/** @param whyNot it may not go on, asked again and again while a stream goes on */
type Send = (reply: FastifyReply, response: ApiResponse, whyNot?: () => Promise<string | undefined>) => FastifyReply;

function createSend(
  { limits, ending }: { readonly limits: Limits; readonly ending: AbortSignal },
  open: OpenRequestsAndUpgrades,
): Send {
  return (reply, { status, headers, body, trailer, upgrade }, whyNot) => {
    if (upgrade !== undefined) {
      open.noteUpgrade(reply);
      reply.hijack();
      open.upgrade(reply, upgrade, whyNot ? endWhenNot(reply, whyNot, limits.lookAgainMs) : NEVER);
      return reply;
    }
    reply.code(status).headers(headers);
    if (ending.aborted) reply.header('connection', 'close');
    if (typeof body !== 'string' && !Buffer.isBuffer(body)) {
      open.noteStream(reply);
      // A stream begins when it is read, and of HEAD nobody reads it.
      if (reply.request.method === 'HEAD') return reply.send();
      if (trailer !== undefined) reply.trailer(trailer.name, () => trailer.value());
      const ends = [signalOf(reply, ending), ...(whyNot ? [endWhenNot(reply, whyNot, limits.lookAgainMs)] : [])];
      reply.send(Readable.from(untilAborted(body, AbortSignal.any(ends))));
      // There may be nothing to send for a long time, and the client is to know that it was heard.
      reply.raw.flushHeaders();
      return reply;
    }
    if (body.length > SMALL_ANSWER) cutWhenSlow(reply, limits.answerMs);
    // No text at all: an empty one would give a 304 the length of another answer (RFC 9110, 8.6).
    return reply.send(body === '' ? undefined : body);
  };
}

/** The errors of Fastify about what a client sent say in `statusCode` that they are. */
function toApiError(error: unknown, { bodyBytes }: Limits): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  if (error.statusCode === 413) return new ApiError(413, `the body is larger than ${bodyBytes / 1024 / 1024} MiB`);
  return error.statusCode === 400 ? badRequest('the body is not what its headers say') : undefined;
}

function unreachable(): never {
  throw new TypeError('the hook before it answers every such request');
}

/** Trailing and doubled slashes are ignored (contract 5.1). */
function normalizeSlashes(url: string): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  const query = end === -1 ? '' : url.slice(end);
  return `${path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')}${query}`;
}
