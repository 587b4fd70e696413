import { onTestFinished } from 'vitest';
import { WebSocket } from 'undici';

// A client of WebSockets that is not the server's library.

export interface OpenInit {
  readonly token: string;
  readonly protocols?: readonly string[];
}

export interface Socket {
  readonly socket: WebSocket;
  readonly protocol: string;
  /** What has come so far. */
  readonly heard: () => Buffer;
  readonly messages: readonly Buffer[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly send: (...bytes: readonly (number | string | Uint8Array)[]) => void;
}

const PROTOCOLS: readonly (readonly [RegExp, string])[] = [
  [/exec-interactive/, 'v1.exec-interactive.supd'],
  [/tcp-connect/, 'v1.tcp-connect.supd'],
  [/connect/, 'v1.connect.supd'],
];

export function protocolOf(path: string): string {
  return PROTOCOLS.find(([pattern]) => pattern.test(path))?.[1] ?? '';
}

/** Connected, until the test is over at the latest. */
export async function openSocket(origin: string, path: string, { token, protocols }: OpenInit): Promise<Socket> {
  const socket = new WebSocket(origin.replace('http', 'ws') + path, {
    protocols: [...(protocols ?? [protocolOf(path)])],
    headers: { authorization: `Bearer ${token}` },
  });
  socket.binaryType = 'arraybuffer';
  onTestFinished(() => socket.close());
  const messages: Buffer[] = [];
  socket.addEventListener('message', ({ data }) => void messages.push(Buffer.from(data as ArrayBuffer)));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason })),
  );
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`cannot open ${path}`)));
  });
  return {
    ...{ socket, protocol: socket.protocol, messages, closed },
    heard: () => Buffer.concat(messages),
    send: (...bytes) => socket.send(new Uint8Array(Buffer.concat(bytes.map(toBytes)))),
  };
}

function toBytes(part: number | string | Uint8Array): Uint8Array {
  if (typeof part === 'number') return Buffer.from([part]);
  return typeof part === 'string' ? Buffer.from(part) : part;
}
