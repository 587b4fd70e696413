import type { Readable, Writable } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

// Bytes between a WebSocket and streams. Whoever is slow is waited for: what a side has not taken yet is not read.

/** So much may wait to be sent. */
const MOST_WAITING = 1024 * 1024;

/** How a WebSocket ended. */
export interface SocketEnd {
  /** RFC 6455, section 7.4: 1006 when the connection broke off. */
  readonly code: number;
  readonly reason: string;
}

/** Resolves when the socket has ended, and all that came before it was given away. */
export function ended(socket: WebSocket): Promise<SocketEnd> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

/** What is received goes to `output` until the socket ends. @param onEmpty is told of an empty message */
export function receive(socket: WebSocket, output: Writable, onEmpty: () => void = () => undefined): void {
  const onDrain = () => socket.resume();
  socket.on('message', (data) => {
    const bytes = toBytes(data);
    if (bytes.length === 0) {
      onEmpty();
      return;
    }
    if (!output.writable || output.write(bytes)) return;
    socket.pause();
    output.once('drain', onDrain);
  });
  // Whoever takes nothing any more is not waited for.
  output.once('close', onDrain);
  socket.once('close', () => {
    output.off('drain', onDrain);
    output.off('close', onDrain);
  });
}

/** `binaryType` is that of Node, so it is one buffer. */
export function toBytes(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

const EMPTY = Buffer.alloc(0);

/**
 * What `input` gives is sent until the function returned is called; its end is sent as the frame of an empty chunk.
 * @param frame what is sent for a chunk
 */
export function send(socket: WebSocket, input: Readable, frame: (chunk: Buffer) => Buffer): () => void {
  let isWaiting = false;
  const sent = () => {
    if (!isWaiting || socket.bufferedAmount > MOST_WAITING / 2) return;
    isWaiting = false;
    input.resume();
  };
  const onData = (chunk: Buffer) => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(frame(chunk), sent);
    if (socket.bufferedAmount <= MOST_WAITING) return;
    isWaiting = true;
    input.pause();
  };
  const onEnd = () => {
    if (socket.readyState === socket.OPEN) socket.send(frame(EMPTY));
  };
  input.on('data', onData);
  input.once('end', onEnd);
  return () => {
    isWaiting = false;
    input.off('data', onData);
    input.off('end', onEnd);
    input.pause();
  };
}
