import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { WebSocket } from 'ws';
import { reasonOf } from './client-error.ts';
import type { Forwarding, Listening } from './forward-tcp.ts';
import { formatAddress } from './parse-forward.ts';
import { ended, toBytes } from './socket-flow.ts';

/** A client that neither sends nor gets anything for so long has gone: UDP does not say so. */
export const SILENCE_MS = 60_000;

/** So many datagrams wait for a session that is being opened; the others are lost, as datagrams may be. */
const MOST_EARLY = 64;

/** So many bytes wait to be sent; the others are lost. */
const MOST_WAITING = 1024 * 1024;

/**
 * Listens until `signal` aborts; a session for each address that sends something, one message a datagram.
 * @throws an error of the system when it cannot listen
 */
export async function forwardUdp(forwarding: Forwarding, silenceMs = SILENCE_MS): Promise<Listening> {
  const { forward, signal, onProblem } = forwarding;
  const server = createSocket(isIP(forward.local.address) === 6 ? 'udp6' : 'udp4');
  const sessions = new Map<string, UdpSession>();
  server.on('message', (datagram, { address, port }) => {
    const key = formatAddress({ address, port });
    const reply = (answer: Buffer) => signal.aborted || server.send(answer, port, address, () => undefined);
    const session =
      sessions.get(key) ?? beginSession(forwarding, { reply, silenceMs, onEnd: () => sessions.delete(key) });
    sessions.set(key, session);
    session.send(datagram);
  });
  server.bind(forward.local.port, forward.local.address);
  await once(server, 'listening');
  server.on('error', (error) => onProblem(`cannot receive (${reasonOf(error)})`));
  signal.addEventListener('abort', () => {
    server.close();
    for (const session of sessions.values()) session.end();
  });
  return server.address();
}

interface UdpSession {
  send(datagram: Buffer): void;
  end(): void;
}

interface UdpSessionOptions {
  readonly reply: (datagram: Buffer) => void;
  readonly silenceMs: number;
  /** Called once, and later than this. */
  readonly onEnd: () => void;
}

function beginSession({ open, onProblem, signal }: Forwarding, options: UdpSessionOptions): UdpSession {
  const { reply, silenceMs, onEnd } = options;
  let socket: WebSocket | undefined;
  let early: readonly Buffer[] = [];
  let isOver = false;
  const timer = setTimeout(end, silenceMs);

  function end(): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    onEnd();
    if (signal.aborted) socket?.terminate();
    else socket?.close(1000);
  }

  function fail(problem: string): void {
    if (problem !== '' && !isOver && !signal.aborted) onProblem(problem);
    end();
  }

  function join(opened: WebSocket): void {
    if (isOver) {
      opened.terminate();
      return;
    }
    opened.on('message', (data) => {
      timer.refresh();
      reply(toBytes(data));
    });
    void ended(opened).then(({ code, reason }) => {
      fail(code === 1000 ? '' : reason || 'the connection broke off');
    });
    socket = opened;
    socket.resume();
    for (const datagram of early) socket.send(datagram);
    early = [];
  }

  open().then(join, (error: unknown) => fail(error instanceof Error ? error.message : String(error)));
  return {
    end,
    send(datagram) {
      if (isOver) return;
      timer.refresh();
      if (socket === undefined) early = [...early, datagram].slice(0, MOST_EARLY);
      else if (socket.bufferedAmount <= MOST_WAITING) socket.send(datagram);
    },
  };
}
