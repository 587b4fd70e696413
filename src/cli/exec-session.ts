import type { WebSocket } from 'ws';
import { ClientError, reasonOf } from './client-error.ts';
import type { CliIo, CliTerminal, TerminalSize } from './io.ts';
import { ended, receive, send, type SocketEnd } from './socket-flow.ts';

/** First byte of a frame with bytes of stdin; without any it closes stdin (contract 5.4). */
const DATA = 0x10;

/** First byte of a frame with the size of the terminal. */
const SIZE = 0x11;

/** The server has so long to say goodbye when the user leaves. */
const GOODBYE_MS = 1000;

/**
 * A person or a pipe connected with a command, until the command ends, the connection does, or `signal` aborts. The
 * terminal is what it was before, HOWEVER IT ENDS.
 * @param socket open and paused
 */
export async function execSession(socket: WebSocket, io: CliIo, signal: AbortSignal): Promise<SocketEnd> {
  const end = ended(socket);
  const leave = () => goAway(socket);
  const input = pipeInput(socket, io);
  let restore: () => void = () => undefined;
  try {
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    if (io.terminal !== undefined) restore = takeTerminal(io.terminal, socket);
    receive(socket, io.stdout);
    socket.resume();
    return await Promise.race([end, input.failed]);
  } finally {
    restore();
    input.stop();
    signal.removeEventListener('abort', leave);
    socket.terminate();
  }
}

function goAway(socket: WebSocket): void {
  // A paused socket does not hear the answer.
  socket.resume();
  socket.close(1000);
  setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
}

/** @returns what gives it back */
function takeTerminal(terminal: CliTerminal, socket: WebSocket): () => void {
  const tellSize = () => {
    const size = terminal.size();
    // One that nobody gave a size says 0: the command keeps what it has.
    const isKnown = size.rows > 0 && size.columns > 0;
    if (isKnown && socket.readyState === socket.OPEN) socket.send(sizeFrame(size));
  };
  tellSize();
  const unsubscribe = terminal.onResize(tellSize);
  terminal.setRaw(true);
  return () => {
    unsubscribe();
    terminal.setRaw(false);
  };
}

function sizeFrame({ rows, columns }: TerminalSize): Buffer {
  return Buffer.concat([Buffer.of(SIZE), Buffer.from(JSON.stringify({ h: rows, w: columns }))]);
}

/** `failed` rejects when stdin cannot be read: a folder, for example. */
function pipeInput(socket: WebSocket, { stdin, terminal }: CliIo) {
  const failed = new Promise<never>((_resolve, reject) => {
    // The listener stays: giving back a terminal that has hung up is an error, too, and says nothing new.
    stdin.on('error', (error) => {
      reject(
        new ClientError(terminal === undefined ? `cannot read stdin (${reasonOf(error)})` : 'the terminal is gone'),
      );
    });
  });
  failed.catch(() => undefined);
  const stop = send(socket, stdin, (chunk) => Buffer.concat([Buffer.of(DATA), chunk]));
  return { failed, stop };
}
