import http from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import type { Limits } from './limits.ts';
import { createRefusals, toRefusal } from './refuse-connection.ts';
import type { OpenRequests } from './open-requests.ts';
import type { RequestWatch } from './request-watch.ts';
import type { TlsSource } from './tls.ts';
import { createWebSockets, type WebSockets } from './web-sockets.ts';

export interface HttpServerOptions {
  readonly limits: Limits;
  /** undefined: plain HTTP. */
  readonly tls: TlsSource | undefined;
  readonly open: OpenRequests;
  readonly watch: RequestWatch;
}

/** A server with limits on everything a client can take its time or its share of. */
export interface HttpServer {
  readonly server: http.Server | https.Server;
  readonly webSockets: WebSockets;
  /** For what is no request. */
  readonly onClientError: (error: Error, socket: Socket) => void;
  /** Accepts no new connections. What is being answered goes on. */
  stopListening(): void;
  /** Ends what is left, upgraded connections included. */
  cut(): void;
}

const HANDSHAKE_MS = 10_000;

export function createHttpServer(
  handler: http.RequestListener,
  { limits, tls, open, watch }: HttpServerOptions,
): HttpServer {
  const server = openServer(handler, limits, tls);
  const refuse = createRefusals(watch);
  const sockets = new Set<Socket>();
  server.maxConnections = limits.connections;
  // What they count is bounded by the size of the head, and a head that is cut off unnoticed says something else.
  server.maxHeadersCount = 0;
  server.on('drop', () => watch.refused('too-many'));
  server.on('connection', (socket: Socket) => {
    // It comes once more where a request asked in passing for an upgrade.
    if (sockets.has(socket)) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const stopped = new AbortController();
  if (server instanceof https.Server) {
    const secure = server;
    tls?.follow(({ cert, key }) => secure.setSecureContext({ cert, key, ...TLS }), stopped.signal);
  }
  return {
    server,
    webSockets: createWebSockets(server, handler),
    onClientError: (error, socket) => {
      const refusal = toRefusal(error, limits);
      // In the middle of an answer nothing else can be said.
      refuse(socket, open.isAnswering(socket) ? { ...refusal, answer: undefined } : refusal);
    },
    stopListening: () => {
      stopped.abort();
      // Not the server's own way, which also ends connections whose answer is still being sent.
      net.Server.prototype.close.call(server);
    },
    cut: () => {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const TLS = { minVersion: 'TLSv1.2' } as const;

function openServer(
  handler: http.RequestListener,
  limits: Limits,
  tls: TlsSource | undefined,
): http.Server | https.Server {
  const options: http.ServerOptions = {
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  };
  if (tls === undefined) return http.createServer(options, handler);
  const { cert, key } = tls.pair();
  return https.createServer({ ...options, ...TLS, cert, key, handshakeTimeout: HANDSHAKE_MS }, handler);
}
