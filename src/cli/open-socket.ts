import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { WebSocket } from 'ws';
import { ClientError, refusalOf, unreachable } from './client-error.ts';
import type { Connection } from './connection.ts';
import { resolveTarget, type Query } from './target.ts';

export interface SocketWish {
  /** Below `/v1/state/`. */
  readonly path: string;
  readonly query: Query;
  /** The sub-protocol: `v1.connect.supd`. */
  readonly protocol: string;
  /** Ends the opening, not what comes after. */
  readonly signal: AbortSignal;
  readonly pingMs?: number;
}

const OPENING_MS = 30_000;

/** How often the other side is asked whether it is there; proxies close what is silent for a minute. */
const PING_MS = 20_000;

/** So many questions without an answer, and it is not. */
const UNANSWERED = 2;

/** The server, too, stops reading when too much of what we sent waits; then it hears no question. */
const BULK_BYTES = 1024 * 1024;

/** After so long of silence the kernel asks the other one. */
const KEEP_ALIVE_MS = 15_000;

/**
 * A WebSocket of the API. It is paused: nothing is lost before somebody listens and resumes it. Once open it lasts as long
 * as the server is there.
 * @throws ClientError what the server says where it refuses
 */
export async function openSocket(connection: Connection, wish: SocketWish): Promise<WebSocket> {
  const { url, headers, ca } = await resolveTarget(connection, wish.path, wish.query);
  // Most commands need no WebSocket, and its code takes as long to be read as their own.
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(url, [wish.protocol], {
    headers,
    handshakeTimeout: OPENING_MS,
    perMessageDeflate: false,
    ...(ca === undefined ? {} : { ca }),
  });
  return untilOpen(socket, connection, wish);
}

function untilOpen(socket: WebSocket, connection: Connection, wish: SocketWish): Promise<WebSocket> {
  const { signal, pingMs = PING_MS } = wish;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', interrupt);
      reject(error instanceof ClientError ? error : unreachable(connection, error));
    };
    const interrupt = () => {
      fail(new ClientError('interrupted'));
      socket.terminate();
    };
    // It stays: an error is followed by a close, which is what is listened to.
    socket.on('error', fail);
    socket.once('unexpected-response', (request, response) => {
      void refusal(response, connection).then((error) => {
        fail(error);
        request.destroy();
      });
    });
    socket.once('upgrade', ({ socket: wire }) => keepAlive(socket, wire, pingMs));
    socket.once('open', () => {
      socket.pause();
      signal.removeEventListener('abort', interrupt);
      resolve(socket);
    });
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt);
  });
}

async function refusal(response: IncomingMessage, connection: Connection): Promise<ClientError> {
  const body = await text(response).catch(() => '');
  return refusalOf({ status: response.statusCode ?? 0, text: body }, connection);
}

/**
 * A cable that was pulled is noticed by silence alone. Whoever does not read gives no answers, we as well as the server, so
 * after bulk only the kernels ask one another, and while we do not read we answer unasked.
 */
function keepAlive(socket: WebSocket, wire: Socket, pingMs: number): void {
  wire.setKeepAlive(true, KEEP_ALIVE_MS);
  let unanswered = 0;
  const hear = () => void (unanswered = 0);
  const ask = () => {
    if (socket.isPaused) {
      hear();
      socket.pong();
      return;
    }
    if (unanswered >= UNANSWERED && wire.bytesWritten < BULK_BYTES) socket.terminate();
    unanswered += 1;
    socket.ping();
  };
  const timer = setInterval(ask, pingMs);
  socket.on('pong', hear);
  socket.on('message', hear);
  socket.once('close', () => clearInterval(timer));
}
