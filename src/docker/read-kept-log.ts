import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { LABEL } from '../model/names.ts';
import { logFromLabels } from '../model/log-labels.ts';
import { getArchive } from './archive.ts';
import type { EngineCalls } from './calls.ts';
import { armDeadline } from './deadline.ts';
import { toDockerError } from './docker-errors.ts';
import { joinEntries } from './log-entries.ts';
import { toEntries } from './log-records.ts';
import { DockerError, type KeptLogOptions, type LogRecord } from './port.ts';
import { makeShortLivedContainer, type MadeContainer, type ShortLivedContainer } from './short-lived-container.ts';
import { inspectVolume, removeVolume } from './volumes.ts';

/** So long nobody holds a volume without taking a line of it: meanwhile it cannot be removed. */
const SILENCE_MS = 60_000;
const MOUNT = '/log';

interface Reading extends KeptLogOptions {
  readonly volume: string;
}

/** See DockerPort.readKeptLog. Read as fast as the records are taken; nothing of it is held but a record. */
export async function* readKeptLog(
  calls: EngineCalls,
  { volume, owner, since = -Infinity, until = Infinity }: Reading,
  signal: AbortSignal,
): AsyncIterable<LogRecord> {
  const purpose = `read the kept log ${volume}`;
  const deadline = armDeadline(signal, SILENCE_MS);
  let helper: MadeContainer | undefined;
  try {
    helper = await mount(calls, { volume, owner, purpose }, deadline.signal);
    // Whoever takes no line is not waited for with this.
    const { id, remove } = helper;
    deadline.signal.addEventListener('abort', () => void remove(), { once: true });
    const archive = await getArchive(calls, { id, path: MOUNT }, deadline.signal);
    for await (const record of joinEntries(toEntries(contentsOf(archive)))) {
      const at = Date.parse(record.time);
      if (at >= since && at <= until) yield record;
      deadline.extend();
    }
  } catch (error) {
    if (signal.aborted) return;
    throw toDockerError(deadline.signal.aborted ? deadline.signal.reason : error, purpose, calls.endpoint);
  } finally {
    deadline.disarm();
    await helper?.remove();
  }
}

interface Mounting extends Pick<Reading, 'volume' | 'owner'> {
  readonly purpose: string;
}

/** A container that has the volume and never runs. An engine makes a volume that is not there: that one goes again. */
async function mount(
  calls: EngineCalls,
  { volume, owner, purpose }: Mounting,
  signal: AbortSignal,
): Promise<MadeContainer> {
  const gone = new DockerError('conflict', `cannot ${purpose}: there is no such log`);
  if (!(await isKept(calls, { volume, owner }, signal))) throw gone;
  const helper = await makeShortLivedContainer(calls, helperOf(volume, owner), signal);
  try {
    if (await isKept(calls, { volume, owner }, signal)) return helper;
  } catch (error) {
    await helper.remove();
    throw error;
  }
  await helper.remove();
  await removeVolume(calls, { kind: 'remove-volume', name: volume, hostPath: '' }, signal);
  throw gone;
}

async function isKept(
  calls: EngineCalls,
  { volume, owner }: Pick<Reading, 'volume' | 'owner'>,
  signal: AbortSignal,
): Promise<boolean> {
  const labels = (await inspectVolume(calls, volume, signal))?.Labels ?? {};
  return labels[LABEL.owner] === owner && logFromLabels(volume, labels) !== undefined;
}

/** Several may read one log at a time. */
function helperOf(volume: string, owner: string): ShortLivedContainer {
  const mounted = { Type: 'volume', Source: volume, Target: MOUNT, ReadOnly: true } as const;
  const place = { Mounts: [{ ...mounted, VolumeOptions: { NoCopy: true } }] };
  return { name: `fairlead.${owner}.read-log.${randomBytes(6).toString('hex')}`, owner, cmd: [], place };
}

/** What is in the files of an archive, in their order, as it comes. */
async function* contentsOf(archive: Readable): AsyncIterable<Buffer> {
  const files = extract();
  archive.once('error', (error) => files.destroy(error));
  archive.pipe(files);
  try {
    for await (const file of files) for await (const bytes of file) yield bytes as Buffer;
  } finally {
    archive.destroy();
  }
}
