import { throwNameTaken } from '../../src/docker/name-taken.ts';
import { DockerError } from '../../src/docker/port.ts';
import { LABEL } from '../../src/model/names.ts';
import { countRestarts } from '../../src/docker/restart-count.ts';
import type { ArchiveEntry, DesiredContainer } from '../../src/model/desired.ts';
import type { LimitSupport } from '../../src/model/observed.ts';
import type { ActionOf } from '../../src/model/plan.ts';
import { FakeAttachments } from './fake-attachments.ts';
import {
  endsBadly,
  enforceable,
  isUp,
  throwIfLifted,
  throwIfNothingToRun,
  throwUnlessIdentical,
  toFakeContainer,
  type FakeContainer,
  type FakeLine,
} from './fake-container.ts';
import { FakeEvents } from './fake-events.ts';
import { FakeNetworks } from './fake-networks.ts';
import { openPorts } from './fake-ports.ts';
import { FakeVolumes } from './fake-volumes.ts';

export interface FakeEngineOptions {
  /** ms since the epoch. */
  readonly now: () => number;
  /** What a container's process does when it starts; default: runs until it is stopped. */
  readonly exitAtStart?: (container: DesiredContainer) => number | undefined;
  /** What a container's process said before it ended; default: nothing. */
  readonly linesAtEnd?: (container: DesiredContainer) => readonly string[];
  /** What it says as soon as it runs; default: nothing. */
  readonly linesAtStart?: (container: DesiredContainer) => readonly Pick<FakeLine, 'text' | 'stream'>[];
}

/** What a Docker engine without live-restore would do, in memory: the state behind FakeDocker and its transitions. */
export class FakeEngine {
  readonly events = new FakeEvents();
  readonly networks = new FakeNetworks();
  readonly volumes = new FakeVolumes();
  readonly attachments = new FakeAttachments(this.networks, this.events);
  /** Reference → image id. */
  readonly images = new Map<string, string>();
  /** What its host can limit; it discards the rest. */
  limits: LimitSupport = { memory: true, cpus: true, cpuShares: true };
  /** Whether its storage can limit writable layers. */
  limitsLayers = true;
  /** Told of every end of a process, by the id of its container. */
  readonly onEnd = new Set<(id: string) => void>();
  /** Told of every line that is logged. */
  readonly onSaid = new Set<() => void>();
  readonly #containers = new Map<string, FakeContainer>();
  /** Name → id, so that a fleet can be made. */
  readonly #ids = new Map<string, string>();
  readonly #options: FakeEngineOptions;
  #made = 0;

  constructor(options: FakeEngineOptions) {
    this.#options = options;
  }

  /** ms since the epoch. */
  now(): number {
    return this.#options.now();
  }

