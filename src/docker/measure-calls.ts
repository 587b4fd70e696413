import { DockerError, type DockerErrorCode, type DockerPort, type EngineEvent } from './port.ts';

/** A call to an engine that ended. */
export interface DockerCall {
  /** The name of the call in the port, `create-container`: a closed set. Of `events`, how long the stream took to open. */
  readonly operation: string;
  /** `aborted`: nobody wanted to know any more; `failed`: something that is no DockerError. */
  readonly outcome: 'ok' | DockerErrorCode | 'aborted' | 'failed';
  readonly ms: number;
}

export interface MeasureOptions {
  readonly onDockerCall: (call: DockerCall) => void;
  /** ms, from any start; the default is the clock of the machine. */
  readonly elapsed?: () => number;
}

/** The same port, with every call told when it has ended. What goes over a lease, a relay
 * or a session is no call. */
export function measureCalls(docker: DockerPort, options: MeasureOptions): DockerPort {
  const told = tellCalls(options);
  const measured = <A extends readonly unknown[], R>(operation: string, call: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => told(operation, () => call(...args));
  };
  return {
    ping: measured('ping', docker.ping.bind(docker)),
    info: measured('info', docker.info.bind(docker)),
    listContainers: measured('list-containers', docker.listContainers.bind(docker)),
    inspectContainer: measured('inspect-container', docker.inspectContainer.bind(docker)),
    listNetworks: measured('list-networks', docker.listNetworks.bind(docker)),
    inspectNetwork: measured('inspect-network', docker.inspectNetwork.bind(docker)),
    listVolumes: measured('list-volumes', docker.listVolumes.bind(docker)),
    inspectVolume: measured('inspect-volume', docker.inspectVolume.bind(docker)),
    listLogs: measured('list-logs', docker.listLogs.bind(docker)),
    inspectLog: measured('inspect-log', docker.inspectLog.bind(docker)),
    listMarkers: measured('list-markers', docker.listMarkers.bind(docker)),
    inspectMarker: measured('inspect-marker', docker.inspectMarker.bind(docker)),
    listImages: measured('list-images', docker.listImages.bind(docker)),
    inspectImage: measured('inspect-image', docker.inspectImage.bind(docker)),
    events: (signal) => measureOpening(docker, told, signal),
    createContainer: measured('create-container', docker.createContainer.bind(docker)),
    startContainer: measured('start-container', docker.startContainer.bind(docker)),
    stopContainer: measured('stop-container', docker.stopContainer.bind(docker)),
    removeContainer: measured('remove-container', docker.removeContainer.bind(docker)),
    keepLog: measured('keep-log', docker.keepLog.bind(docker)),
    unpauseContainer: measured('unpause-container', docker.unpauseContainer.bind(docker)),
    updateContainer: measured('update-container', docker.updateContainer.bind(docker)),
    renameContainer: measured('rename-container', docker.renameContainer.bind(docker)),
    createNetwork: measured('create-network', docker.createNetwork.bind(docker)),
    removeNetwork: measured('remove-network', docker.removeNetwork.bind(docker)),
    createVolume: measured('create-volume', docker.createVolume.bind(docker)),
    removeVolume: measured('remove-volume', docker.removeVolume.bind(docker)),
    createMarker: measured('create-marker', docker.createMarker.bind(docker)),
    removeMarker: measured('remove-marker', docker.removeMarker.bind(docker)),
    writeFiles: measured('write-files', docker.writeFiles.bind(docker)),
    announceFiles: measured('announce-files', docker.announceFiles.bind(docker)),
    exec: measured('exec', docker.exec.bind(docker)),
    openExec: measured('open-exec', docker.openExec.bind(docker)),
    dialFrom: measured('dial-from', docker.dialFrom.bind(docker)),
    // How long it takes to its first line says nothing of the engine.
    readLog: (id, options, signal) => docker.readLog(id, options, signal),
    readKeptLog: (volume, options, signal) => docker.readKeptLog(volume, options, signal),
    pullImage: measured('pull-image', docker.pullImage.bind(docker)),
    tagImage: measured('tag-image', docker.tagImage.bind(docker)),
    removeImage: measured('remove-image', docker.removeImage.bind(docker)),
    importSandboxImage: measured('import-sandbox-image', docker.importSandboxImage.bind(docker)),
    acquireLease: measured('acquire-lease', docker.acquireLease.bind(docker)),
    openRelay: measured('open-relay', docker.openRelay.bind(docker)),
  };
}

type TellCall = <R>(operation: string, call: () => Promise<R>) => Promise<R>;

function tellCalls({ onDockerCall, elapsed = () => performance.now() }: MeasureOptions): TellCall {
  return async (operation, call) => {
    const began = elapsed();
    const tell = (outcome: DockerCall['outcome']) => onDockerCall({ operation, outcome, ms: elapsed() - began });
    try {
      const answer = await call();
      tell('ok');
      return answer;
    } catch (error) {
      tell(outcomeOf(error));
      throw error;
    }
  };
}

/** The caller's own timeouts and aborts come through as they are (`toDockerError`). */
function outcomeOf(error: unknown): DockerCall['outcome'] {
  if (error instanceof DockerError) return error.code;
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError') return 'timeout';
  return name === 'AbortError' ? 'aborted' : 'failed';
}

/** A stream is open for days: what counts is how long it takes to open, or that it does not. */
async function* measureOpening(docker: DockerPort, told: TellCall, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const events = docker.events(signal)[Symbol.asyncIterator]();
  try {
    let next = await told('events', () => events.next());
    while (!next.done) {
      yield next.value;
      next = await events.next();
    }
  } finally {
    await events.return?.();
  }
}
