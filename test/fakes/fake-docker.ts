import type { Duplex } from 'node:stream';
import type {
  DialTarget,
  DockerPort,
  EngineEvent,
  ExecOptions,
  ExecResult,
  ExecSession,
  Lease,
  LeaseTaken,
  KeptLogOptions,
  LogOptions,
  LogRecord,
  Relay,
} from '../../src/docker/port.ts';
import { orAborted } from '../../src/docker/deadline.ts';
import { DockerError } from '../../src/docker/port.ts';
import { LABEL } from '../../src/model/names.ts';
import type { ObservedMarker } from '../../src/model/markers.ts';
import type {
  DiskSpace,
  EngineInfo,
  ObservedContainer,
  ObservedImage,
  ObservedLog,
  ObservedNetwork,
  ObservedVolume,
} from '../../src/model/observed.ts';
import type { ActionOf, LogToKeep } from '../../src/model/plan.ts';
import { FakeAttachedContainers } from './fake-attached-containers.ts';
import { toObserved, type FakeContainer } from './fake-container.ts';
import { FakeEngine, type FakeEngineOptions } from './fake-engine.ts';
import { toObservedNetwork } from './fake-networks.ts';
import { readFakeKeptLog, readFakeLog } from './fake-logs.ts';
import type { FakeDialListener, FakeListener } from './fake-relay.ts';
import { FakeSessions, type FakeProgram } from './fake-sessions.ts';

export interface FakeCall {
  readonly method: keyof DockerPort;
  /** Name, id or reference; '' where there is none. */
  readonly target: string;
}

/** How a pull goes: resolves for success, rejects with a DockerError otherwise. */
export type FakePull = () => Promise<void>;

/** What a command in a container comes to. */
export type FakeExec = (container: FakeContainer, cmd: readonly string[]) => ExecResult | Promise<ExecResult>;

/** An honest Docker engine in memory: passes the suite of contract/docker-contract.ts like a real one. */
export class FakeDocker implements DockerPort {
  /** Everything asked through the port, in order. */
  readonly calls: FakeCall[] = [];
  /** The state, for tests that act behind Fairlead's back. */
  readonly engine: FakeEngine;
  /** By reference; what is not here is pulled at once. */
  readonly pulls = new Map<string, FakePull>();
  /** What commands do; default: they end well and say nothing. */
  onExec: FakeExec = () => ({ exitCode: 0, output: '' });
  /** What commands do that are run with a connection; default: what `onExec` comes to, without reading anything. */
  onSession: FakeProgram = async ({ stdout }, { cmd }, container) => {
    const { exitCode, output } = await this.onExec(container, cmd);
    stdout.write(output);
    return exitCode;
  };
  /** Destinations the engine's host routes to. */
  hostRoutes: readonly string[] = ['192.168.0.0/24'];
  /** Of the engine's store; undefined: its file system does not tell. */
  space: DiskSpace | undefined = { totalBytes: 100e9, freeBytes: 80e9 };
  /** Whether the process that uses this lives in the network namespace of the engine's host. */
  sharesNetwork = false;
  /** Resolves when a call may take effect; default: at once. */
  onCall: (call: FakeCall) => Promise<void> = () => Promise.resolve();
  /** Who answers connections through a relay; default: nobody. */
  onConnect: FakeListener = () => undefined;
  /** Who answers connections from an instance; default: nobody. */
  onDial: FakeDialListener = () => undefined;
  readonly #failures = new Map<string, DockerError[]>();
  readonly #attached: FakeAttachedContainers;
  readonly #sessions: FakeSessions;
  #isUp = true;

