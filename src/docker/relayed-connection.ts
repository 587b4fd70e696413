import { Duplex } from 'node:stream';
import { DATAGRAM_COST, MOST_DATA, MOST_DATAGRAM, type ConnectionFrame, type OutgoingFrame } from './relay-frames.ts';

/** Bytes a connection may have received that nobody has read yet. Half of it is more than a datagram. */
export const RECEIVE_WINDOW = 192 * 1024;

/** Linux error numbers in words. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'not permitted',
  13: 'not permitted',
  22: 'no route to the host',
  24: 'too many connections at once',
  32: 'connection closed',
  90: 'the datagram is too long',
  97: 'the instance has no such addresses',
  99: 'no route to the host',
  101: 'no route to the host',
  104: 'connection reset',
  110: 'no answer',
  111: 'connection refused',
  113: 'no route to the host',
};

export interface ConnectionOptions {
  readonly protocol: 'tcp' | 'udp';
  /** Bytes the relay takes before it gives credit for more. */
  readonly window: number;
  readonly send: (frame: OutgoingFrame) => void;
  /** The relay knows nothing of it any more, and its peer has what it could take. */
  readonly onGone: () => void;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly done: (error?: Error) => void;
}

/**
 * A connection through the relay. Of TCP as a socket with `allowHalfOpen` is one; of UDP each chunk is a datagram, and
 * only `destroy` ends it. An error nobody listens to harms nobody: whoever reads, writes or pipes learns of it.
 */
export class RelayedConnection extends Duplex {
  /** Resolves when connected; rejects with the error it is destroyed with before. */
  readonly opened: Promise<void>;
  readonly #options: ConnectionOptions;
  #settleOpened: (error?: Error) => void = () => undefined;
  #credit: number;
  /** A write that waits for credit. */
  #waiting: Waiting | undefined;
  /** Credit used up by what was received since the relay was last given some. */
  #received = 0;
  #hasPeerEnded = false;
  #hasEnded = false;
  #isGone = false;

  constructor(options: ConnectionOptions) {
    super({ allowHalfOpen: true, objectMode: options.protocol === 'udp' });
    this.#options = options;
    this.#credit = options.window;
    this.opened = new Promise((resolve, reject) => {
      this.#settleOpened = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.on('error', () => undefined);
  }

  /** What the relay says of this connection, in order. */
  receive(frame: ConnectionFrame): void {
    switch (frame.kind) {
      case 'opened':
        this.#settleOpened();
        return;
      case 'data':
        this.#received += this.#costOf(frame.payload);
        if (this.push(frame.payload)) this.#giveCredit();
        return;
      case 'credit':
        this.#credit += frame.bytes;
        this.#sendWaiting();
        return;
      case 'end':
        this.#hasPeerEnded = true;
        this.push(null);
        return;
      case 'close':
        this.#leave();
        if (frame.errno !== 0) this.destroy(new Error(REASONS[frame.errno] ?? `connection failed (${frame.errno})`));
        return;
      default:
        frame satisfies never;
    }
  }

  override _read(): void {
    this.#giveCredit();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    if (this.#options.protocol === 'udp' && bytes.length > MOST_DATAGRAM) {
      done(new Error(`a datagram has at most ${MOST_DATAGRAM} bytes`));
      return;
    }
    this.#waiting = { bytes, done };
    this.#sendWaiting();
  }

  override _final(done: () => void): void {
    this.#hasEnded = true;
    this.#options.send({ kind: 'end' });
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const reason = error ?? new Error('connection closed');
    this.#settleOpened(reason);
    this.#waiting?.done(reason);
    this.#waiting = undefined;
    // Ended both ways, the relay closes it by itself, once the peer has all that was sent.
    const closesByItself = error === null && this.#hasEnded && this.#hasPeerEnded;
    if (!closesByItself && !this.#isGone) {
      this.#options.send({ kind: 'close' });
      this.#leave();
    }
    done(error);
  }

  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#options.onGone();
  }

  #sendWaiting(): void {
    if (this.#waiting === undefined) return;
    const { done } = this.#waiting;
    this.#waiting =
      this.#options.protocol === 'udp' ? this.#sendDatagram(this.#waiting) : this.#sendBytes(this.#waiting);
    if (this.#waiting === undefined) done();
  }

  /** As much as there is credit for; undefined: all. */
  #sendBytes({ bytes, done }: Waiting): Waiting | undefined {
    let at = 0;
    while (at < bytes.length && this.#credit > 0) {
      const payload = bytes.subarray(at, at + Math.min(this.#credit, MOST_DATA));
      this.#options.send({ kind: 'data', payload });
      this.#credit -= payload.length;
      at += payload.length;
    }
    return at < bytes.length ? { bytes: bytes.subarray(at), done } : undefined;
  }

  /** All of it or nothing. */
  #sendDatagram(waiting: Waiting): Waiting | undefined {
    const { bytes } = waiting;
    const cost = this.#costOf(bytes);
    if (cost > this.#credit) return waiting;
    this.#credit -= cost;
    this.#options.send({ kind: 'data', payload: bytes });
    return undefined;
  }

  #costOf(bytes: Buffer): number {
    return this.#options.protocol === 'udp' ? bytes.length + DATAGRAM_COST : bytes.length;
  }

  #giveCredit(): void {
    if (this.#received < RECEIVE_WINDOW / 2 || this.#isGone) return;
    this.#options.send({ kind: 'credit', bytes: this.#received });
    this.#received = 0;
  }
}
