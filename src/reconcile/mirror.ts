import type { DockerPort, EngineEvent } from '../docker/port.ts';
import type { ObservedHost } from '../model/observed.ts';
import { createHoldings } from './holdings.ts';

/**
 * What we last saw of an engine. Full list once; then only the things that events or our own steps name are read again.
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
  /** Reads what is stale again. @throws DockerError, and then it is still stale. */
  refresh(signal: AbortSignal): Promise<void>;
  snapshot(): ObservedHost;
}

/** Reads at a time; more gains nothing (engine-notes K). */
const READERS = 8;

export function createMirror(docker: DockerPort, host: string, owner: string): Mirror {
  const holdings = createHoldings(host, owner);
  const { containers, networks } = holdings;
  const stale = { containers: new Set<string>(), networks: new Set<string>(), images: new Set<'all'>() };

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

  function noteContainerEvent(event: EngineEvent & { kind: 'container' }): boolean {
    if (event.owner !== owner) return false;
    if (event.action === 'destroy') containers.drop(event.id);
    else stale.containers.add(event.id);
    return true;
  }

  /** A container that joins or leaves a network makes the container stale; a network that comes or goes, itself. */
  function noteNetworkEvent({ action, id, container }: EngineEvent & { kind: 'network' }): boolean {
    if (container === undefined) {
      if (action === 'destroy') networks.drop(id);
      else stale.networks.add(id);
      return true;
    }
    if (!containers.has(container)) return false;
    stale.containers.add(container);
    return true;
  }

  return {
    async load(signal) {
      const [seen, nets] = await Promise.all([docker.listContainers(owner, signal), docker.listNetworks(signal)]);
      containers.replaceAll(seen);
      networks.replaceAll(nets);
      await readImages(signal);
    },
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
    async refresh(signal) {
      await drain(stale.images, () => readImages(signal));
      await drain(stale.networks, (id) => readNetwork(id, signal));
      await drain(stale.containers, (id) => readContainer(id, signal));
    },
    snapshot: () => holdings.snapshot(),
  };
}

/** Reads every id. Each is taken out before it is read: one noted again meanwhile is read again. */
async function drain<T extends string>(ids: Set<T>, read: (id: T) => Promise<void>): Promise<void> {
  const reader = async () => {
    for (const id of ids) {
      ids.delete(id);
      await read(id).catch((error: unknown) => {
        ids.add(id);
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(READERS, ids.size) }, reader));
}
