import type { WebSocket } from 'ws';
import type { SocketEnds } from '../protocol/upgrade.ts';

// The client's side of a session: whether it is there, and the bytes to and from it.

/** How a session ended. */
export interface SessionEnd {
  readonly reason: string;
  readonly exitCode?: number;
}

export interface Client {
  /** Aborts, with the reason in words, when there is nobody any more to do it for. */
  readonly gone: AbortSignal;
  /** Ends the session from here for what the client did. */
  refuse(code: number, message: string): void;
}

export function watchClient(socket: WebSocket, { ending, revoked }: SocketEnds): Client {
  const controller = new AbortController();
  const leave = (reason: string) => controller.abort(reason);
  const end = () => {
    socket.close(1001, 'the daemon ends');
    leave('the daemon ended');
  };
  const revoke = () => {
    const reason = String(revoked.reason);
    socket.close(1008, shorten(reason));
    leave(reason);
  };
  ending.addEventListener('abort', end, { once: true });
  revoked.addEventListener('abort', revoke, { once: true });
  socket.once('close', (code) => {
    ending.removeEventListener('abort', end);
    revoked.removeEventListener('abort', revoke);
    leave(code === 1006 ? LOST : CLOSED);
  });
  if (ending.aborted) end();
  return {
    gone: controller.signal,
    refuse: (code, message) => {
      socket.close(code, message);
      leave(`the client sent what it may not: ${message}`);
    },
  };
}

/** In order, or because it was cut off. */
export const CLOSED = 'the client closed the session';
export const LOST = 'the connection to the client was lost';

/** Bytes that wait to be sent beyond which the source is not read, and those with which it is again. */
const MOST_UNSENT = 1024 * 1024;
const FEW_UNSENT = 256 * 1024;

/**
 * Sends what comes from the source at the pace of the client, a message for each chunk. Resolves when it has ended and all
 * of it is in the hands of the kernel; rejects when it broke off.
 */
export function sendAll(source: NodeJS.ReadableStream, socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    let unsent = 0;
    let hasEnded = false;
    const isDone = () => hasEnded && unsent === 0;
    source.on('data', (chunk: Buffer) => {
      // A datagram may be empty.
      const size = Math.max(chunk.length, 1);
      unsent += size;
      socket.send(chunk, { binary: true }, () => {
        unsent -= size;
        if (isDone()) resolve();
        else if (unsent <= FEW_UNSENT && source.isPaused()) source.resume();
      });
      if (unsent > MOST_UNSENT) source.pause();
    });
    source.once('end', () => {
      hasEnded = true;
      if (isDone()) resolve();
    });
    source.once('error', reject);
    source.once('close', () => {
      if (!hasEnded) reject(new Error('connection closed'));
    });
  });
}

/**
 * Bytes that wait to be taken beyond which the client is not listened to. While it is not, nobody hears either that it
 * goes, so there are many.
 */
const MOST_UNTAKEN = 4 * 1024 * 1024;
const FEW_UNTAKEN = 1024 * 1024;

/** What the client sends goes into the sink at the pace of the sink. */
export function createIntake(sink: NodeJS.WritableStream, socket: WebSocket): (bytes: Buffer) => void {
  let untaken = 0;
  return (bytes) => {
    if (!sink.writable) return;
    const size = Math.max(bytes.length, 1);
    untaken += size;
    sink.write(bytes, () => {
      untaken -= size;
      if (untaken <= FEW_UNTAKEN && socket.isPaused) socket.resume();
    });
    if (untaken > MOST_UNTAKEN) socket.pause();
  };
}

/** The most a close can say, in bytes. */
export function shorten(reason: string): string {
  return Buffer.from(reason).subarray(0, 120).toString('utf8').replace(/�+$/, '');
}
