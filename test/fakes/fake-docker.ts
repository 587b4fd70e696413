import type { DockerPort, EngineEvent, Lease, LeaseTaken } from '../../src/docker/port.ts';
import { DockerError } from '../../src/docker/port.ts';
import { HOLDER_LABEL, leaseLabels } from '../../src/model/labels.ts';
import { LABEL } from '../../src/model/names.ts';
import type { EngineInfo, ObservedContainer, ObservedImage, ObservedNetwork } from '../../src/model/observed.ts';
import type { ActionOf } from '../../src/model/plan.ts';
import { createSandbox } from '../contract/actions.ts';
import { isUp, toObserved, type FakeContainer } from './fake-container.ts';
import { FakeEngine, type FakeEngineOptions } from './fake-engine.ts';
import { toObservedNetwork } from './fake-networks.ts';

export interface FakeCall {
  readonly method: keyof DockerPort;
  /** Name, id or reference; '' where there is none. */
  readonly target: string;
}

/** How a pull goes: resolves for success, rejects with a DockerError otherwise. */
export type FakePull = () => Promise<void>;

/** An honest Docker engine in memory: passes the suite of contract/docker-contract.ts like a real one. */
export class FakeDocker implements DockerPort {
  /** Everything asked through the port, in order. */
  readonly calls: FakeCall[] = [];
  /** The state, for tests that act behind Fairlead's back. */
  readonly engine: FakeEngine;
  /** By reference; what is not here is pulled at once. */
  readonly pulls = new Map<string, FakePull>();
  /** Destinations the engine's host routes to. */
  hostRoutes: readonly string[] = ['192.168.0.0/24'];
  readonly #failures = new Map<string, DockerError[]>();
  readonly #leases = new Map<string, (reason: string) => void>();
  #isUp = true;

