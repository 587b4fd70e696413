import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { ClientError, refusalOf, unreachable } from './client-error.ts';
import type { Connection } from './connection.ts';
import { resolveTarget, type Query, type Target } from './target.ts';

export interface SocketWish {
  /** Below `/v1/state/`. */
  readonly path: string;
  readonly query: Query;
  /** The sub-protocol: `v1.connect.supd`. */
  readonly protocol: string;
  /** Ends the opening, not what comes after. */
  readonly signal: AbortSignal;
}

const OPENING_MS = 30_000;

/** How often it is asked whether the other side is still there. */
const PING_MS = 20_000;

/** So many questions without an answer, and it is not. */
const UNANSWERED = 2;

/**
 * A WebSocket of the API. It is paused: nothing is lost before somebody listens and resumes it. Once open it lasts as long
 * as the server is there.
 * @throws ClientError what the server says where it refuses
 */
export async function openSocket(connection: Connection, wish: SocketWish): Promise<WebSocket> {
  const target = await resolveTarget(connection, wish.path, wish.query);
  const socket = await open(connection, target, wish);
  keepAlive(socket);
  return socket;
}

function open(connection: Connection, { url, headers, ca }: Target, wish: SocketWish): Promise<WebSocket> {
  const { protocol, signal } = wish;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [protocol], {
      headers,
      handshakeTimeout: OPENING_MS,
      perMessageDeflate: false,
      ...(ca === undefined ? {} : { ca }),
    });
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

/** A cable that was pulled is noticed by silence alone. While we do not read, we do not hear the answers either. */
function keepAlive(socket: WebSocket): void {
  let unanswered = 0;
  const heard = () => void (unanswered = 0);
  const timer = setInterval(() => {
    if (unanswered >= UNANSWERED) socket.terminate();
    else if (socket.isPaused) heard();
    else {
      unanswered += 1;
      socket.ping();
    }
  }, PING_MS);
  socket.on('pong', heard);
  socket.on('message', heard);
  socket.once('close', () => clearInterval(timer));
}
