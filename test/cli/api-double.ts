import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { tokenFile } from './terminal.ts';

// A server that speaks the protocols of exec-interactive, connect and logs, and does with them what a test says.

const TOKEN = 'token-of-the-double';

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export interface DoubleOptions {
  /** The document of the service instance. */
  readonly instance?: () => unknown;
  /** Called for what is asked for, as `GET /v1/state/…`; answers, or leaves it to the double. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Refuses an upgrade. */
  readonly refuse?: () => Refusal | undefined;
  readonly onSession?: (socket: WebSocket, url: URL) => void;
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly port?: number;
}

export interface ApiDouble {
  readonly origin: string;
  /** Flags with which a command finds it. */
  readonly flags: readonly string[];
  /** What was asked for, oldest first: `GET /v1/state/…`. */
  readonly asked: readonly string[];
  /** Breaks every connection off and listens no more. */
  readonly close: () => Promise<void>;
}

export const INSTANCE = {
  name: 'web-1',
  containers: [
    { name: 'nginx', 'oper-status': 'running' },
    { name: 'page', 'oper-status': 'running' },
  ],
  'init-containers': [{ name: 'prepare', 'oper-status': 'completed' }],
};

const PROTOCOLS = ['v1.exec-interactive.supd', 'v1.connect.supd'];

export async function startDouble(options: DoubleOptions = {}): Promise<ApiDouble> {
  const { instance = () => INSTANCE, answer = () => false, refuse = () => undefined, tls } = options;
  const asked: string[] = [];
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
  const server = tls === undefined ? http.createServer() : https.createServer(tls);

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) fail(response, { status: 401, message: 'who is it' });
    else if (answer(request, response)) return;
    else if (/\/service-instances\/[^/?]+(\?|$)/.test(request.url ?? '')) send(response, instance());
    else fail(response, { status: 404, message: 'nothing is here' });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    asked.push(`GET ${request.url}`);
    const refusal = refuse() ?? refusalOf(request);
    if (refusal !== undefined) refuseUpgrade(socket, refusal);
    else
      sockets.handleUpgrade(request, socket, head, (opened) => {
        options.onSession?.(opened, new URL(request.url ?? '', 'http://double'));
      });
  });
  const connections = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of connections) socket.destroy();
    if (server.listening) await closed;
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return { origin, asked, close, flags: ['--server', origin, '--token-file', await tokenFile(TOKEN)] };
}

function refusalOf({ headers }: IncomingMessage): Refusal | undefined {
  if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, message: 'who is it' };
  const offered = headers['sec-websocket-protocol'] ?? '';
  return PROTOCOLS.includes(offered) ? undefined : { status: 400, message: `no sub-protocol ${offered}` };
}

function refuseUpgrade(socket: Duplex, { status, message }: Refusal): void {
  const body = JSON.stringify(errorBody(message));
  const head = [`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`, `content-length: ${Buffer.byteLength(body)}`];
  socket.end(`${head.join('\r\n')}\r\nconnection: close\r\n\r\n${body}`);
}

export function send(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}

export function fail(response: ServerResponse, { status, message }: Refusal): void {
  response.statusCode = status;
  send(response, errorBody(message));
}

function errorBody(message: string) {
  return { errors: [{ 'error-message': message, 'error-info': {} }] };
}

/** The client's side of exec-interactive, as the server reads it. */
export interface ExecPeer {
  /** Bytes of stdin. */
  readonly stdin: () => Buffer;
  readonly isStdinClosed: () => boolean;
  readonly sizes: readonly unknown[];
  /** First bytes of the frames, in order. */
  readonly kinds: readonly number[];
}

export function readExecFrames(socket: WebSocket, onStdin: (bytes: Buffer) => void = () => undefined): ExecPeer {
  const stdin: Buffer[] = [];
  const sizes: unknown[] = [];
  const kinds: number[] = [];
  let isClosed = false;
  socket.on('message', (data: Buffer, isBinary) => {
    const [kind = -1, payload] = [data[0], data.subarray(1)];
    kinds.push(kind);
    if (!isBinary || ![0x10, 0x11].includes(kind)) socket.close(1003, 'a frame of another kind');
    else if (kind === 0x11) sizes.push(JSON.parse(payload.toString()));
    else if (payload.length === 0) isClosed = true;
    else stdin.push(payload);
    if (kind === 0x10) onStdin(payload);
  });
  return { stdin: () => Buffer.concat(stdin), isStdinClosed: () => isClosed, sizes, kinds };
}
