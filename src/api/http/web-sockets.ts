import { ServerResponse, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { SocketEnds, Upgrade } from '../protocol/upgrade.ts';
import { keepAlive } from './keep-alive.ts';
import { answerWithoutUpgrade } from './other-upgrades.ts';

// A request for a WebSocket goes the way of every other: it is let in, or refused in HTTP, by the same code.

export interface WebSockets {
  /** Answers a request whose head has been found good. */
  accept(request: IncomingMessage, upgrade: Upgrade, ends: SocketEnds): void;
}

/** Of one message, whatever the number of its frames; what is larger closes with 1009. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** @param handler of requests, which these are, too */
export function createWebSockets(server: Server | SecureServer, handler: RequestListener): WebSockets {
  const heads = new WeakMap<IncomingMessage, Buffer>();
  const upgrades = new WeakMap<IncomingMessage, Upgrade>();
  const acceptor = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (_offered, request) => upgrades.get(request)?.protocol ?? false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') {
      answerWithoutUpgrade(server, request, head);
      return;
    }
    heads.set(request, head);
    handler(request, toResponse(request, socket));
  });
  return {
    accept(request, upgrade, ends) {
      const head = heads.get(request);
      const begun: WebSocket[] = [];
      upgrades.set(request, upgrade);
      if (head !== undefined)
        acceptor.handleUpgrade(request, request.socket, head, (webSocket) => void begun.push(webSocket));
      const [webSocket] = begun;
      if (webSocket === undefined) {
        upgrade.abandon();
        return;
      }
      // A frame that is against the protocol: the library closes by itself, and says so by closing.
      webSocket.on('error', () => undefined);
      keepAlive(webSocket);
      upgrade.begin(webSocket, ends);
    },
  };
}

/** Node gives none for such a request. Where it is used, it is the last on its connection. */
function toResponse(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.once('finish', () => socket.destroySoon());
  socket.on('error', () => socket.destroy());
  response.assignSocket(socket);
  return response;
}
