import { identityFromLabels } from '../model/labels.ts';
import { LABEL } from '../model/names.ts';
import type { DesiredContainer } from '../model/desired.ts';
import type { ActionOf } from '../model/plan.ts';
import type { Call, EngineCalls } from './calls.ts';
import { isRefusal } from './docker-errors.ts';
import { inspectContainer, inspectImage } from './inspect.ts';
import { throwHalfLabelled, throwNameTaken } from './name-taken.ts';
import { openContainerViews } from './observe-containers.ts';
import { DockerError, type DockerPort } from './port.ts';
import { needsImageEntrypoint, toCreateContainer, toUpdateContainer, type CreateFacts } from './to-docker.ts';
import type { WireContainer } from './wire.ts';

/** How much longer than its grace a stop may take. */
const STOP_MARGIN_MS = 30_000;

type ContainerCalls = Pick<
  DockerPort,
  | 'listContainers'
  | 'inspectContainer'
  | 'createContainer'
  | 'startContainer'
  | 'stopContainer'
  | 'removeContainer'
  | 'unpauseContainer'
  | 'updateContainer'
  | 'renameContainer'
>;

export function openContainers(calls: EngineCalls): ContainerCalls {
  return {
    ...openContainerViews(calls),
    createContainer: (action, signal) => createContainer(calls, action, signal),
    startContainer: async (idOrName, signal) => {
      await calls.answer(post(idOrName, 'start', `start container ${idOrName}`), signal);
    },
    stopContainer: (id, graceMs, signal) => stopContainer(calls, { id, graceMs }, signal),
    removeContainer: (id, signal) => removeContainer(calls, id, signal),
    unpauseContainer: (id, signal) => unpauseContainer(calls, id, signal),
    updateContainer: (action, signal) => updateContainer(calls, action, signal),
    renameContainer: (id, name, signal) => renameContainer(calls, { id, name }, signal),
  };
}

/** Kills it when it runs, waits when somebody else is removing it. */
export async function removeContainer(calls: EngineCalls, id: string, signal: AbortSignal): Promise<void> {
  const purpose = `remove container ${id}`;
  const path = `/containers/${encodeURIComponent(id)}`;
  // `v`: volumes the image asked for, which nobody named; named ones stay.
  const query = { force: '1', v: '1' };
  try {
    await calls.answer({ method: 'DELETE', path, query, purpose }, signal);
  } catch (error) {
    if (isRefusal(error, 404)) return;
    if (!isRefusal(error, 409)) throw error;
    await waitUntilRemoved(calls, id, signal);
  }
}

