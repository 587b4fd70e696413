import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AttachedConnection } from './attached-connection.ts';

/** Of the folder and the socket, inside the helper. */
const MOUNT = '/way';
const SOCKET = 'socket';

/**
 * A socket of this process that a helper on the same host connects to, so that bytes need not go through the engine,
 * which takes four times as long over them. Nobody but the helper gets there, and only once: the folder above it is
 * closed to others, and is gone once the helper is connected.
 */
export interface ShortWay {
  /** On this host, to be laid into the helper at `mount`. */
  readonly folder: string;
  readonly mount: string;
  /** Inside the helper. */
  readonly socket: string;
  /** The connection of the attach goes on to say how long the helper lives. */
  over(attached: AttachedConnection): AttachedConnection;
  /** Nobody will come any more. */
  close(): Promise<void>;
}

export async function openShortWay(): Promise<ShortWay> {
  const closed = await mkdtemp(path.join(tmpdir(), 'fairlead-way-'));
  const folder = path.join(closed, 'way');
  await mkdir(folder);
  let arrive: (socket: Socket) => void = () => undefined;
  const arrival = new Promise<Socket>((resolve) => (arrive = resolve));
  const close = async () => {
    server.close();
    await rm(closed, { recursive: true, force: true });
  };
  const server = createServer((socket) => {
    arrive(socket);
    close().catch(() => undefined);
  });
  server.maxConnections = 1;
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path.join(folder, SOCKET), resolve);
  });
  // Root in a container may be somebody else here, and has no rights beyond his own.
  await chmod(folder, 0o755);
  await chmod(path.join(folder, SOCKET), 0o777);
  const over = (attached: AttachedConnection) => connectOver(attached, arrival);
  return { folder, mount: MOUNT, socket: `${MOUNT}/${SOCKET}`, over, close };
}

function connectOver(attached: AttachedConnection, arrival: Promise<Socket>): AttachedConnection {
  let socket: Socket | undefined;
  return {
    send: (bytes) => {
      if (socket?.writable === true) socket.write(bytes);
    },
    follow: async (onOutput) => {
      const broken = arrival.then((arrived) => {
        socket = arrived;
        return followSocket(arrived, onOutput);
      });
      const reason = await Promise.race([attached.follow(() => undefined), broken]);
      socket?.destroy();
      return reason;
    },
    close: async () => {
      await attached.close();
      socket?.destroy();
    },
  };
}

/** Resolves with the reason when no more comes. */
function followSocket(socket: Socket, onOutput: (bytes: Buffer) => void): Promise<string> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => resolve('the helper container ended'));
    socket.on('data', (bytes: Buffer) => {
      try {
        onOutput(bytes);
      } catch (error) {
        resolve(error instanceof Error ? error.message : String(error));
      }
    });
  });
}
