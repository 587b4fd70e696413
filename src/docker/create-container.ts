import type { DesiredContainer } from '../model/desired.ts';
import { identityFromLabels } from '../model/labels.ts';
import { isMadeFrom } from '../model/made-from.ts';
import { LABEL } from '../model/names.ts';
import type { ActionOf } from '../model/plan.ts';
import type { EngineCalls } from './calls.ts';
import { isRefusal } from './docker-errors.ts';
import { inspectContainer, inspectImage } from './inspect.ts';
import { throwHalfLabelled, throwNameTaken } from './name-taken.ts';
import { DockerError } from './port.ts';
import { needsImageEntrypoint, toCreateContainer, type CreateFacts } from './to-docker.ts';

/** See DockerPort.createContainer. Does not pull. */
export async function createContainer(
  calls: EngineCalls,
  action: ActionOf<'create-container'>,
  signal: AbortSignal,
): Promise<void> {
  const { container } = action;
  const facts = await readFacts(calls, container, signal);
  try {
    await sendCreate(calls, action, facts, signal);
  } catch (error) {
    if (isRefusal(error, 404) && error.message.includes('No such image')) {
      throw new DockerError('image-missing', `image ${container.image} is not on the host`, { cause: error });
    }
    const holder = isRefusal(error, 409) ? await inspectContainer(calls, container.name, signal) : undefined;
    if (holder === undefined) throw error;
    throwUnlessIdentical(holder.Config.Labels ?? {}, action);
  }
}

/** Where the engine cannot limit a writable layer the container is made without that limit. */
async function sendCreate(
  calls: EngineCalls,
  action: ActionOf<'create-container'>,
  facts: CreateFacts,
  signal: AbortSignal,
): Promise<void> {
  const { name, layerBytes } = action.container;
  const call = {
    method: 'POST',
    path: '/containers/create',
    query: { name },
    purpose: `create container ${name}`,
  } as const;
  try {
    await calls.answer({ ...call, body: toCreateContainer(action, facts) }, signal);
  } catch (error) {
    if (layerBytes === 0 || !isLayerSizeRefusal(error)) throw error;
    await calls.answer({ ...call, body: toCreateContainer(action, { ...facts, limitsLayer: false }) }, signal);
  }
}

/** `--storage-opt is supported only for overlay over xfs with 'pquota' mount option`, and what other drivers say. */
function isLayerSizeRefusal(error: unknown): boolean {
  return isRefusal(error, 400, 500, 501) && /storage[- ]?opt|quota/i.test(error.message);
}

/** A crash between the call and its answer leaves the very container that was asked for. */
function throwUnlessIdentical(
  labels: Readonly<Record<string, string>>,
  { container, labels: wanted }: ActionOf<'create-container'>,
): void {
  if (labels[LABEL.owner] !== wanted[LABEL.owner]) throwNameTaken(container.name, 'container', labels[LABEL.owner]);
  if (identityFromLabels(labels) === undefined) throwHalfLabelled(container.name);
  if (isMadeFrom(container, labels[LABEL.configHash])) return;
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
