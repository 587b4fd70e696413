import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorBody } from '../protocol/errors.ts';
import type { Limits } from './limits.ts';
import type { RefusalReason, RequestWatch } from './request-watch.ts';

/** What a client is told whose request did not even become one. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** undefined: nothing, there is nobody to tell, or no way. */
  readonly answer: { readonly status: number; readonly message: string } | undefined;
}

/** What the errors of the HTTP server about a connection come to. */
export function toRefusal(error: Error, { headBytes, headMs, requestMs }: Limits): Refusal {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = `the head of the request is larger than ${headBytes / 1024} KiB`;
    return { reason: 'too-large', answer: { status: 431, message } };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const [head, all] = [headMs / 1000, requestMs / 1000];
    const message = `the head of the request did not come within ${head} s, or the whole of it within ${all} s`;
    return { reason: 'too-slow', answer: { status: 408, message } };
  }
  if (code.startsWith('HPE_'))
    return { reason: 'malformed', answer: { status: 400, message: 'the request is not valid HTTP' } };
  const isTls = /^ERR_(SSL|TLS)_|^EPROTO$/.test(code);
  return { reason: isTls ? 'tls' : 'broken', answer: undefined };
}

/** So long a refused client may go on sending what nobody reads, before the connection breaks under its answer. */
const LINGER_MS = 1_000;

/** Answers and ends connections; each once, however much more arrives on it. */
export function createRefusals(watch: RequestWatch): (socket: Socket, refusal: Refusal) => void {
  const leaving = new WeakSet<Socket>();
  return (socket, { reason, answer }) => {
    if (leaving.has(socket)) return;
    watch.refused(reason);
    // Nothing came: a connection opened ahead of need, which expects no answer.
    if (answer === undefined || !socket.writable || socket.bytesRead === 0) return void socket.destroy();
    leaving.add(socket);
    socket.end(toHttp(answer.status, answer.message));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}

/** There is no request to answer, only a connection. */
function toHttp(status: number, message: string): string {
  const body = JSON.stringify(errorBody(message));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
