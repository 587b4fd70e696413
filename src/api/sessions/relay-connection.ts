import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { DialTarget } from '../../docker/port.ts';
import type { SocketEnds } from '../protocol/upgrade.ts';
import { CLOSED, createIntake, sendAll, shorten, watchClient, type SessionEnd } from './client.ts';

export interface ConnectionRelayOptions {
  readonly protocol: DialTarget['protocol'];
  readonly ends: SocketEnds;
}

/** The most a datagram of IPv4 holds. */
const LARGEST_DATAGRAM = 65_507;
const FLUSH_MS = 1_000;

/**
 * Joins a client with a connection until one of the two has ended. An empty message says that the client sends nothing
 * more (TCP; of UDP it is an empty datagram). When the other side sends nothing more, all it has sent goes to the client
 * and then the close; what the client sends until it has seen that still goes there. Never rejects.
 */
export async function relayConnection(
  socket: WebSocket,
  connection: Duplex,
  { protocol, ends }: ConnectionRelayOptions,
): Promise<SessionEnd> {
  const client = watchClient(socket, ends);
  const take = createIntake(connection, socket);
  socket.on('message', (data, isBinary) => {
    if (!isBinary || !Buffer.isBuffer(data)) client.refuse(1003, 'expected a binary message');
    else if (protocol === 'udp' && data.length > LARGEST_DATAGRAM)
      client.refuse(1009, `a datagram holds at most ${LARGEST_DATAGRAM} bytes`);
    else if (protocol === 'tcp' && data.length === 0) connection.end();
    else take(data);
  });
  client.gone.addEventListener('abort', () => letGo(connection, client.gone.reason));
  try {
    await sendAll(connection, socket);
    if (client.gone.aborted) return { reason: String(client.gone.reason) };
    socket.resume();
    socket.close(1000, 'the other side has ended');
    return { reason: 'the other side has ended' };
  } catch (error) {
    if (client.gone.aborted) return { reason: String(client.gone.reason) };
    const reason = error instanceof Error ? error.message : String(error);
    socket.resume();
    socket.close(1011, shorten(reason));
    return { reason };
  }
}

/** As a socket does: what was sent before it was closed still goes to the other side. One that broke off is cut. */
function letGo(connection: Duplex, reason: unknown): void {
  connection.on('error', () => undefined);
  if (reason !== CLOSED) {
    connection.destroy();
    return;
  }
  const timer = setTimeout(() => connection.destroy(), FLUSH_MS);
  connection.once('close', () => clearTimeout(timer));
  connection.once('end', () => connection.destroy());
  connection.resume();
  connection.end();
}
