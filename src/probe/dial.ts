import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { orAborted } from '../docker/deadline.ts';
import { DockerError, type DockerPort, type Lease, type Relay } from '../docker/port.ts';
import type { Clock } from './clock.ts';

/**
 * Opens a TCP connection to an IPv4 address, as seen from the engine's host. Rejects with the reason of `signal` when
 * that aborts, and with a DockerError when it is the way there that is broken: then nobody was asked.
 */
export type Dial = (address: string, port: number, signal: AbortSignal) => Promise<Duplex>;

/** A way to the containers of an engine. */
export interface Dialer {
  readonly dial: Dial;
  close(): Promise<void>;
}

export interface DialerOptions {
  readonly docker: Pick<DockerPort, 'openRelay'>;
  readonly owner: string;
  readonly lease: Pick<Lease, 'sharesNetwork'>;
  readonly clock: Clock;
}

/** Straight where this process lives on the engine's host, else by a relay. @throws DockerError */
export async function chooseDialer(options: DialerOptions, signal: AbortSignal): Promise<Dialer> {
  const isHere = await options.lease.sharesNetwork(signal);
  return isHere ? { dial: dialDirectly, close: () => Promise.resolve() } : createRelayDialer(options);
}

export const dialDirectly: Dial = (address, port, signal) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const giveUp = () => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    const stopListening = () => {
      signal.removeEventListener('abort', giveUp);
      socket.off('error', fail);
    };
    const fail = (error: Error) => {
      stopListening();
      reject(error);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      stopListening();
      resolve(socket);
    });
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });

/** So that an engine which cannot start a relay is not asked for one with every question. */
const REOPEN_AFTER_MS = 5_000;

/** By a relay that is opened with the first question, and again with one that finds it lost. */
export function createRelayDialer({ docker, owner, clock }: Omit<DialerOptions, 'lease'>): Dialer {
  const closing = new AbortController();
  let current: Promise<Relay> | undefined;
  let failure = { error: away('it was not opened yet'), until: -Infinity };

  async function open(): Promise<Relay> {
    try {
      const relay = await docker.openRelay(owner, closing.signal);
      void relay.lost.then(() => {
        current = undefined;
      });
      return relay;
    } catch (error) {
      current = undefined;
      const reason = error instanceof Error ? error.message : String(error);
      failure = { error: away(reason), until: clock.elapsed() + REOPEN_AFTER_MS };
      throw failure.error;
    }
  }

  async function openInTime(signal: AbortSignal): Promise<Relay> {
    if (closing.signal.aborted) throw away('it was closed');
    if (current === undefined && clock.elapsed() < failure.until) throw failure.error;
    current ??= open();
    // A relay that takes long to open is no answer of the container.
    return await orAborted(current, signal).catch((error: unknown) => {
      throw error instanceof DockerError ? error : away('it is not open yet');
    });
  }

  return {
    async dial(address, port, signal) {
      const relay = await openInTime(signal);
      return await relay.connect(address, port, signal);
    },
    async close() {
      const opened = current;
      closing.abort(away('it was closed'));
      await opened?.then((relay) => relay.close()).catch(() => undefined);
    },
  };
}

function away(reason: string): DockerError {
  return new DockerError('unreachable', `no relay to the containers: ${reason}`);
}
