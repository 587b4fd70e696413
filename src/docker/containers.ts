import { LABEL } from '../model/names.ts';
import type { ActionOf } from '../model/plan.ts';
import { putArchive } from './archive.ts';
import type { Call, EngineCalls } from './calls.ts';
import { createContainer } from './create-container.ts';
import { isRefusal } from './docker-errors.ts';
import type { Hide } from './hide-in-refusals.ts';
import { inspectContainer } from './inspect.ts';
import { throwNameTaken } from './name-taken.ts';
import { openContainerViews } from './observe-containers.ts';
import { DockerError, type DockerPort } from './port.ts';
import { toUpdateContainer } from './to-docker.ts';

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

export function openContainers(calls: EngineCalls, hide: Hide): ContainerCalls {
  return {
    ...openContainerViews(calls, Date.now, hide),
    createContainer: (action, signal) => createContainer(calls, action, signal),
    startContainer: (action, signal) => startContainer(calls, action, signal),
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

async function startContainer(
  calls: EngineCalls,
  { name, prepare }: ActionOf<'start-container'>,
  signal: AbortSignal,
): Promise<void> {
  if (prepare.length > 0) {
    const wire = await inspectContainer(calls, name, signal);
    if (wire?.State.Status === 'running') return;
    await putArchive(calls, { id: wire?.Id ?? name, path: '/' }, prepare, signal);
  }
  await calls.answer(post(name, 'start', `start container ${name}`), signal);
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
    // An engine that has just woken it may not know yet, and its runtime then refuses in words of its own.
    if (error instanceof DockerError && /is not paused|cannot resume a running/.test(error.message)) return;
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
    if (holder.Id !== id) throwNameTaken(name, 'container', holder.Config.Labels?.[LABEL.owner]);
  }
}

function post(idOrName: string, verb: string, purpose: string): Call {
  return { method: 'POST', path: `/containers/${encodeURIComponent(idOrName)}/${verb}`, purpose };
}
