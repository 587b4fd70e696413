import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import { toAddressBytes } from './address-bytes.ts';
import { armDeadline, orAborted } from './deadline.ts';
import type { AttachedConnection } from './attached-connection.ts';
import { openPlaces, type Places } from './places.ts';
import { DockerError, type DialTarget, type Relay } from './port.ts';
import {
  openFrameReader,
  toFrameBytes,
  type IncomingFrame,
  type RelayLimits,
  type RelayTarget,
} from './relay-frames.ts';
import { RECEIVE_WINDOW, RelayedConnection } from './relayed-connection.ts';

/** A kernel gives up after two minutes, which nobody waits for. */
const CONNECT_TIMEOUT_MS = 30_000;

export interface HeldRelay extends Relay {
  /** Resolves when the helper has spoken; rejects when it is lost before. */
  readonly ready: Promise<unknown>;
  /** As `connect`, of either protocol. */
  dial(dialing: Dialing, signal: AbortSignal): Promise<Duplex>;
}

export interface Dialing extends Omit<DialTarget, 'owner'> {
  /** The relay has nothing to do for it any more. Not called where none was opened. */
  readonly onGone: () => void;
}

/** Connections over the stdin and stdout of one relay helper; `toLoss` says what they break with when it is gone. */
export function holdRelay(helper: AttachedConnection, toLoss = toRelayLoss): HeldRelay {
  const mux = openMultiplexer(helper, toLoss);
  const dial = async ({ protocol, address, port, onGone }: Dialing, signal: AbortSignal) => {
    const bytes = toAddressBytes(address);
    if (bytes === undefined) throw new Error(`${address} is no IP address`);
    const deadline = armDeadline(signal, CONNECT_TIMEOUT_MS);
    try {
      return await connect(mux, { target: { protocol, address: bytes, port }, onGone }, deadline.signal);
    } finally {
      deadline.disarm();
    }
  };
  return {
    ready: mux.ready,
    lost: mux.lost,
    dial,
    connect: (address, port, signal) => dial({ protocol: 'tcp', address, port, onGone: () => undefined }, signal),
    close: async () => {
      await helper.close();
      await mux.lost;
    },
  };
}

function toRelayLoss(reason: string): DockerError {
  return new DockerError('unreachable', `the relay is gone: ${reason}`);
}

interface Multiplexer {
  readonly ready: Promise<Ready>;
  readonly lost: Promise<string>;
  /** Aborts with the reason when the relay is lost. */
  readonly gone: AbortSignal;
  /** On a place the caller has taken. */
  readonly open: (ready: Ready, opening: Opening) => RelayedConnection;
}

interface Opening {
  readonly target: RelayTarget;
  readonly onGone: () => void;
}

interface Ready {
  readonly limits: RelayLimits;
  readonly places: Places;
}

function openMultiplexer(helper: AttachedConnection, toLoss: (reason: string) => DockerError): Multiplexer {
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
  const open = ({ limits, places }: Ready, { target, onGone }: Opening): RelayedConnection => {
    const id = (lastId += 1);
    const connection = new RelayedConnection({
      protocol: target.protocol,
      window: limits.window,
      send: (frame) => helper.send(toFrameBytes(id, frame)),
      onGone: () => {
        connections.delete(id);
        places.give();
        onGone();
      },
    });
    connections.set(id, connection);
    helper.send(toFrameBytes(id, { kind: 'open', target, credit: RECEIVE_WINDOW }));
    return connection;
  };
  const lost = helper.follow(openFrameReader(take)).then((reason) => {
    const error = toLoss(reason);
    gone.abort(error);
    for (const connection of [...connections.values()]) connection.destroy(error);
    return reason;
  });

  return { ready, lost, gone: gone.signal, open };
}

async function connect(
  { ready, gone, open }: Multiplexer,
  opening: Opening,
  signal: AbortSignal,
): Promise<RelayedConnection> {
  const known = await orAborted(ready, signal);
  await orAborted(known.places.take(signal), gone);
  gone.throwIfAborted();
  const connection = open(known, opening);
  try {
    await orAborted(connection.opened, signal);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
