import type { DockerPort } from '../docker/port.ts';
import { isMarkerName } from '../model/markers.ts';
import type { Holdings } from './holdings.ts';

/** Puts what is on an engine into the holdings. Every reading rejects with a DockerError. */
export interface EngineReader {
  all(signal: AbortSignal): Promise<void>;
  container(idOrName: string, signal: AbortSignal): Promise<void>;
  network(idOrName: string, signal: AbortSignal): Promise<void>;
  /** A volume of an instance, one that holds a kept log, or a marker. */
  volume(name: string, signal: AbortSignal): Promise<void>;
  images(signal: AbortSignal): Promise<void>;
}

export function createEngineReader(docker: DockerPort, owner: string, holdings: Holdings): EngineReader {
  const { containers, networks, volumes, logs, markers } = holdings;

  async function log(name: string, signal: AbortSignal): Promise<void> {
    const seen = await docker.inspectLog(name, signal);
    if (seen?.identity.owner === owner) logs.put(seen);
    else logs.drop(name);
  }

  async function marker(name: string, signal: AbortSignal): Promise<void> {
    const seen = await docker.inspectMarker(name, signal);
    if (seen?.owner === owner) markers.put(seen);
    else markers.drop(name);
  }

  const reader: EngineReader = {
    async all(signal) {
      const [seen, nets, space, kept, facts] = await Promise.all([
        docker.listContainers(owner, signal),
        docker.listNetworks(signal),
        docker.listVolumes(owner, signal),
        docker.listLogs(owner, signal),
        docker.listMarkers(owner, signal),
      ]);
      containers.replaceAll(seen);
      networks.replaceAll(nets);
      volumes.replaceAll(space);
      logs.replaceAll(kept);
      markers.replaceAll(facts);
      await reader.images(signal);
    },
    async container(idOrName, signal) {
      const seen = await docker.inspectContainer(idOrName, signal);
      containers.drop(idOrName, seen?.id);
      if (seen?.identity?.owner === owner) containers.put(seen);
    },
    async network(idOrName, signal) {
      const seen = await docker.inspectNetwork(idOrName, signal);
      networks.drop(idOrName, seen?.id);
      if (seen !== undefined) networks.put(seen);
    },
    async volume(name, signal) {
      if (isMarkerName(name)) {
        await marker(name, signal);
        return;
      }
      const seen = await docker.inspectVolume(name, signal);
      if (seen?.identity.owner === owner) volumes.put(seen);
      else volumes.drop(name);
      if (seen === undefined) await log(name, signal);
    },
    images: async (signal) => holdings.setImages(await docker.listImages(signal)),
  };
  return reader;
}
