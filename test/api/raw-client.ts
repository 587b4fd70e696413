import { once } from 'node:events';
import net from 'node:net';
import { eventually } from '../eventually.ts';

// A client that says exactly what a test wants said, and hears everything that comes.

export interface RawClient {
  readonly socket: net.Socket;
  readonly send: (text: string) => void;
  /** All of it so far. */
  readonly heard: () => string;
  /** Resolves once all that was heard matches. */
  readonly hears: (pattern: RegExp) => Promise<void>;
  /** Resolves with everything heard when the server has ended the connection. */
  readonly closed: () => Promise<string>;
}

/** Connected, to be closed by the server or with the test. */
export async function connect(origin: string): Promise<RawClient> {
  const { hostname, port } = new URL(origin);
  const socket = net.connect(Number(port), hostname);
  await once(socket, 'connect');
  return listen(socket);
}

export function listen(socket: net.Socket): RawClient {
  let text = '';
  let isClosed = false;
  socket.on('data', (bytes: Buffer) => void (text += bytes.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => void (isClosed = true));
  const when = (isSo: () => boolean, what: string) =>
    eventually(() => {
      if (!isSo()) throw new Error(`${what} did not come; heard: ${text.slice(0, 500)}`);
    });
  return {
    socket,
    send: (message) => void socket.write(message, 'latin1'),
    heard: () => text,
    hears: (pattern) => when(() => pattern.test(text), String(pattern)),
    closed: async () => {
      await when(() => isClosed, 'the end of the connection');
      return text;
    },
  };
}

/** Status and body of the one answer in the text. */
export function parseAnswer(text: string): { readonly status: number; readonly head: string; readonly body: unknown } {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]), head, body: JSON.parse(body) as unknown };
}