  containers(): readonly FakeContainer[] {
    return [...this.#containers.values()];
  }

  find(idOrName: string): FakeContainer | undefined {
    return this.#containers.get(idOrName) ?? this.#containers.get(this.#ids.get(idOrName) ?? '');
  }

  get(idOrName: string, purpose: string): FakeContainer {
    const container = this.find(idOrName);
    if (container === undefined) throw new DockerError('conflict', `cannot ${purpose}: No such container: ${idOrName}`);
    return container;
  }

  nextId(): string {
    this.#made += 1;
    // Told apart by their first 12 digits, as everybody does.
    return this.#made.toString(16).padStart(12, '0').padEnd(64, '0');
  }

  create(action: Pick<ActionOf<'create-container'>, 'container' | 'labels'>): void {
    const { container: desired, labels } = action;
    const purpose = `create container ${desired.name}`;
    const imageId = this.images.get(desired.image);
    if (imageId === undefined) throw new DockerError('image-missing', `image ${desired.image} is not on the host`);
    throwIfNothingToRun(desired);
    const { network } = desired;
    const sandboxId = network.kind === 'sandbox' ? this.get(network.sandbox, purpose).id : undefined;
    const present = this.find(desired.name);
    if (present !== undefined) {
      throwUnlessIdentical(present, action);
      return;
    }
    const id = this.nextId();
    const container = toFakeContainer({ id, labels, desired, imageId, sandboxId, createdAt: this.#options.now() });
    container.resources = enforceable(desired.resources, this.limits);
    if (!this.limitsLayers) container.layerBytes = 0;
    this.#containers.set(id, container);
    this.#ids.set(container.name, id);
    for (const { volume } of desired.mounts) if (this.volumes.find(volume) === undefined) this.volumes.make(volume);
    this.#emit('create', container);
  }

  /** Lays `prepare` into it first, unless it runs. */
  start(idOrName: string, prepare: readonly ArchiveEntry[] = []): void {
    const container = this.get(idOrName, `start container ${idOrName}`);
    if (container.status === 'running') return;
    if (container.status === 'paused') throw new DockerError('conflict', `cannot start a paused container ${idOrName}`);
    container.laid.push(...prepare);
    container.restartCount = 0;
    container.stoppedByHand = false;
    this.#run(container);
  }

  stop(id: string): void {
    const container = this.find(id);
    if (container === undefined || !isUp(container)) return;
    container.stoppedByHand = true;
    this.#end(container, 143);
  }

  remove(id: string): void {
    const container = this.find(id);
    if (container === undefined) return;
    container.stoppedByHand = true;
    if (isUp(container)) this.#end(container, 137);
    this.#containers.delete(container.id);
    this.#ids.delete(container.name);
    this.#emit('destroy', container);
  }

  pause(idOrName: string): void {
    const container = this.get(idOrName, `pause container ${idOrName}`);
    container.status = 'paused';
    this.#emit('pause', container);
  }

  unpause(id: string): void {
    const container = this.get(id, `unpause container ${id}`);
    if (container.status !== 'paused') return;
    container.status = 'running';
    this.#emit('unpause', container);
  }

  update({ id, name, resources, restart }: ActionOf<'update-container'>): void {
    const container = this.get(id, `update container ${name}`);
    throwIfLifted(container, resources);
    container.resources = enforceable(resources, this.limits);
    container.restartPolicy = restart;
    this.#emit('update', container);
  }

  rename(id: string, name: string): void {
    const container = this.get(id, `rename container ${id} to ${name}`);
    const holder = this.find(name);
    if (holder?.id === container.id) return;
    if (holder !== undefined) throwNameTaken(name, 'container', holder.labels[LABEL.owner]);
    this.#ids.delete(container.name);
    this.#ids.set(name, container.id);
    container.name = name;
    this.#emit('rename', container);
  }

  /** `docker network connect` */
  connect(idOrName: string, network: string): void {
    const container = this.get(idOrName, `connect it to ${network}`);
    if (isUp(container)) this.attachments.attach(container, network);
    else container.networkIds.set(network, '');
  }

  /** `docker network disconnect --force` */
  disconnect(idOrName: string, network: string): void {
    const container = this.get(idOrName, `disconnect it from ${network}`);
    this.attachments.detach(container, container.networkIds.get(network) ?? '');
    container.networkIds.delete(network);
  }

  /** The process ends by itself or is killed from outside: the engine restarts it where its policy says so. */
  endProcess(idOrName: string, exitCode: number, oomKilled = false): void {
    const container = this.get(idOrName, 'end its process');
    this.#end(container, exitCode, oomKilled);
    if (container.restartPolicy === 'no' || container.stoppedByHand) return;
    this.#restart(container);
  }

  /** A running process writes a line. */
  say(idOrName: string, text: string, stream: FakeLine['stream'] = 'stdout'): void {
    const { logged, desired } = this.get(idOrName, 'say something');
    if (desired.log.kind !== 'none') logged.push({ at: this.#options.now(), text, stream });
    for (const tell of this.onSaid) tell();
  }

  /** `docker kill`: the engine leaves it dead. */
  killByHand(idOrName: string): void {
    const container = this.get(idOrName, 'kill it');
    container.stoppedByHand = true;
    this.#end(container, 137);
  }

  /** The engine stops, and with it every container. */
  shutDown(): void {
    for (const container of this.containers()) if (isUp(container)) this.#end(container, 137);
  }

  /** Measured: what has its own network and a policy comes back, what joined a sandbox stays exited. */
  boot(): void {
    for (const container of this.containers()) {
      container.restartCount = 0;
      const comesBack = container.restartPolicy !== 'no' && !container.stoppedByHand && container.startedAt > 0;
      if (comesBack && container.sandboxId === undefined) this.#run(container);
    }
  }

  #restart(container: FakeContainer): void {
    container.restartCount += 1;
    try {
      this.#run(container);
    } catch {
      container.restartCount -= 1;
      // Measured: a member whose sandbox is gone stays exited and is never tried again.
    }
  }

  #run(container: FakeContainer): void {
    try {
      this.#join(container);
      container.ports = openPorts(container, this.containers());
    } catch (error) {
      container.engineError = error instanceof Error ? error.message : String(error);
      container.exitCode = 128;
      throw error;
    }
    Object.assign(container, { status: 'running', engineError: '' });
    container.pid = 1_000 + this.#made;
    container.startedAt = this.#options.now();
    container.starts = countRestarts(container.starts, container, container.startedAt);
    this.#emit('start', container);
    for (const { text, stream } of this.#options.linesAtStart?.(container.desired) ?? [])
      this.say(container.id, text, stream);
    const exitCode = this.#options.exitAtStart?.(container.desired);
    if (exitCode !== undefined) this.#end(container, exitCode);
  }

  #join(container: FakeContainer): void {
    if (container.sandboxId === undefined) {
      this.attachments.attachAll(container);
      return;
    }
    const purpose = `start container ${container.name}`;
    const sandbox = this.get(container.sandboxId, purpose);
    if (isUp(sandbox)) return;
    const message = `cannot ${purpose}: cannot join network of a non running container: ${sandbox.id}`;
    throw new DockerError('conflict', message);
  }

  #end(container: FakeContainer, exitCode: number, oomKilled = false): void {
    Object.assign(container, { status: 'exited', pid: 0, exitCode, oomKilled });
    container.finishedAt = this.#options.now();
    const lines = this.#options.linesAtEnd?.(container.desired) ?? [];
    container.lastLines = endsBadly(container.desired, exitCode) ? lines : [];
    const keepsLog = container.desired.log.kind !== 'none';
    const said = lines.map((text) => ({ at: container.finishedAt, text, stream: 'stdout' }) as const);
    if (keepsLog) container.logged.push(...said);
    if (oomKilled) this.#emit('oom', container);
    this.#emit('die', container);
    for (const tell of this.onEnd) tell(container.id);
    this.attachments.detachAll(container);
  }

  #emit(action: string, { id, name, labels }: FakeContainer): void {
    if (labels[LABEL.role] === 'helper') return;
    this.events.emit({ kind: 'container', action, id, name, owner: labels[LABEL.owner] });
  }
}
