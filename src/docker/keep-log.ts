import { logSizeLabel } from '../model/log-labels.ts';
import { LABEL } from '../model/names.ts';
import type { LogToKeep } from '../model/plan.ts';
import { putArchive } from './archive.ts';
import type { EngineCalls } from './calls.ts';
import { isRefusal } from './docker-errors.ts';
import { countBytes, dropBytes, inChunks, readRecords } from './log-records.ts';
import { throwNameTaken } from './name-taken.ts';
import { removeLeftBehind, withShortLivedContainer, type ShortLivedContainer } from './short-lived-container.ts';
import { inspectVolume, removeVolume } from './volumes.ts';
import type { WireCreateVolume } from './wire-files.ts';

const CHUNK_BYTES = 1024 ** 2;
const MOUNT = '/log';

interface Keeping {
  /** Of a container that has ended: its log grows no more. */
  readonly id: string;
  readonly log: LogToKeep;
}

/**
 * See DockerPort.keepLog. The log is read twice, first for its size: the volume says how big it is, and labels are given
 * once. Nothing of it is held but a chunk, however big it is.
 */
export async function keepLog(calls: EngineCalls, { id, log }: Keeping, signal: AbortSignal): Promise<void> {
  const span = { id, since: log.since };
  const bytes = await sizeOf(readRecords(calls, span, signal));
  if (bytes === 0) return;
  const helper = helperOf(log);
  await removeLeftBehind(calls, helper, signal);
  await removeFormer(calls, log, signal);
  const surplus = log.maxBytes === 0 ? 0 : Math.max(0, bytes - log.maxBytes);
  await createVolume(calls, log, bytes - surplus, signal);
  await withShortLivedContainer(calls, helper, signal, async (helperId) => {
    const records = dropBytes(readRecords(calls, span, signal), surplus);
    await writeFiles(calls, helperId, inChunks(records, CHUNK_BYTES), signal);
  });
}

/** 0 for what the engine does not show: its driver cannot be read, its file is broken, the container is dead or gone. */
async function sizeOf(records: AsyncIterable<Buffer>): Promise<number> {
  try {
    return await countBytes(records);
  } catch (error) {
    if (isRefusal(error, 400, 404, 409, 500, 501)) return 0;
    throw error;
  }
}

/** What an interrupted copy left: the container is still there, so nothing is lost. */
async function removeFormer(calls: EngineCalls, { volume, labels }: LogToKeep, signal: AbortSignal): Promise<void> {
  const present = await inspectVolume(calls, volume, signal);
  if (present === undefined) return;
  const holder = present.Labels?.[LABEL.owner];
  if (holder !== labels[LABEL.owner]) throwNameTaken(volume, 'volume', holder);
  await removeVolume(calls, { kind: 'remove-volume', name: volume, hostPath: '' }, signal);
}

async function createVolume(
  calls: EngineCalls,
  { volume, labels }: LogToKeep,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  const Labels = { ...labels, ...logSizeLabel(bytes) };
  const body: WireCreateVolume = { Name: volume, Driver: 'local', DriverOpts: {}, Labels };
  await calls.answer({ method: 'POST', path: '/volumes/create', body, purpose: `create volume ${volume}` }, signal);
}

/** `000001`, `000002`, …: in the order of their names they are the log. */
async function writeFiles(
  calls: EngineCalls,
  helperId: string,
  chunks: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  let written = 0;
  for await (const data of chunks) {
    written += 1;
    const path = String(written).padStart(6, '0');
    const file = { kind: 'file', path, data, mode: 0o644, uid: 0, gid: 0 } as const;
    await putArchive(calls, { id: helperId, path: MOUNT }, [file], signal);
  }
}

function helperOf({ volume, labels }: LogToKeep): ShortLivedContainer {
  const owner = labels[LABEL.owner] ?? '';
  const mount = { Type: 'volume', Source: volume, Target: MOUNT, ReadOnly: false } as const;
  const place = { Mounts: [{ ...mount, VolumeOptions: { NoCopy: true } }] };
  return { name: `fairlead.${owner}.log.${volume}`, owner, cmd: [], place };
}
