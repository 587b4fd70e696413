import { helperLabels } from '../model/labels.ts';
import { LABEL } from '../model/names.ts';
import type { EngineCalls } from './calls.ts';
import { removeContainer } from './containers.ts';
import { isRefusal } from './docker-errors.ts';
import { inspectContainer } from './inspect.ts';
import { throwNameTaken } from './name-taken.ts';
import { importSandboxImage, SANDBOX_IMAGE } from './sandbox-image.ts';
import type { WireContainerRow, WireCreateContainer, WireHostConfig } from './wire.ts';

/** A container of the sandbox image that is there for one piece of work. Most never run: their file system is enough. */
export interface ShortLivedContainer {
  /** No two at work have the same. */
  readonly name: string;
  readonly owner: string;
  /** Of the sandbox's program. */
  readonly cmd: readonly string[];
  /** What of the host it works on. */
  readonly place: Pick<WireHostConfig, 'Mounts' | 'CapAdd'>;
}

const CLEAN_UP_MS = 10_000;

/** Makes the helper, and removes it whatever happens. `use` gets its id. */
export async function withShortLivedContainer(
  calls: EngineCalls,
  helper: ShortLivedContainer,
  signal: AbortSignal,
  use: (id: string) => Promise<void>,
): Promise<void> {
  const { id, remove } = await makeShortLivedContainer(calls, helper, signal);
  try {
    await use(id);
  } finally {
    await remove();
  }
}

export interface MadeContainer {
  readonly id: string;
  /** Once, however often it is called. Never rejects: the next lease removes what is left. */
  readonly remove: () => Promise<void>;
}

/** The caller removes it. */
export async function makeShortLivedContainer(
  calls: EngineCalls,
  helper: ShortLivedContainer,
  signal: AbortSignal,
): Promise<MadeContainer> {
  await importSandboxImage(calls, SANDBOX_IMAGE, signal);
  const id = await createHelper(calls, helper, signal);
  let removal: Promise<void> | undefined;
  const remove = () =>
    (removal ??= removeContainer(calls, id, AbortSignal.timeout(CLEAN_UP_MS)).catch(() => undefined));
  return { id, remove };
}

/** Removes one that a crash left behind. @throws DockerError `name-taken` when it is somebody else's */
export async function removeLeftBehind(
  calls: EngineCalls,
  { name, owner }: Pick<ShortLivedContainer, 'name' | 'owner'>,
  signal: AbortSignal,
): Promise<void> {
  const present = await inspectContainer(calls, name, signal);
  if (present === undefined) return;
  const holder = present.Config.Labels?.[LABEL.owner];
  if (holder !== owner) throwNameTaken(name, 'container', holder);
  await removeContainer(calls, present.Id, signal);
}

/** Removes every helper of an owner that an earlier daemon left behind. What cannot be removed stays for the next one. */
export async function removeHelpers(
  calls: EngineCalls,
  { owner, except }: { readonly owner: string; readonly except: string },
  signal: AbortSignal,
): Promise<void> {
  const label = Object.entries(helperLabels(owner)).map(([name, value]) => `${name}=${value}`);
  const query = { all: '1', filters: JSON.stringify({ label }) };
  const call = { method: 'GET', path: '/containers/json', query, purpose: 'list helper containers' } as const;
  const rows = (await calls.answer(call, signal)) as readonly WireContainerRow[];
  const others = rows.filter(({ Id }) => Id !== except);
  await Promise.all(others.map(({ Id }) => removeContainer(calls, Id, signal).catch(() => undefined)));
}

async function createHelper(calls: EngineCalls, helper: ShortLivedContainer, signal: AbortSignal): Promise<string> {
  try {
    return await tryCreate(calls, helper, signal);
  } catch (error) {
    if (!isRefusal(error, 409)) throw error;
    await removeLeftBehind(calls, helper, signal);
    return await tryCreate(calls, helper, signal);
  }
}

async function tryCreate(calls: EngineCalls, helper: ShortLivedContainer, signal: AbortSignal): Promise<string> {
  const { name } = helper;
  const call = { method: 'POST', path: '/containers/create', query: { name }, body: toBody(helper) } as const;
  const answer = await calls.answer({ ...call, purpose: `create container ${name}` }, signal);
  return (answer as { readonly Id: string }).Id;
}

/** With no right but those its place asks for. */
function toBody({ owner, cmd, place }: ShortLivedContainer): WireCreateContainer {
  return {
    Image: SANDBOX_IMAGE,
    Cmd: cmd,
    Labels: helperLabels(owner),
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ...place,
    },
  };
}
