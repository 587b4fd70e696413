import { seen } from '../health/sight.ts';
import { SANDBOX_FILES, type DesiredContainer } from '../model/desired.ts';
import { identityFromLabels, type Labels } from '../model/labels.ts';
import { logArchiveFromLabels, logFromLabels } from '../model/log-labels.ts';
import { LABEL } from '../model/names.ts';
import { UNPROBED, UNSEEN, type ObservedContainer, type ObservedFiles } from '../model/observed.ts';
import type { ActionOf, LogToKeep } from '../model/plan.ts';
import { delayedShutdownFromLabels, shutdownCmdFromLabels } from '../model/shutdown-labels.ts';
import { byName } from './by-name.ts';
import { giveId, type Moment, type Scene } from './world.ts';

// What comes of steps on containers, if all goes well: as test/contract says that an engine does it.

/** The one of this name or id with this change; as it was where there is none. */
export function changed(
  scene: Scene,
  idOrName: string,
  change: (container: ObservedContainer) => ObservedContainer,
  { now }: Moment,
): Scene {
  const isIt = ({ id, name }: ObservedContainer) => id === idOrName || name === idOrName;
  return { ...scene, containers: scene.containers.map((one) => (isIt(one) ? seen(change(one), one, now) : one)) };
}

export function made(scene: Scene, { container, labels }: ActionOf<'create-container'>, moment: Moment): Scene {
  if (scene.containers.some(({ name }) => name === container.name)) return scene;
  const [id, rest] = giveId(scene);
  const containers = [...scene.containers, toContainer(scene, { id, container, labels }, moment)];
  if (container.role !== 'sandbox') return { ...rest, containers };
  return { ...rest, containers, mounted: new Map(scene.mounted).set(id, configMapsIn(container)) };
}

function configMapsIn({ mounts }: DesiredContainer): readonly string[] {
  const before = `${SANDBOX_FILES}/`;
  return mounts.flatMap(({ path }) => (path.startsWith(before) ? [path.slice(before.length)] : []));
}

interface Made {
  readonly id: string;
  readonly container: DesiredContainer;
  readonly labels: Labels;
}

function toContainer(scene: Scene, { id, container, labels }: Made, { engineNow }: Moment): ObservedContainer {
  const { network, image, resources } = container;
  const networks: Readonly<Record<string, string>> = network.kind === 'network' ? { [network.network]: '' } : {};
  const sandbox =
    network.kind === 'sandbox' ? scene.containers.find(({ name }) => name === network.sandbox) : undefined;
  return {
    ...NEVER_STARTED,
    ...{ id, name: container.name, createdAt: engineNow, image, resources },
    identity: identityFromLabels(labels),
    imageId: scene.images.find(({ tags, digests }) => tags.includes(image) || digests.includes(image))?.id ?? '',
    restartPolicy: container.restart,
    // An engine knows whole seconds.
    stopTimeoutMs: Math.ceil(container.stopTimeoutMs / 1000) * 1000,
    sandboxId: sandbox?.id,
    addresses: networks,
    networkIds: networks,
    layerBytes: container.layerBytes,
    logArchive: logArchiveFromLabels(labels),
    delayedShutdown: delayedShutdownFromLabels(labels),
    delayedShutdownCmd: shutdownCmdFromLabels(labels),
    upgrade: labels[LABEL.upgrade] ?? '',
  };
}

const NEVER_STARTED = {
  ...{ status: 'created', pid: 0, exitCode: 0, oomKilled: false, engineError: '' },
  ...{ startedAt: 0, finishedAt: 0, restartCount: 0, restarts: [], totalRestarts: 0, currentRestarts: 0 },
  ...{ lastLines: [], ports: [], files: {}, health: UNPROBED, sight: UNSEEN },
} as const satisfies Partial<ObservedContainer>;

export function started(scene: Scene, container: ObservedContainer, moment: Moment): ObservedContainer {
  return container.status === 'running' ? container : running(scene, { ...container, restartCount: 0 }, moment);
}

/** In a new life. Which address it gets and which ports an engine picks nobody can foresee. */
export function running(scene: Scene, container: ObservedContainer, { engineNow }: Moment): ObservedContainer {
  const isAgain = container.startedAt > 0;
  const joined = Object.entries(container.networkIds).map(
    ([name, id]) => [name, id || networkId(scene, name)] as const,
  );
  return {
    ...container,
    ...{ status: 'running', engineError: '', startedAt: engineNow, health: UNPROBED },
    networkIds: Object.fromEntries(joined),
    files: shownBy(scene, container),
    ...(isAgain ? onceMore(container, engineNow) : {}),
  };
}

/** A paused process goes on where it was. */
export function woken(scene: Scene, container: ObservedContainer): ObservedContainer {
  return { ...container, status: 'running', files: shownBy(scene, container) };
}

/** As many as are ever shown (`ObservedContainer.restarts`). */
const SHOWN_RESTARTS = 5;

function onceMore({ restarts, totalRestarts, currentRestarts }: ObservedContainer, at: number) {
  return {
    restarts: [...restarts, at].slice(-SHOWN_RESTARTS),
    totalRestarts: totalRestarts + 1,
    currentRestarts: currentRestarts + 1,
  };
}

function networkId({ networks, sharedNetworks }: Scene, name: string): string {
  return [...networks, ...sharedNetworks].find((network) => network.name === name)?.id ?? '';
}

const NOTHING_WRITTEN: ObservedFiles = { generation: '', switchedAt: 0, told: {} };

/** What a sandbox that runs shows of its config maps. One that was there before has all of its instance. */
function shownBy({ volumes, files, mounted }: Scene, { id, identity }: ObservedContainer): ObservedContainer['files'] {
  if (identity?.role !== 'sandbox') return {};
  const known = mounted.get(id);
  const shown = volumes.filter(({ kind, identity: of, volume }) => {
    const isOwn = kind === 'files' && of.service === identity.service && of.index === identity.index;
    return isOwn && (known === undefined || known.includes(volume));
  });
  return Object.fromEntries(shown.map(({ name, volume }) => [volume, files.get(name) ?? NOTHING_WRITTEN]));
}

/** What a process leaves with that is told to end. */
const TERMINATED = 143;

export function ended(container: ObservedContainer, exitCode: number, { engineNow }: Moment): ObservedContainer {
  const isUp = ['running', 'paused', 'restarting'].includes(container.status);
  if (!isUp) return container;
  const gone = { status: 'exited', pid: 0, exitCode, oomKilled: false, finishedAt: engineNow } as const;
  return { ...container, ...gone, ports: [], files: {} };
}

export function stopped(container: ObservedContainer, moment: Moment): ObservedContainer {
  return ended(container, TERMINATED, moment);
}

export function removed(scene: Scene, { id, log }: ActionOf<'remove-container'>): Scene {
  const containers = scene.containers.filter((one) => one.id !== id);
  return log === undefined ? { ...scene, containers } : { ...withLog(scene, log), containers };
}

/** How much there will be of it nobody can foresee. */
function withLog(scene: Scene, { volume, labels }: LogToKeep): Scene {
  const log = logFromLabels(volume, labels);
  return log === undefined ? scene : { ...scene, logs: [...scene.logs, log].sort(byName) };
}
