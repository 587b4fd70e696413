import { Duplex } from 'node:stream';
import { MOST_DATA, type ConnectionFrame, type OutgoingFrame } from './relay-frames.ts';

/** Bytes a connection may have received that nobody has read yet. */
export const RECEIVE_WINDOW = 128 * 1024;

/** Linux error numbers in words. */
const REASONS: Readonly<Record<number, string>> = {
  13: 'not permitted',
  24: 'too many connections at once',
  32: 'connection closed',
  101: 'no route to the host',
  104: 'connection reset',
  110: 'no answer',
  111: 'connection refused',
  113: 'no route to the host',
};

export interface ConnectionOptions {
  /** Bytes the relay takes before it gives credit for more. */
  readonly window: number;
  readonly send: (frame: OutgoingFrame) => void;
  /** The relay knows nothing of it any more. */
  readonly onGone: () => void;
}

/**
 * A TCP connection through the relay, as a socket with `allowHalfOpen` is one. An error nobody listens to harms nobody:
 * whoever reads, writes or pipes learns of it.
 */
export class RelayedConnection extends Duplex {
  /** Resolves when connected; rejects with the error it is destroyed with before. */
  readonly opened: Promise<void>;
  readonly #options: ConnectionOptions;
  #settleOpened: (error?: Error) => void = () => undefined;
  #credit: number;
  /** A write that waits for credit. */
  #waiting: { readonly bytes: Buffer; readonly done: (error?: Error) => void } | undefined;
  /** Bytes received since the relay was last given credit. */
  #received = 0;
  #hasPeerEnded = false;
  #hasEnded = false;
  #isGone = false;

  constructor(options: ConnectionOptions) {
    super({ allowHalfOpen: true });
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
        this.#received += frame.payload.length;
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
    const { bytes, done } = this.#waiting;
    let at = 0;
    while (at < bytes.length && this.#credit > 0) {
      const payload = bytes.subarray(at, at + Math.min(this.#credit, MOST_DATA));
      this.#options.send({ kind: 'data', payload });
      this.#credit -= payload.length;
      at += payload.length;
    }
    this.#waiting = at < bytes.length ? { bytes: bytes.subarray(at), done } : undefined;
    if (this.#waiting === undefined) done();
  }

  #giveCredit(): void {
    if (this.#received < RECEIVE_WINDOW / 2 || this.#isGone) return;
    this.#options.send({ kind: 'credit', bytes: this.#received });
    this.#received = 0;
  }
}
