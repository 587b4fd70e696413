import type { WebSocket } from 'ws';

/** A connection that becomes a WebSocket. */
export interface Upgrade {
  /** The sub-protocol that was chosen. */
  readonly protocol: string;
  /** Told of it, before anything has come. */
  readonly begin: (socket: WebSocket, ends: SocketEnds) => void;
  /** Told instead when the client has gone meanwhile. */
  readonly abandon: () => void;
}

/** When whoever has a socket is to close it. */
export interface SocketEnds {
  /** Aborts when the server ends. */
  readonly ending: AbortSignal;
  /** Aborts when whoever asked for it may not any more, with the reason in words. */
  readonly revoked: AbortSignal;
}
