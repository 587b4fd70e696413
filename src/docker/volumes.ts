import type { Labels } from '../model/labels.ts';
import { LABEL } from '../model/names.ts';
import type { ActionOf } from '../model/plan.ts';
import { LIST_TIMEOUT_MS, type EngineCalls } from './calls.ts';
import { isRefusal } from './docker-errors.ts';
import { makeFolder, removeFolder } from './host-folder.ts';
import { throwHalfLabelled, throwNameTaken, throwOtherKind } from './name-taken.ts';
import { DockerError, type DockerPort } from './port.ts';
import { toDriverOptions, toObservedLog, toObservedVolume, toUnsizedOptions } from './volume-options.ts';
import type { WireContainerRow } from './wire.ts';
import type { WireCreateVolume, WireVolume, WireVolumes } from './wire-files.ts';

type VolumeCalls = Pick<
  DockerPort,
  'listVolumes' | 'inspectVolume' | 'createVolume' | 'removeVolume' | 'listLogs' | 'inspectLog'
>;

export function openVolumes(calls: EngineCalls): VolumeCalls {
  return {
    listVolumes: async (owner, signal) =>
      (await listVolumes(calls, owner, signal)).flatMap((wire) => toObservedVolume(wire) ?? []),
    inspectVolume: async (name, signal) => {
      const wire = await inspectVolume(calls, name, signal);
      return wire === undefined ? undefined : toObservedVolume(wire);
    },
    createVolume: (action, signal) => createVolume(calls, action, signal),
    removeVolume: (action, signal) => removeVolume(calls, action, signal),
    listLogs: async (owner, signal) =>
      (await listVolumes(calls, owner, signal)).flatMap((wire) => toObservedLog(wire) ?? []),
    inspectLog: async (name, signal) => {
      const wire = await inspectVolume(calls, name, signal);
      return wire === undefined ? undefined : toObservedLog(wire);
    },
  };
}

async function createVolume(calls: EngineCalls, action: ActionOf<'create-volume'>, signal: AbortSignal): Promise<void> {
  const { volume, labels } = action;
  const present = await inspectVolume(calls, volume.name, signal);
  if (present === undefined && volume.hostPath !== '' && volume.medium === 'disk') {
    await makeFolder(calls, { ...volume, owner: labels[LABEL.owner] ?? '' }, signal);
  }
  // An engine answers with the volume that has the name, whoever made it.
  throwUnlessSame(present ?? (await create(calls, action, signal)), labels);
}

/** Sized where the engine can. */
async function create(
  calls: EngineCalls,
  { volume, labels }: ActionOf<'create-volume'>,
  signal: AbortSignal,
): Promise<WireVolume> {
  const post = (options: WireCreateVolume['DriverOpts']) =>
    postVolume(calls, { name: volume.name, options, labels }, signal);
  try {
    return await post(toDriverOptions(volume));
  } catch (error) {
    if (!(error instanceof DockerError && NO_QUOTA.test(error.message))) throw error;
    return await post(toUnsizedOptions(volume));
  }
}

/** Answers with the volume that has the name, whoever made it. */
export async function postVolume(
  calls: EngineCalls,
  { name, options, labels }: NewVolume,
  signal: AbortSignal,
): Promise<WireVolume> {
  const body: WireCreateVolume = { Name: name, Driver: 'local', DriverOpts: options, Labels: labels };
  const purpose = `create volume ${name}`;
  return (await calls.answer({ method: 'POST', path: '/volumes/create', body, purpose }, signal)) as WireVolume;
}

interface NewVolume {
  readonly name: string;
  readonly options: WireCreateVolume['DriverOpts'];
  readonly labels: Labels;
}

/** Asked for a size by an engine whose file system has no project quota. */
const NO_QUOTA = /no quota support/i;

function throwUnlessSame({ Name, Labels }: WireVolume, wanted: Labels): void {
  const labels = Labels ?? {};
  if (labels[LABEL.owner] !== wanted[LABEL.owner]) throwNameTaken(Name, 'volume', labels[LABEL.owner]);
  if (IDENTITY.some((label) => labels[label] !== wanted[label])) throwHalfLabelled(Name, 'volume');
  if (labels[LABEL.volumeKind] !== wanted[LABEL.volumeKind]) throwOtherKind(Name, labels[LABEL.volumeKind]);
}

const IDENTITY = [LABEL.tenant, LABEL.application, LABEL.service, LABEL.instance, LABEL.volume] as const;

/** The folder on the host goes first: were it last, a crash would leave it to a later namesake. */
export async function removeVolume(
  calls: EngineCalls,
  { name, hostPath }: ActionOf<'remove-volume'>,
  signal: AbortSignal,
): Promise<void> {
  const present = await inspectVolume(calls, name, signal);
  if (present === undefined) return;
  if (hostPath !== '') {
    await throwIfUsed(calls, name, signal);
    await removeFolder(calls, { name, hostPath, owner: present.Labels?.[LABEL.owner] ?? '' }, signal);
  }
  try {
    await calls.answer({ method: 'DELETE', path: volumePath(name), purpose: `remove volume ${name}` }, signal);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

async function throwIfUsed(calls: EngineCalls, name: string, signal: AbortSignal): Promise<void> {
  const query = { all: '1', filters: JSON.stringify({ volume: [name] }) };
  const call = { method: 'GET', path: '/containers/json', query, purpose: `see who uses volume ${name}` } as const;
  const [user] = (await calls.answer(call, signal)) as readonly WireContainerRow[];
  if (user === undefined) return;
  throw new DockerError('conflict', `cannot remove volume ${name}: volume is in use by container ${user.Id}`);
}

/** Every volume of an owner, in the engine's own words. */
export async function listVolumes(
  calls: EngineCalls,
  owner: string,
  signal: AbortSignal,
): Promise<readonly WireVolume[]> {
  const query = { filters: JSON.stringify({ label: [`${LABEL.owner}=${owner}`] }) };
  const call = { method: 'GET', path: '/volumes', query, timeoutMs: LIST_TIMEOUT_MS } as const;
  const { Volumes } = (await calls.answer({ ...call, purpose: 'list volumes' }, signal)) as WireVolumes;
  return Volumes ?? [];
}

/** The engine's own words on a volume; undefined when there is none. */
export async function inspectVolume(
  calls: EngineCalls,
  name: string,
  signal: AbortSignal,
): Promise<WireVolume | undefined> {
  try {
    const call = { method: 'GET', path: volumePath(name), purpose: `inspect volume ${name}` } as const;
    return (await calls.answer(call, signal)) as WireVolume;
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

function volumePath(name: string): string {
  return `/volumes/${encodeURIComponent(name)}`;
}
