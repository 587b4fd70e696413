import type { Socket } from 'node:net';

/**
 * The connections that wait for a next request. (What Node takes for idle includes those whose answer is complete but not
 * sent yet: to close them would tear every large one.)
 */
export interface IdleConnections {
  /** A request has come on it. */
  begin(socket: Socket): void;
  /** Its answer is sent. */
  end(socket: Socket): void;
  /** Closes those on which nothing came since their last answer. */
  close(): void;
}

export function createIdleConnections(): IdleConnections {
  /** How many are open on it: several, where a client does not wait for answers. */
  const open = new WeakMap<Socket, number>();
  /** With what had been read of it when its last answer was sent. */
  const answered = new Map<Socket, number>();
  const isOpen = (socket: Socket) => (open.get(socket) ?? 0) > 0;
  const count = (socket: Socket, change: 1 | -1) => void open.set(socket, (open.get(socket) ?? 0) + change);
  return {
    begin: (socket) => count(socket, 1),
    end(socket) {
      count(socket, -1);
      if (socket.destroyed || isOpen(socket)) return;
      if (!answered.has(socket)) socket.once('close', () => answered.delete(socket));
      answered.set(socket, socket.bytesRead);
    },
    close() {
      for (const [socket, bytes] of answered) if (!isOpen(socket) && socket.bytesRead === bytes) socket.destroy();
    },
  };
}
