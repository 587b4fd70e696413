import { throwNameTaken } from '../../src/docker/name-taken.ts';
import { DockerError, type Lease, type LeaseTaken, type Relay } from '../../src/docker/port.ts';
import { helperLabels, HOLDER_LABEL, leaseLabels, type Labels } from '../../src/model/labels.ts';
import { LABEL } from '../../src/model/names.ts';
import type { DiskSpace } from '../../src/model/observed.ts';
import { createSandbox } from '../contract/actions.ts';
import { isUp } from './fake-container.ts';
import type { FakeEngine } from './fake-engine.ts';
import { FakeRelay, type FakeListener } from './fake-relay.ts';

/** What the engine's host is like, as a lease and a relay see it. */
export interface FakeHost {
  /** Destinations it routes to. */
  readonly routes: () => readonly string[];
  /** undefined: its file system does not tell. */
  readonly space: () => DiskSpace | undefined;
  /** Whether the process that uses this lives in its network namespace. */
  readonly isShared: () => boolean;
  readonly listenerAt: FakeListener;
}

const ENDED = 'the helper container ended';

/** The containers of a fake engine that live as long as the connection to them: leases and relays. */
export class FakeAttachedContainers {
  readonly #engine: FakeEngine;
  readonly #host: FakeHost;
  /** What to tell when one ends: by container id. */
  readonly #losses = new Map<string, (reason: string) => void>();

  constructor(engine: FakeEngine, host: FakeHost) {
    this.#engine = engine;
    this.#host = host;
    engine.onEnd = (id) => {
      if (this.#losses.has(id)) this.#drop(id, ENDED);
    };
  }

  /** Every connection to one breaks, and with it the container ends. */
  cut(): void {
    for (const id of [...this.#losses.keys()]) this.#drop(id, 'the connection to the helper broke');
  }

  acquireLease(owner: string, holder: string): Lease | LeaseTaken {
    const name = `fairlead.${owner}.lease`;
    const present = this.#engine.find(name);
    if (present !== undefined && isUp(present)) {
      return { kind: 'taken', holder: present.labels[HOLDER_LABEL] ?? 'unknown' };
    }
    // Left behind by a crash. A real engine's is watched for 3 s first.
    if (present !== undefined) this.#engine.remove(present.id);
    this.#removeHelpers(owner);
    return this.#openLease(this.#start(name, leaseLabels(owner, holder)));
  }

  #removeHelpers(owner: string): void {
    const wanted = Object.entries(helperLabels(owner));
    for (const { id, labels } of this.#engine.containers()) {
      if (wanted.every(([name, value]) => labels[name] === value)) this.#engine.remove(id);
    }
  }

  openRelay(owner: string): Relay {
    const name = `fairlead.${owner}.relay`;
    const stale = this.#engine.find(name);
    if (stale !== undefined && stale.labels[LABEL.owner] !== owner) {
      throwNameTaken(name, 'container', stale.labels[LABEL.owner]);
    }
    if (stale !== undefined) this.#engine.remove(stale.id);
    const id = this.#start(name, helperLabels(owner));
    const relay = new FakeRelay({ listenerAt: this.#host.listenerAt, onClose: () => this.#drop(id, ENDED) });
    this.#losses.set(id, (reason) => relay.lose(reason));
    return relay;
  }

  #openLease(id: string): Lease {
    const lost = new Promise<string>((resolve) => this.#losses.set(id, resolve));
    const whileHeld = <T>(signal: AbortSignal, read: () => T): T => {
      signal.throwIfAborted();
      if (!this.#losses.has(id)) throw new DockerError('unreachable', 'the lease is gone');
      return read();
    };
    return {
      kind: 'lease',
      lost,
      routes: async (signal) => whileHeld(signal, this.#host.routes),
      space: async (signal) => {
        const space = whileHeld(signal, this.#host.space);
        if (space === undefined) throw new DockerError('refused', 'the lease cannot tell how much space there is');
        return space;
      },
      sharesNetwork: async (signal) => whileHeld(signal, this.#host.isShared),
      release: async () => this.#drop(id, ENDED),
    };
  }

  /** Its id. */
  #start(name: string, labels: Labels): string {
    const { container } = createSandbox('', name, 'host', { image: this.#sandboxImage() });
    this.#engine.create({ container, labels });
    this.#engine.start(name);
    return this.#engine.get(name, 'start a helper').id;
  }

  /** They run the sandbox image, whose reference the caller chose. */
  #sandboxImage(): string {
    const reference = [...this.#engine.images.keys()].find((tag) => tag.startsWith('fairlead/sandbox:'));
    if (reference === undefined) throw new DockerError('image-missing', 'the sandbox image is not on the host');
    return reference;
  }

  #drop(id: string, reason: string): void {
    const lose = this.#losses.get(id);
    this.#losses.delete(id);
    this.#engine.remove(id);
    lose?.(reason);
  }
}
