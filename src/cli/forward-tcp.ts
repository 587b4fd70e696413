import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { reasonOf } from './client-error.ts';
import type { Forward } from './parse-forward.ts';
import { ended, receive, send, type SocketEnd } from './socket-flow.ts';

/** What a forward needs of the rest. */
export interface Forwarding {
  readonly forward: Forward;
  /** A new session with the other side, paused. @throws ClientError */
  readonly open: () => Promise<WebSocket>;
  readonly onProblem: (problem: string) => void;
  /** Ends it, and every session with it. */
  readonly signal: AbortSignal;
}

/** Where a forward listens. */
export interface Listening {
  readonly address: string;
  readonly port: number;
}

/** Listens until `signal` aborts; each connection is a session of its own. @throws an error of the system when it cannot listen */
export async function forwardTcp({ forward, signal, open, onProblem }: Forwarding): Promise<Listening> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  const connections = new Set<Socket>();
  server.on('connection', (local) => {
    connections.add(local);
    local.once('close', () => connections.delete(local));
    // A reset is followed by a close, which is what is listened to.
    local.on('error', () => undefined);
    void join(local, { open, onProblem, signal });
  });
  server.listen({ host: forward.local.address, port: forward.local.port });
  await once(server, 'listening');
  // Of an accept that failed, for want of files for example; the next may not.
  server.on('error', (error) => onProblem(`cannot accept a connection (${reasonOf(error)})`));
  signal.addEventListener('abort', () => {
    server.close();
    for (const local of connections) local.destroy();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address : forward.local;
}

/** Bytes both ways. WebSockets know no half-close, so an empty message says that a side sends no more (/openapi.json, `connect`). */
async function join(local: Socket, { open, onProblem, signal }: Omit<Forwarding, 'forward'>): Promise<void> {
  const socket = await open().catch((error: unknown) => {
    if (!signal.aborted) onProblem(error instanceof Error ? error.message : String(error));
    local.resetAndDestroy();
  });
  if (socket === undefined) return;
  if (local.destroyed) {
    socket.terminate();
    return;
  }
  local.once('close', (hadError) => {
    if (hadError || signal.aborted) socket.terminate();
    else socket.close(1000);
  });
  const end = ended(socket);
  send(socket, local, (chunk) => chunk);
  receive(socket, local, () => local.end());
  socket.resume();
  local.resume();
  part(local, await end, onProblem);
}

function part(local: Socket, { code, reason }: SocketEnd, onProblem: (problem: string) => void): void {
  if (code === 1000 || local.destroyed) {
    local.destroySoon();
    return;
  }
  onProblem(reason === '' ? 'the connection broke off' : reason);
  local.resetAndDestroy();
}
