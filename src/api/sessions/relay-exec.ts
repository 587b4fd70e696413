import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { ExecSession } from '../../docker/port.ts';
import { CLOSED, createIntake, sendAll, watchClient, type Client, type SessionEnd } from './client.ts';
import type { SocketEnds } from '../protocol/upgrade.ts';
import { parseExecFrame } from './exec-frames.ts';

export interface ExecRelayOptions {
  readonly tty: boolean;
  readonly ends: SocketEnds;
}

/**
 * Joins a client with a command until one of the two has ended. Then the engine is let go of at once; a command whose
 * client has gone runs on. Never rejects.
 */
export async function relayExec(
  socket: WebSocket,
  session: ExecSession,
  { tty, ends }: ExecRelayOptions,
): Promise<SessionEnd> {
  const client = watchClient(socket, ends);
  takeFrames(socket, session, { client, tty });
  const left = client.gone.aborted ? Promise.resolve() : once(client.gone, 'abort');
  try {
    const sent = sendAll(session.output, socket);
    sent.catch(() => undefined);
    await Promise.race([sent, left]);
    if (client.gone.aborted) return leaveOf(client);
    const exitCode = await session.exitCode(client.gone);
    if (exitCode === undefined) return close(socket, 1011, 'the container is gone');
    return { ...close(socket, 1000, `exit ${exitCode}`), reason: 'the command ended', exitCode };
  } catch {
    if (client.gone.aborted) return leaveOf(client);
    return close(socket, 1011, 'the connection to the engine was lost');
  } finally {
    await flush(session, client);
    session.close();
  }
}

function leaveOf({ gone }: Client): SessionEnd {
  return { reason: String(gone.reason) };
}

function close(socket: WebSocket, code: number, reason: string): SessionEnd {
  // What it still says is read and dropped, or its own end would not be heard.
  socket.resume();
  socket.close(code, reason);
  return { reason };
}

interface Taking {
  readonly client: Client;
  readonly tty: boolean;
}

function takeFrames(socket: WebSocket, session: ExecSession, { client, tty }: Taking): void {
  const { input } = session;
  const take = createIntake(input, socket);
  const hold = createHold(socket);
  // That nothing is taken any more its output tells.
  input.on('error', () => undefined);
  socket.on('message', (data, isBinary) => {
    if (client.gone.aborted) return;
    const frame = parseExecFrame(data, isBinary);
    switch (frame.kind) {
      case 'input':
        hold.behind(() => take(frame.bytes));
        return;
      case 'input-end':
        hold.behind(() => void input.end());
        return;
      case 'resize':
        if (tty) hold.until(session.resize(frame.size));
        return;
      case 'wrong':
        client.refuse(frame.code, frame.message);
        return;
      default:
        frame satisfies never;
    }
  });
}

/** Longer nothing waits for a terminal to have another size. */
const HOLD_MS = 500;

/** Puts off what follows something, in order, so that what is typed behind a new size finds it. */
interface Hold {
  readonly until: (work: Promise<void>) => void;
  /** At once where nothing is waited for. */
  readonly behind: (act: () => void) => void;
}

/** What is put off is little: the client is not listened to meanwhile. */
function createHold(socket: WebSocket): Hold {
  const waiting: (() => void)[] = [];
  let holding = 0;
  const release = () => {
    holding -= 1;
    if (holding > 0) return;
    for (const act of waiting.splice(0)) act();
    socket.resume();
  };
  return {
    until(work) {
      holding += 1;
      socket.pause();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, HOLD_MS)));
      void Promise.race([work.catch(() => undefined), late]).then(() => {
        clearTimeout(timer);
        release();
      });
    },
    behind(act) {
      if (holding > 0) waiting.push(act);
      else act();
    },
  };
}

const FLUSH_MS = 1_000;

/** What the client had typed before it left still goes to the command, as far as that takes it. */
async function flush({ input }: ExecSession, { gone }: Client): Promise<void> {
  if (gone.reason !== CLOSED || input.writableLength === 0 || !input.writable) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, FLUSH_MS);
    input.once('close', resolve);
    input.write('', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