  constructor(options: FakeEngineOptions) {
    this.engine = new FakeEngine(options);
    this.engine.onEnd = (id) => {
      if (this.#leases.has(id)) this.#dropLease(id, 'the helper container ended');
    };
  }

  /** The next call of this method fails. Several queue up. */
  failNext(method: keyof DockerPort, error: DockerError): void {
    this.#failures.set(method, [...(this.#failures.get(method) ?? []), error]);
  }

  /** The engine stops: calls, event streams and leases fail until `comeBack`. */
  goDown(): void {
    this.#isUp = false;
    this.engine.shutDown();
    this.cutConnections();
  }

  comeBack(): void {
    this.#isUp = true;
    this.engine.boot();
  }

  /** Every connection breaks, as when the process at this end is killed. The engine goes on. */
  cutConnections(): void {
    this.engine.events.breakAll(unreachable());
    for (const id of [...this.#leases.keys()]) this.#dropLease(id, 'the connection to the helper broke');
  }

  async ping(signal: AbortSignal): Promise<void> {
    await this.#enter('ping', '', signal);
  }

  async info(signal: AbortSignal): Promise<EngineInfo> {
    await this.#enter('info', '', signal);
    const version = { id: 'FAKE', version: '20.10.24', apiVersion: '1.41', architecture: 'amd64' };
    return { ...version, liveRestore: false, storageDriver: 'overlay2', limits: this.engine.limits };
  }

  async listContainers(owner: string, signal: AbortSignal): Promise<readonly ObservedContainer[]> {
    await this.#enter('listContainers', owner, signal);
    const owned = this.engine.containers().filter(({ labels }) => labels[LABEL.owner] === owner);
    return owned.map((container) => this.#observe(container));
  }

  async inspectContainer(idOrName: string, signal: AbortSignal): Promise<ObservedContainer | undefined> {
    await this.#enter('inspectContainer', idOrName, signal);
    const container = this.engine.find(idOrName);
    return container && this.#observe(container);
  }

  async listNetworks(signal: AbortSignal): Promise<readonly ObservedNetwork[]> {
    await this.#enter('listNetworks', '', signal);
    return this.engine.networks.all().map(toObservedNetwork);
  }

  async inspectNetwork(idOrName: string, signal: AbortSignal): Promise<ObservedNetwork | undefined> {
    await this.#enter('inspectNetwork', idOrName, signal);
    const network = this.engine.networks.find(idOrName);
    return network && toObservedNetwork(network);
  }

  async listImages(signal: AbortSignal): Promise<readonly ObservedImage[]> {
    await this.#enter('listImages', '', signal);
    return [...this.engine.images].map(([tag, id]) => ({ id, tags: [tag], digests: [] }));
  }

  async inspectImage(reference: string, signal: AbortSignal): Promise<ObservedImage | undefined> {
    await this.#enter('inspectImage', reference, signal);
    const found = [...this.engine.images].find(([tag, id]) => tag === reference || id === reference);
    return found === undefined ? undefined : { id: found[1], tags: [found[0]], digests: [] };
  }

  async *events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    if (signal.aborted) return;
    await this.#enter('events', '', signal);
    yield* this.engine.events.subscribe(signal);
  }

  async createContainer(action: ActionOf<'create-container'>, signal: AbortSignal): Promise<void> {
    await this.#enter('createContainer', action.container.name, signal);
    this.engine.create(action);
  }

  async startContainer(idOrName: string, signal: AbortSignal): Promise<void> {
    await this.#enter('startContainer', idOrName, signal);
    this.engine.start(idOrName);
  }

  async stopContainer(id: string, _graceMs: number, signal: AbortSignal): Promise<void> {
    await this.#enter('stopContainer', id, signal);
    this.engine.stop(id);
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<void> {
    await this.#enter('removeContainer', id, signal);
    this.engine.remove(id);
  }

  async unpauseContainer(id: string, signal: AbortSignal): Promise<void> {
    await this.#enter('unpauseContainer', id, signal);
    this.engine.unpause(id);
  }

  async updateContainer(action: ActionOf<'update-container'>, signal: AbortSignal): Promise<void> {
    await this.#enter('updateContainer', action.name, signal);
    this.engine.update(action);
  }

  async renameContainer(id: string, name: string, signal: AbortSignal): Promise<void> {
    await this.#enter('renameContainer', id, signal);
    this.engine.rename(id, name);
  }

  async createNetwork(action: ActionOf<'create-network'>, signal: AbortSignal): Promise<void> {
    await this.#enter('createNetwork', action.network, signal);
    const network = this.engine.networks.create(this.engine.nextId(), action);
    if (network !== undefined) this.#emitNetwork('create', network);
  }

  async removeNetwork(id: string, signal: AbortSignal): Promise<void> {
    await this.#enter('removeNetwork', id, signal);
    const network = this.engine.networks.remove(id);
    if (network !== undefined) this.#emitNetwork('destroy', network);
  }

  async pullImage(reference: string, signal: AbortSignal): Promise<void> {
    await this.#enter('pullImage', reference, signal);
    await orAborted(this.pulls.get(reference)?.() ?? Promise.resolve(), signal);
    this.#addImage(reference, 'pull');
  }

  async importSandboxImage(reference: string, signal: AbortSignal): Promise<void> {
    await this.#enter('importSandboxImage', reference, signal);
    if (!this.engine.images.has(reference)) this.#addImage(reference, 'import');
  }

  async acquireLease(owner: string, holder: string, signal: AbortSignal): Promise<Lease | LeaseTaken> {
    await this.#enter('acquireLease', owner, signal);
    const name = `fairlead.${owner}.lease`;
    const present = this.engine.find(name);
    if (present !== undefined && isUp(present)) {
      return { kind: 'taken', holder: present.labels[HOLDER_LABEL] ?? 'unknown' };
    }
    // Left behind by a crash. A real engine's is watched for 3 s first.
    if (present !== undefined) this.engine.remove(present.id);
    const { container } = createSandbox(owner, name, 'host', { image: this.#anyImage() });
    this.engine.create({ container, labels: leaseLabels(owner, holder) });
    this.engine.start(name);
    return this.#openLease(this.engine.get(name, 'take the lease').id);
  }

  #openLease(id: string): Lease {
    const lost = new Promise<string>((resolve) => this.#leases.set(id, resolve));
    return {
      kind: 'lease',
      lost,
      routes: async (signal) => {
        signal.throwIfAborted();
        if (!this.#leases.has(id)) throw new DockerError('unreachable', 'the lease is gone');
        return this.hostRoutes;
      },
      release: async () => {
        this.#dropLease(id, 'the helper container ended');
      },
    };
  }

  #dropLease(id: string, reason: string): void {
    const lose = this.#leases.get(id);
    this.#leases.delete(id);
    this.engine.remove(id);
    lose?.(reason);
  }

  /** The helper runs the sandbox image, whose reference the caller chose. */
  #anyImage(): string {
    const reference = [...this.engine.images.keys()].find((tag) => tag.startsWith('fairlead/sandbox:'));
    if (reference === undefined) throw new DockerError('image-missing', 'the sandbox image is not on the host');
    return reference;
  }

  #addImage(reference: string, action: string): void {
    this.engine.images.set(reference, `sha256:${this.engine.nextId()}`);
    this.engine.events.emit({ kind: 'image', action, reference });
  }

  #emitNetwork(action: string, { id, name }: { readonly id: string; readonly name: string }): void {
    this.engine.events.emit({ kind: 'network', action, id, name, container: undefined });
  }

  #observe(container: FakeContainer): ObservedContainer {
    const { limits, networks } = this.engine;
    return toObserved(container, { limits, addressOn: (network) => networks.addressOf(network, container.id) });
  }

  /** What every call goes through: recorded, refused while the engine is down, failing on demand. */
  async #enter(method: keyof DockerPort, target: string, signal: AbortSignal): Promise<void> {
    this.calls.push({ method, target });
    await Promise.resolve();
    signal.throwIfAborted();
    if (!this.#isUp) throw unreachable();
    const failure = this.#failures.get(method)?.shift();
    if (failure !== undefined) throw failure;
  }
}

function unreachable(): DockerError {
  return new DockerError('unreachable', 'no Docker engine answers at fake: connection refused');
}

function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}
