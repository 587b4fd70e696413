import { DockerError, type DockerPort, type EngineEvent } from '../docker/port.ts';
import type { ObservedHealth, ObservedHost } from '../model/observed.ts';
import { createCoalescing } from './coalescing.ts';
import { createHoldings, type HoldingsOptions } from './holdings.ts';
import { noteEvent, type Stale } from './note-event.ts';
import { createEngineReader } from './read-engine.ts';

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
  noteVolume(name: string): void;
  /** What the probes of a container found in its life since `startedAt`; of an earlier life it is dropped. */
  noteHealth(id: string, startedAt: number, health: ObservedHealth): void;
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

export function createMirror(docker: DockerPort, options: HoldingsOptions): Mirror {
  const { owner } = options;
  const holdings = createHoldings(options);
  const read = createEngineReader(docker, owner, holdings);
  const stale: Stale = { containers: new Set(), networks: new Set(), volumes: new Set(), images: new Set() };
  const reads = createCoalescing();

  /** Containers first: they are what somebody waits for. */
  async function readStale(signal: AbortSignal): Promise<void> {
    await drain(stale.containers, (id) => read.container(id, signal));
    await drain(stale.networks, (id) => read.network(id, signal));
    await drain(stale.volumes, (name) => read.volume(name, signal));
    await drain(stale.images, () => read.images(signal));
  }

  return {
    load: (signal) => reads.alone(() => read.all(signal)).then(() => reads.soon(() => readStale(signal))),
    setRoutes: (routes) => holdings.setRoutes(routes),
    note: (event) => noteEvent(event, { owner, holdings, stale }),
    noteContainer: (idOrName) => void stale.containers.add(idOrName),
    noteNetwork: (idOrName) => void stale.networks.add(idOrName),
    noteVolume: (name) => void stale.volumes.add(name),
    noteHealth: (id, startedAt, health) => holdings.setHealth(id, startedAt, health),
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