async function waitUntilRemoved(calls: EngineCalls, id: string, signal: AbortSignal): Promise<void> {
  try {
    const query = { condition: 'removed' };
    await calls.answer({ ...post(id, 'wait', `wait for the removal of container ${id}`), query }, signal);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

async function createContainer(
  calls: EngineCalls,
  action: ActionOf<'create-container'>,
  signal: AbortSignal,
): Promise<void> {
  const { container } = action;
  const purpose = `create container ${container.name}`;
  const body = toCreateContainer(action, await readFacts(calls, container, signal));
  const call = { method: 'POST', path: '/containers/create', query: { name: container.name }, body, purpose } as const;
  try {
    await calls.answer(call, signal);
  } catch (error) {
    if (isRefusal(error, 404) && error.message.includes('No such image')) {
      throw new DockerError('image-missing', `image ${container.image} is not on the host`, { cause: error });
    }
    const holder = isRefusal(error, 409) ? await inspectContainer(calls, container.name, signal) : undefined;
    if (holder === undefined) throw error;
    throwUnlessIdentical(toLabels(holder), action);
  }
}

/** A crash between the call and its answer leaves the very container that was asked for. */
function throwUnlessIdentical(
  labels: Readonly<Record<string, string>>,
  { container, labels: wanted }: ActionOf<'create-container'>,
): void {
  if (labels[LABEL.owner] !== wanted[LABEL.owner]) throwNameTaken(container.name, 'container', labels[LABEL.owner]);
  if (identityFromLabels(labels) === undefined) throwHalfLabelled(container.name);
  if (labels[LABEL.configHash] === wanted[LABEL.configHash]) return;
  throw new DockerError('conflict', `cannot create container ${container.name}: another version of it has the name`);
}

async function readFacts(calls: EngineCalls, container: DesiredContainer, signal: AbortSignal): Promise<CreateFacts> {
  const { image, network } = container;
  return {
    ...(needsImageEntrypoint(container) ? { imageEntrypoint: await readImageEntrypoint(calls, image, signal) } : {}),
    ...(network.kind === 'sandbox' ? { sandboxId: await readSandboxId(calls, network.sandbox, signal) } : {}),
  };
}

/** An engine would take a sandbox that does not exist, and resolve the name at some later start. */
async function readSandboxId(calls: EngineCalls, sandbox: string, signal: AbortSignal): Promise<string> {
  const wire = await inspectContainer(calls, sandbox, signal);
  if (wire !== undefined) return wire.Id;
  throw new DockerError('conflict', `there is no sandbox ${sandbox} to join`);
}

async function readImageEntrypoint(calls: EngineCalls, image: string, signal: AbortSignal): Promise<readonly string[]> {
  const wire = await inspectImage(calls, image, signal);
  if (wire === undefined) throw new DockerError('image-missing', `image ${image} is not on the host`);
  const entrypoint = wire.Config?.Entrypoint ?? [];
  if (entrypoint.length > 0) return entrypoint;
  throw new DockerError('refused', `cmd is empty and image ${image} has no entrypoint: there is nothing to run`);
}

async function stopContainer(
  calls: EngineCalls,
  { id, graceMs }: { readonly id: string; readonly graceMs: number },
  signal: AbortSignal,
): Promise<void> {
  const query = { t: String(Math.ceil(graceMs / 1000)) };
  const timeoutMs = graceMs + STOP_MARGIN_MS;
  try {
    await calls.answer({ ...post(id, 'stop', `stop container ${id}`), query, timeoutMs }, signal);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

async function unpauseContainer(calls: EngineCalls, id: string, signal: AbortSignal): Promise<void> {
  try {
    await calls.answer(post(id, 'unpause', `unpause container ${id}`), signal);
  } catch (error) {
    if (error instanceof DockerError && error.message.includes('is not paused')) return;
    throw error;
  }
}

/** An engine can change a limit but not lift one: a caller who asks for that hears it instead of being ignored. */
async function updateContainer(
  calls: EngineCalls,
  action: ActionOf<'update-container'>,
  signal: AbortSignal,
): Promise<void> {
  const { id, name, resources } = action;
  const now = (await inspectContainer(calls, id, signal))?.HostConfig;
  const lifted =
    now !== undefined &&
    ((resources.memoryBytes === 0 && now.Memory !== 0) ||
      (resources.nanoCpus === 0 && now.NanoCpus !== 0) ||
      (resources.cpuShares === 0 && now.CpuShares !== 0));
  if (lifted) {
    throw new DockerError(
      'refused',
      `cannot update container ${name}: an engine cannot lift a limit, it must be made anew`,
    );
  }
  await calls.answer({ ...post(id, 'update', `update container ${name}`), body: toUpdateContainer(action) }, signal);
}

async function renameContainer(
  calls: EngineCalls,
  { id, name }: { readonly id: string; readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  try {
    await calls.answer({ ...post(id, 'rename', `rename container ${id} to ${name}`), query: { name } }, signal);
  } catch (error) {
    const holder = isRefusal(error, 400, 409) ? await inspectContainer(calls, name, signal) : undefined;
    if (holder === undefined) throw error;
    if (holder.Id !== id) throwNameTaken(name, 'container', toLabels(holder)[LABEL.owner]);
  }
}

function post(idOrName: string, verb: string, purpose: string): Call {
  return { method: 'POST', path: `/containers/${encodeURIComponent(idOrName)}/${verb}`, purpose };
}

function toLabels(wire: WireContainer): Readonly<Record<string, string>> {
  return wire.Config.Labels ?? {};
}
