import { Duplex, PassThrough } from 'node:stream';
import type { FakeContainer } from './fake-container.ts';
import { DockerError, type DialTarget, type Relay } from '../../src/docker/port.ts';

/** What a program in the network of a fake engine does with a connection; undefined: nobody listens there. */
export type FakeListener = (address: string, port: number) => ((connection: Duplex) => void) | undefined;

/** What a program that is reached from an instance does with a connection; of `udp` a chunk is a datagram. */
export type FakeDialListener = (
  target: DialTarget,
  sandbox: FakeContainer,
) => ((connection: Duplex) => void) | undefined;

export interface FakeRelayOptions {
  /** Default: tcp. */
  readonly protocol?: DialTarget['protocol'];
  readonly listenerAt: FakeListener;
  /** Its helper container ends with it. */
  readonly onClose: () => void;
}

/** A relay that connects to what `listenerAt` tells. */
export class FakeRelay implements Relay {
  readonly lost: Promise<string>;
  readonly #options: FakeRelayOptions;
  readonly #open = new Set<Duplex>();
  #settle: (reason: string) => void = () => undefined;
  #loss: DockerError | undefined;

  constructor(options: FakeRelayOptions) {
    this.#options = options;
    this.lost = new Promise((resolve) => (this.#settle = resolve));
  }

  async connect(address: string, port: number, signal: AbortSignal): Promise<Duplex> {
    await Promise.resolve();
    signal.throwIfAborted();
    if (this.#loss !== undefined) throw this.#loss;
    const listener = this.#options.listenerAt(address, port);
    if (listener === undefined) throw new Error('connection refused');
    const [near, far] = openPair(this.#options.protocol === 'udp');
    this.#open.add(near);
    near.once('close', () => this.#open.delete(near));
    listener(far);
    return near;
  }

  lose(reason: string): void {
    this.#loss ??= new DockerError('unreachable', `the relay is gone: ${reason}`);
    for (const connection of this.#open) connection.destroy(this.#loss);
    this.#settle(reason);
  }

  async close(): Promise<void> {
    this.#options.onClose();
  }
}

/** The two ends of a connection. */
function openPair(objectMode: boolean): readonly [Duplex, Duplex] {
  const there = new PassThrough({ objectMode });
  const back = new PassThrough({ objectMode });
  const near = Duplex.from({ readable: back, writable: there });
  const far = Duplex.from({ readable: there, writable: back });
  for (const end of [near, far]) end.on('error', () => undefined);
  return [near, far];
}
