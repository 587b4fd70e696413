import { DockerError, type DockerPort, type EngineEvent } from '../docker/port.ts';
import type { ObservedHost } from '../model/observed.ts';
import { createCoalescing } from './coalescing.ts';
import { createHoldings } from './holdings.ts';

/**
 * What we last saw of an engine. Full list once; then only the things that events or our own steps name are read again.
 * READS NEVER OVERLAP: an answer that is older than another cannot overwrite it, and what is noted while a read is under
 * way is read again after it.
 */
export interface Mirror {
  /** Reads everything. @throws DockerError */
  load(signal: AbortSignal): Promise<void>;
  setRoutes(routes: readonly string[]): void;
  /** Notes what an event makes stale; true when something of ours is. */
  note(event: EngineEvent): boolean;
  noteContainer(idOrName: string): void;
  noteNetwork(idOrName: string): void;
  noteImages(): void;
  /**
   * Resolves when all that was noted before the call has been read. What does not answer in time stays stale until the
   * next refresh: one stuck container is no reason to give up a host. @throws DockerError when the engine is away
   */
  refresh(signal: AbortSignal): Promise<void>;
  snapshot(): ObservedHost;
}

/** Reads at a time; more gains nothing (engine-notes K). */
const READERS = 8;

export function createMirror(docker: DockerPort, host: string, owner: string): Mirror {
  const holdings = createHoldings(host, owner);
  const { containers, networks } = holdings;
  const stale = { containers: new Set<string>(), networks: new Set<string>(), images: new Set<'all'>() };
  const reads = createCoalescing();

  async function readContainer(idOrName: string, signal: AbortSignal): Promise<void> {
    const seen = await docker.inspectContainer(idOrName, signal);
    containers.drop(idOrName, seen?.id);
    if (seen?.identity?.owner === owner) containers.put(seen);
  }

  async function readNetwork(idOrName: string, signal: AbortSignal): Promise<void> {
    const seen = await docker.inspectNetwork(idOrName, signal);
    networks.drop(idOrName, seen?.id);
    if (seen !== undefined) networks.put(seen);
  }

  const readImages = async (signal: AbortSignal) => holdings.setImages(await docker.listImages(signal));

  async function readAll(signal: AbortSignal): Promise<void> {
    const [seen, nets] = await Promise.all([docker.listContainers(owner, signal), docker.listNetworks(signal)]);
    containers.replaceAll(seen);
    networks.replaceAll(nets);
    await readImages(signal);
  }

  /** Containers first: they are what somebody waits for. */
  async function readStale(signal: AbortSignal): Promise<void> {
    await drain(stale.containers, (id) => readContainer(id, signal));
    await drain(stale.networks, (id) => readNetwork(id, signal));
    await drain(stale.images, () => readImages(signal));
  }

  function noteContainerEvent({ action, id, owner: whose }: EngineEvent & { kind: 'container' }): boolean {
    if (whose !== owner) return false;
    if (action === 'destroy') containers.drop(id);
    stale.containers.add(id);
    return true;
  }

  /** A container that joins or leaves a network makes the container stale; a network that comes or goes, itself. */
  function noteNetworkEvent({ action, id, container }: EngineEvent & { kind: 'network' }): boolean {
    if (container === undefined) {
      if (action === 'destroy') networks.drop(id);
      stale.networks.add(id);
      return true;
    }
    if (!containers.has(container)) return false;
    stale.containers.add(container);
    return true;
  }

  return {
    load: (signal) => reads.alone(() => readAll(signal)).then(() => reads.soon(() => readStale(signal))),
    setRoutes: (routes) => holdings.setRoutes(routes),
    note(event) {
      switch (event.kind) {
        case 'connected':
          return false;
        case 'container':
          return noteContainerEvent(event);
        case 'network':
          return noteNetworkEvent(event);
        case 'image':
          stale.images.add('all');
          return true;
        default:
          return event satisfies never;
      }
    },
    noteContainer: (idOrName) => void stale.containers.add(idOrName),
    noteNetwork: (idOrName) => void stale.networks.add(idOrName),
    noteImages: () => void stale.images.add('all'),
    refresh: (signal) => reads.soon(() => readStale(signal)),
    snapshot: () => holdings.snapshot(),
  };
}

/**
 * Reads every id. Each is taken out before it is read, so one noted again meanwhile is read again; one that failed goes
 * back when all are done.
 */
async function drain<T extends string>(ids: Set<T>, read: (id: T) => Promise<void>): Promise<void> {
  const failures: { readonly id: T; readonly error: unknown }[] = [];
  const reader = async () => {
    for (const id of ids) {
      ids.delete(id);
      await read(id).catch((error: unknown) => failures.push({ id, error }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(READERS, ids.size) }, reader));
  for (const { id } of failures) ids.add(id);
  const fatal = failures.find(({ error }) => !(error instanceof DockerError && error.code === 'timeout'));
  if (fatal !== undefined) throw fatal.error;
}
