import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { throwNameTaken } from '../../src/docker/name-taken.ts';
import { DockerError, type DialTarget, type Lease, type LeaseTaken, type Relay } from '../../src/docker/port.ts';
import type { NetworkAttachment } from '../../src/model/desired.ts';
import { helperLabels, HOLDER_LABEL, leaseLabels, type Labels } from '../../src/model/labels.ts';
import { LABEL } from '../../src/model/names.ts';
import type { DiskSpace } from '../../src/model/observed.ts';
import { createSandbox } from '../contract/actions.ts';
import { isUp } from './fake-container.ts';
import type { FakeEngine } from './fake-engine.ts';
import { FakeRelay, type FakeDialListener, type FakeListener } from './fake-relay.ts';

/** What the engine's host is like, as a lease and a relay see it. */
export interface FakeHost {
  /** Destinations it routes to. */
  readonly routes: () => readonly string[];
  /** undefined: its file system does not tell. */
  readonly space: () => DiskSpace | undefined;
  /** Whether the process that uses this lives in its network namespace. */
  readonly isShared: () => boolean;
  readonly listenerAt: FakeListener;
  readonly listenerFrom: FakeDialListener;
}

const HOST: NetworkAttachment = { kind: 'network', network: 'host', aliases: [] };
const ENDED = 'the helper container ended';

/** The containers of a fake engine that live as long as the connection to them: leases and relays. */
export class FakeAttachedContainers {
  readonly #engine: FakeEngine;
  readonly #host: FakeHost;
  /** What to tell when one ends: by container id. */
  readonly #losses = new Map<string, (reason: string) => void>();

  /** The helpers in the namespaces of a sandbox: by its id. */
  readonly #dialers = new Map<string, Set<string>>();

  constructor(engine: FakeEngine, host: FakeHost) {
    this.#engine = engine;
    this.#host = host;
    engine.onEnd.add((id) => {
      const ended = [id, ...(this.#dialers.get(id) ?? [])];
      for (const one of ended) if (this.#losses.has(one)) this.#drop(one, ENDED);
    });
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

  /** Each connection has a helper of its own here. */
  async dialFrom(sandboxId: string, target: DialTarget, signal: AbortSignal): Promise<Duplex> {
    const { owner, protocol, address, port } = target;
    const sandbox = this.#engine.get(sandboxId, 'dial from it');
    if (isIP(address) === 0) throw new Error(`${address} is no IP address`);
    const name = `fairlead.${owner}.connect.${this.#engine.nextId().slice(0, 12)}`;
    const id = this.#start(name, helperLabels(owner), { kind: 'sandbox', sandbox: sandboxId });
    const relay = new FakeRelay({
      protocol,
      listenerAt: () => this.#host.listenerFrom(target, sandbox),
      onClose: () => this.#drop(id, ENDED),
    });
    this.#losses.set(id, (reason) => relay.lose(reason));
    this.#dialers.set(sandboxId, new Set(this.#dialers.get(sandboxId)).add(id));
    try {
      const connection = await relay.connect(address, port, signal);
      connection.once('close', () => void relay.close());
      return connection;
    } catch (error) {
      await relay.close();
      throw error;
    }
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
  #start(name: string, labels: Labels, network: NetworkAttachment = HOST): string {
    const { container } = createSandbox('', name, 'host', { image: this.#sandboxImage(), network });
    this.#engine.create({ container, labels });
    try {
      this.#engine.start(name);
    } catch (error) {
      this.#engine.remove(name);
      throw error;
    }
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
