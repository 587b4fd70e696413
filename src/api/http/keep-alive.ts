import type { WebSocket } from 'ws';

export interface KeepAliveOptions {
  readonly pingMs?: number;
  readonly silenceMs?: number;
}

/** Proxies close what is silent for a minute, and to a client that has gone only a write tells. */
const PING_MS = 5_000;

/**
 * A client that answers no ping for so long is gone. It is generous, for one that does not read answers none either: its
 * person may have stopped the output to look at it.
 */
const SILENCE_MS = 300_000;

/** Pings the client, and lets go of one that is gone without a word. */
export function keepAlive(
  socket: WebSocket,
  { pingMs = PING_MS, silenceMs = SILENCE_MS }: KeepAliveOptions = {},
): void {
  let silentSince = performance.now();
  const hear = () => void (silentSince = performance.now());
  socket.on('pong', hear);
  socket.on('message', hear);
  const timer = setInterval(() => {
    // It is we who do not listen.
    if (socket.isPaused) hear();
    if (performance.now() - silentSince > silenceMs) socket.terminate();
    else socket.ping();
  }, pingMs);
  socket.once('close', () => clearInterval(timer));
}
