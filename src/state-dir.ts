import { chmod, mkdir, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { relative } from 'node:path';
import { fileReason } from './file-reason.ts';

/** The folder is somebody else's now. */
export class StateDirInUse extends Error {
  constructor(directory: string) {
    super(`another daemon uses the state folder ${directory}; give this one another with --state-dir`);
    this.name = 'StateDirInUse';
  }
}

/** Longer paths of a socket are cut off by the kernel. */
const LONGEST_SOCKET_PATH = 100;

/**
 * Makes the folder and takes it for this process. The lock is a listening socket: it ends with the process, however
 * that ends, so there is nothing stale to break.
 * @throws StateDirInUse, or an Error that says why the folder cannot be used
 */
export async function claimStateDir(directory: string): Promise<{ release(): Promise<void> }> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
  } catch (error) {
    throw new Error(`cannot use the state folder ${directory}: ${fileReason(error)}; name another with --state-dir`);
  }
  const path = shortest(`${directory}/daemon.sock`);
  const server = (await listen(path)) ?? (await replaceStale(path, directory));
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function replaceStale(path: string, directory: string): Promise<Server> {
  if (await answers(path)) throw new StateDirInUse(directory);
  await unlink(path);
  const server = await listen(path);
  if (server === undefined) throw new StateDirInUse(directory);
  return server;
}

/** undefined when the path is taken. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });
}

function shortest(path: string): string {
  const near = relative(process.cwd(), path);
  const short = path.length <= LONGEST_SOCKET_PATH || near.length >= path.length ? path : near;
  if (short.length > LONGEST_SOCKET_PATH) throw new Error(`the path of the state folder is too long: ${path}`);
  return short;
}
