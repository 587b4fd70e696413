import { setMaxListeners } from 'node:events';
import { isIPv4 } from 'node:net';
import { armDeadline, orAborted } from './deadline.ts';
import type { AttachedConnection } from './attached-connection.ts';
import { openPlaces, type Places } from './places.ts';
import { DockerError, type Relay } from './port.ts';
import { openFrameReader, toFrameBytes, type IncomingFrame, type RelayLimits } from './relay-frames.ts';
import { RECEIVE_WINDOW, RelayedConnection } from './relayed-connection.ts';

/** A kernel gives up after two minutes, which nobody waits for. */
const CONNECT_TIMEOUT_MS = 30_000;

export interface HeldRelay extends Relay {
  /** Resolves when the helper has spoken; rejects when it is lost before. */
  readonly ready: Promise<unknown>;
}

/** Connections over the stdin and stdout of one relay helper. */
export function holdRelay(helper: AttachedConnection): HeldRelay {
  const mux = openMultiplexer(helper);
  return {
    ready: mux.ready,
    lost: mux.lost,
    connect: async (address, port, signal) => {
      if (!isIPv4(address)) throw new Error(`${address} is no IPv4 address`);
      const deadline = armDeadline(signal, CONNECT_TIMEOUT_MS);
      try {
        return await connect(mux, address, port, deadline.signal);
      } finally {
        deadline.disarm();
      }
    },
    close: async () => {
      await helper.close();
      await mux.lost;
    },
  };
}

interface Multiplexer {
  readonly ready: Promise<Ready>;
  readonly lost: Promise<string>;
  /** Aborts with the reason when the relay is lost. */
  readonly gone: AbortSignal;
  /** On a place the caller has taken. */
  readonly open: (ready: Ready, address: string, port: number) => RelayedConnection;
}

interface Ready {
  readonly limits: RelayLimits;
  readonly places: Places;
}

function openMultiplexer(helper: AttachedConnection): Multiplexer {
  const connections = new Map<number, RelayedConnection>();
  const gone = new AbortController();
  setMaxListeners(0, gone.signal); // one for each who waits for a place
  let lastId = 0;
  let setReady: (limits: RelayLimits) => void = () => undefined;
  const spoken = new Promise<Ready>((resolve) => {
    setReady = (limits) => resolve({ limits, places: openPlaces(limits.connections) });
  });
  const ready = orAborted(spoken, gone.signal);
  ready.catch(() => undefined); // whoever connects hears of it

  const take = (incoming: IncomingFrame): void => {
    if (incoming.kind === 'ready') setReady(incoming.limits);
    // Unknown: it was closed from here while the frame was under way.
    else connections.get(incoming.id)?.receive(incoming.frame);
  };
  const open = ({ limits, places }: Ready, address: string, port: number): RelayedConnection => {
    const id = (lastId += 1);
    const connection = new RelayedConnection({
      window: limits.window,
      send: (frame) => helper.send(toFrameBytes(id, frame)),
      onGone: () => {
        connections.delete(id);
        places.give();
      },
    });
    connections.set(id, connection);
    helper.send(toFrameBytes(id, { kind: 'open', address, port, credit: RECEIVE_WINDOW }));
    return connection;
  };
  const lost = helper.follow(openFrameReader(take)).then((reason) => {
    const error = new DockerError('unreachable', `the relay is gone: ${reason}`);
    gone.abort(error);
    for (const connection of [...connections.values()]) connection.destroy(error);
    return reason;
  });

  return { ready, lost, gone: gone.signal, open };
}

async function connect(
  { ready, gone, open }: Multiplexer,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<RelayedConnection> {
  const known = await orAborted(ready, signal);
  await orAborted(known.places.take(signal), gone);
  gone.throwIfAborted();
  const connection = open(known, address, port);
  try {
    await orAborted(connection.opened, signal);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
