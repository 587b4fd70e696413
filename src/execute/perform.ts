import { DockerError, type DockerPort } from '../docker/port.ts';
import type { Action, ActionKind, ActionOf } from '../model/plan.ts';
import { beginDelayedShutdown } from './begin-delayed-shutdown.ts';

type Performer<K extends ActionKind> = (docker: DockerPort, action: ActionOf<K>, signal: AbortSignal) => Promise<void>;

/** What each kind of action asks of the engine. The compiler checks that none is missing. */
const PERFORMERS: { readonly [K in ActionKind]: Performer<K> } = {
  'import-sandbox-image': (docker, { image }, signal) => docker.importSandboxImage(image, signal),
  'pull-image': async (docker, { image, note, signed }, signal) => {
    if (signed !== undefined) throw new DockerError('pull-failed', `nobody here can verify image ${image}`);
    if (note !== undefined) await docker.createMarker({ kind: 'create-marker', ...note }, signal);
    await docker.pullImage(image, signal);
  },
  'remove-image': async (docker, { image, marker }, signal) => {
    await docker.removeImage(image, signal).catch((error: unknown) => {
      if (!(error instanceof DockerError && error.code === 'conflict')) throw error;
    });
    await docker.removeMarker({ kind: 'remove-marker', marker, name: marker.name }, signal);
  },
  'create-network': (docker, action, signal) => docker.createNetwork(action, signal),
  'remove-network': (docker, { id }, signal) => docker.removeNetwork(id, signal),
  'create-container': async (docker, action, signal) => {
    const { image } = action.container;
    if (action.unverified === true) throw new DockerError('refused', `image ${image} is not verified yet`);
    await docker.createContainer(action, signal);
  },
  'start-container': (docker, action, signal) => docker.startContainer(action, signal),
  'unpause-container': (docker, { id }, signal) => docker.unpauseContainer(id, signal),
  'update-container': (docker, action, signal) => docker.updateContainer(action, signal),
  'rename-container': (docker, { id, name }, signal) => docker.renameContainer(id, name, signal),
  'stop-container': (docker, { id, graceMs }, signal) => docker.stopContainer(id, graceMs, signal),
  'remove-container': async (docker, { id, log }, signal) => {
    if (log !== undefined) await docker.keepLog(id, log, signal);
    await docker.removeContainer(id, signal);
  },
  'create-marker': (docker, action, signal) => docker.createMarker(action, signal),
  'begin-delayed-shutdown': beginDelayedShutdown,
  'remove-marker': (docker, action, signal) => docker.removeMarker(action, signal),
  'create-volume': (docker, action, signal) => docker.createVolume(action, signal),
  'remove-volume': (docker, action, signal) => docker.removeVolume(action, signal),
  'write-files': (docker, action, signal) => docker.writeFiles(action, signal),
  'announce-files': (docker, action, signal) => docker.announceFiles(action, signal),
};

/**
 * Carries out one action; what is already so is success (habit 11). Pulls of what has to be signed are not for it, see
 * `signed-pulls.ts`. @throws DockerError
 */
export function perform<K extends ActionKind>(
  docker: DockerPort,
  action: ActionOf<K> & Action,
  signal: AbortSignal,
): Promise<void> {
  const performer = PERFORMERS[action.kind] as Performer<K>;
  return performer(docker, action, signal);
}