  constructor(options: FakeEngineOptions) {
    this.engine = new FakeEngine(options);
    this.#attached = new FakeAttachedContainers(this.engine, {
      routes: () => this.hostRoutes,
      space: () => this.space,
      isShared: () => this.sharesNetwork,
      listenerAt: (address, port) => this.onConnect(address, port),
      listenerFrom: (target, sandbox) => this.onDial(target, sandbox),
    });
    this.#sessions = new FakeSessions(this.engine);
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
    this.#attached.cut();
    this.#sessions.cut();
  }

  async ping(signal: AbortSignal): Promise<void> {
    await this.#enter('ping', '', signal);
  }

  async info(signal: AbortSignal): Promise<EngineInfo> {
    await this.#enter('info', '', signal);
    const version = { id: 'FAKE', version: '20.10.24', apiVersion: '1.41', architecture: 'amd64' };
    const engine = { liveRestore: false, systemTime: this.engine.now(), storageDriver: 'overlay2' };
    return { ...version, ...engine, limits: this.engine.limits, insecureRegistries: ['127.0.0.0/8'] };
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
    return observedImages(this.engine.images);
  }

  async inspectImage(reference: string, signal: AbortSignal): Promise<ObservedImage | undefined> {
    await this.#enter('inspectImage', reference, signal);
    const id = this.engine.images.get(reference) ?? reference;
    return observedImages(this.engine.images).find((image) => image.id === id);
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

  async startContainer({ name, prepare }: ActionOf<'start-container'>, signal: AbortSignal): Promise<void> {
    await this.#enter('startContainer', name, signal);
    this.engine.start(name, prepare);
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

  async listVolumes(owner: string, signal: AbortSignal): Promise<readonly ObservedVolume[]> {
    await this.#enter('listVolumes', owner, signal);
    return this.engine.volumes.ownedBy(owner);
  }

  async inspectVolume(name: string, signal: AbortSignal): Promise<ObservedVolume | undefined> {
    await this.#enter('inspectVolume', name, signal);
    return this.engine.volumes.inspect(name);
  }

  async createVolume(action: ActionOf<'create-volume'>, signal: AbortSignal): Promise<void> {
    const { name } = action.volume;
    await this.#enter('createVolume', name, signal);
    if (this.engine.volumes.create(action)) this.#emitVolume('create', name);
  }

  async removeVolume({ name }: ActionOf<'remove-volume'>, signal: AbortSignal): Promise<void> {
    await this.#enter('removeVolume', name, signal);
    const isUsed = this.engine.containers().some(({ desired }) => desired.mounts.some(({ volume }) => volume === name));
    if (this.engine.volumes.remove(name, isUsed)) this.#emitVolume('destroy', name);
  }

  async listLogs(owner: string, signal: AbortSignal): Promise<readonly ObservedLog[]> {
    await this.#enter('listLogs', owner, signal);
    return this.engine.volumes.logsOf(owner);
  }

  async inspectLog(name: string, signal: AbortSignal): Promise<ObservedLog | undefined> {
    await this.#enter('inspectLog', name, signal);
    return this.engine.volumes.inspectLog(name);
  }

  async listMarkers(owner: string, signal: AbortSignal): Promise<readonly ObservedMarker[]> {
    await this.#enter('listMarkers', owner, signal);
    return this.engine.volumes.markersOf(owner);
  }

  async inspectMarker(name: string, signal: AbortSignal): Promise<ObservedMarker | undefined> {
    await this.#enter('inspectMarker', name, signal);
    return this.engine.volumes.inspectMarker(name);
  }

  async createMarker({ name, labels }: ActionOf<'create-marker'>, signal: AbortSignal): Promise<void> {
    await this.#enter('createMarker', name, signal);
    if (this.engine.volumes.mark(name, labels)) this.#emitVolume('create', name);
  }

  async removeMarker({ name }: ActionOf<'remove-marker'>, signal: AbortSignal): Promise<void> {
    await this.#enter('removeMarker', name, signal);
    if (this.engine.volumes.remove(name, false)) this.#emitVolume('destroy', name);
  }

  async keepLog(id: string, log: LogToKeep, signal: AbortSignal): Promise<void> {
    await this.#enter('keepLog', id, signal);
    const kept = this.engine.volumes.keepLog(log, this.engine.find(id)?.logged ?? []);
    if (kept) this.#emitVolume('create', log.volume);
  }

  async writeFiles(action: ActionOf<'write-files'>, signal: AbortSignal): Promise<void> {
    await this.#enter('writeFiles', action.name, signal);
    const { desired } = this.#running(action.id);
    this.engine.volumes.write(action, desired.mounts, this.engine.now());
  }

  async announceFiles(action: ActionOf<'announce-files'>, signal: AbortSignal): Promise<void> {
    await this.#enter('announceFiles', action.name, signal);
    if (action.cmd.length > 0) {
      const { exitCode, output } = await this.onExec(this.#running(action.id), action.cmd);
      if (exitCode !== 0) throw new DockerError('refused', `${action.name}: exit code ${exitCode}, saying: ${output}`);
    }
    const { desired } = this.#running(action.sandboxId);
    for (const note of action.notes) this.engine.volumes.note(note, desired.mounts);
  }

  async exec(id: string, cmd: readonly string[], signal: AbortSignal): Promise<ExecResult> {
    await this.#enter('exec', id, signal);
    return await orAborted(Promise.resolve(this.onExec(this.#running(id), cmd)), signal);
  }

  async openExec(id: string, options: ExecOptions, signal: AbortSignal): Promise<ExecSession> {
    await this.#enter('openExec', id, signal);
    const open = { container: this.#running(id), options, ask: () => this.#throwIfDown() };
    return this.#sessions.open(open, this.onSession);
  }

  async dialFrom(sandboxId: string, target: DialTarget, signal: AbortSignal): Promise<Duplex> {
    await this.#enter('dialFrom', sandboxId, signal);
    return await this.#attached.dialFrom(sandboxId, target, signal);
  }

  async *readLog(id: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogRecord> {
    if (signal.aborted) return;
    await this.#enter('readLog', id, signal);
    yield* readFakeLog(this.engine, this.engine.get(id, 'read its log'), options, signal);
  }

  async *readKeptLog(volume: string, options: KeptLogOptions, signal: AbortSignal): AsyncIterable<LogRecord> {
    if (signal.aborted) return;
    await this.#enter('readKeptLog', volume, signal);
    yield* readFakeKeptLog(this.engine.volumes.readKept(volume, options.owner), options);
  }

  async pullImage(reference: string, signal: AbortSignal): Promise<void> {
    await this.#enter('pullImage', reference, signal);
    await this.#pull(reference, signal);
  }

  async tagImage(reference: string, as: { readonly name: string; readonly tag: string }, signal: AbortSignal) {
    await this.#enter('tagImage', reference, signal);
    const id = this.engine.images.get(reference);
    if (id === undefined) throw new DockerError('image-missing', `image ${reference} is not on the host`);
    this.#addImage(`${as.name}:${as.tag}`, 'tag', id);
  }

  async removeImage(reference: string, signal: AbortSignal): Promise<void> {
    await this.#enter('removeImage', reference, signal);
    const user = this.engine.containers().find(({ desired }) => desired.image === reference);
    if (user !== undefined) throw new DockerError('conflict', `container ${user.id} is using image ${reference}`);
    if (this.engine.images.delete(reference)) this.engine.events.emit({ kind: 'image', action: 'delete', reference });
  }

  async importSandboxImage(reference: string, signal: AbortSignal): Promise<void> {
    await this.#enter('importSandboxImage', reference, signal);
    if (!this.engine.images.has(reference)) this.#addImage(reference, 'import');
  }

  async acquireLease(owner: string, holder: string, signal: AbortSignal): Promise<Lease | LeaseTaken> {
    await this.#enter('acquireLease', owner, signal);
    return this.#attached.acquireLease(owner, holder);
  }

  async openRelay(owner: string, signal: AbortSignal): Promise<Relay> {
    await this.#enter('openRelay', owner, signal);
    return this.#attached.openRelay(owner);
  }

  async #pull(reference: string, signal: AbortSignal): Promise<void> {
    await orAborted(this.pulls.get(reference)?.() ?? Promise.resolve(), signal);
    // A second pull finds nothing new.
    this.#addImage(reference, 'pull', this.engine.images.get(reference));
  }

  #addImage(reference: string, action: string, id = `sha256:${this.engine.nextId()}`): void {
    this.engine.images.set(reference, id);
    this.engine.events.emit({ kind: 'image', action, reference });
  }

  #emitVolume(action: string, name: string): void {
    this.engine.events.emit({ kind: 'volume', action, name });
  }

  #emitNetwork(action: string, { id, name }: { readonly id: string; readonly name: string }): void {
    this.engine.events.emit({ kind: 'network', action, id, name, container: undefined });
  }

  #observe(container: FakeContainer): ObservedContainer {
    const { limits, networks } = this.engine;
    const observed = toObserved(container, {
      now: this.engine.now(),
      limits,
      addressOn: (network) => networks.addressOf(network, container.id),
    });
    const isSandbox = container.status === 'running' && container.labels[LABEL.role] === 'sandbox';
    return isSandbox ? { ...observed, files: this.engine.volumes.filesOf(container.desired.mounts) } : observed;
  }

  #running(id: string): FakeContainer {
    const container = this.engine.get(id, 'run a command');
    if (container.status === 'running') return container;
    throw new DockerError('conflict', `cannot run a command in container ${id}: it is not running`);
  }

  #throwIfDown(): void {
    if (!this.#isUp) throw unreachable();
  }

  /** What every call goes through: recorded, refused while the engine is down, failing on demand. */
  async #enter(method: keyof DockerPort, target: string, signal: AbortSignal): Promise<void> {
    this.calls.push({ method, target });
    await this.onCall({ method, target });
    signal.throwIfAborted();
    this.#throwIfDown();
    const failure = this.#failures.get(method)?.shift();
    if (failure !== undefined) throw failure;
  }
}

function unreachable(): DockerError {
  return new DockerError('unreachable', 'no Docker engine answers at fake: connection refused');
}

/** One entry an image, with all its names: those with a digest apart. */
function observedImages(images: ReadonlyMap<string, string>): readonly ObservedImage[] {
  return [...new Set(images.values())].map((id) => {
    const names = [...images].flatMap(([name, of]) => (of === id ? [name] : []));
    const isDigest = (name: string) => name.includes('@');
    return { id, tags: names.filter((name) => !isDigest(name)), digests: names.filter(isDigest) };
  });
}
