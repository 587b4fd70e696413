import { SANDBOX_FILES, type DesiredFiles } from '../model/desired.ts';
import { formatTold, noteTold, parseTold } from '../model/files.ts';
import { LABEL, type Role } from '../model/names.ts';
import type { ObservedFiles } from '../model/observed.ts';
import type { ActionOf, FilesNote } from '../model/plan.ts';
import { headLink, headPath, putArchive, type TarEntry } from './archive.ts';
import type { EngineCalls } from './calls.ts';
import { exec } from './exec.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { DockerError, type DockerPort } from './port.ts';
import { runCommand } from './run-command.ts';
import type { WireContainer } from './wire.ts';

// Config maps inside their volumes (contract 8.12): a folder `..<hash>` a generation, the link `..data` to the one that
// counts, a link a file to `..data/<name>`, and the link `..told`. The sandbox has them all and switches atomically.

const DATA = '..data';
const TOLD = '..told';
/** What the sandbox's program says of a generation that is not there. */
const MISSING = 2;
/** Links looked for at a time: an engine mounts every volume of the container for each look. */
const LOOKS = 8;

/** See DockerPort. All of it may be done again after a crash at any moment. */
export function openFiles(calls: EngineCalls): Pick<DockerPort, 'writeFiles' | 'announceFiles'> {
  // NOTES OF ONE INSTANCE ARE TAKEN ONE AFTER THE OTHER: each is read, added to and written back.
  const notes = createKeyedQueue();
  return {
    writeFiles: (action, signal) => writeFiles(calls, action, signal),
    announceFiles: async (action, signal) => {
      if (action.cmd.length > 0) await tell(calls, action, signal);
      await notes(action.sandboxId, () => noteAll(calls, action, signal));
    },
  };
}

async function writeFiles(
  calls: EngineCalls,
  { id, files }: ActionOf<'write-files'>,
  signal: AbortSignal,
): Promise<void> {
  const { directory, generation } = files;
  const present = await readVolume(calls, { id, directory }, signal);
  // A generation readers may be in is never written to: its name says that it holds what it should.
  if (present.generation !== generation) {
    const links = await missingLinks(calls, { id, files }, signal);
    await putArchive(calls, { id, path: directory }, [...toGeneration(files), ...links], signal);
  }
  await execSandbox(calls, id, ['switch', directory, generation], signal);
}

async function tell(
  calls: EngineCalls,
  { name, id, cmd }: ActionOf<'announce-files'>,
  signal: AbortSignal,
): Promise<void> {
  const what = `the command of ${name} for changed files`;
  await runCommand((inTime) => exec(calls, id, cmd, inTime), what, signal);
}

async function noteAll(
  calls: EngineCalls,
  { sandboxId, notes }: ActionOf<'announce-files'>,
  signal: AbortSignal,
): Promise<void> {
  for (const note of notes) await noteInVolume(calls, sandboxId, note, signal);
}

/**
 * What the `files` volumes of a running sandbox hold, by their names in the specification; {} for anything else. One that
 * cannot be read is left out: ONE BROKEN VOLUME MUST NOT HIDE A HOST. It is then written again, which is harmless when it
 * holds what it should, and else says what is wrong with it.
 */
export async function readFiles(
  calls: EngineCalls,
  wire: WireContainer,
  signal: AbortSignal,
): Promise<Readonly<Record<string, ObservedFiles>>> {
  const isSandbox = wire.Config.Labels?.[LABEL.role] === ('sandbox' satisfies Role);
  if (!isSandbox || wire.State.Status !== 'running') return {};
  const directories = (wire.Mounts ?? [])
    .map(({ Destination }) => Destination)
    .filter((path) => path.startsWith(`${SANDBOX_FILES}/`))
    .sort();
  const read = async (directory: string) => {
    const held = await readVolume(calls, { id: wire.Id, directory }, signal).catch(missingUnlessAway);
    return held === undefined ? [] : [[directory.slice(SANDBOX_FILES.length + 1), held] as const];
  };
  return Object.fromEntries((await Promise.all(directories.map(read))).flat());
}

function missingUnlessAway(error: unknown): undefined {
  if (error instanceof DockerError && error.code !== 'unreachable') return undefined;
  throw error;
}

interface Place {
  readonly id: string;
  readonly directory: string;
}

async function readVolume(calls: EngineCalls, { id, directory }: Place, signal: AbortSignal): Promise<ObservedFiles> {
  const [data, told] = await Promise.all(
    [DATA, TOLD].map((link) => headLink(calls, id, `${directory}/${link}`, signal)),
  );
  const generation = below(directory, data?.target);
  return {
    generation: generation.includes('/') ? '' : generation,
    switchedAt: data?.changedAt ?? 0,
    told: parseTold(below(directory, told?.target)),
  };
}

/** A relative link as it was written: the engine tells where it leads. */
function below(directory: string, target = ''): string {
  return target.startsWith(`${directory}/`) ? target.slice(directory.length + 1) : '';
}

/** One that is there stays: replaced, it would be gone for a moment. */
async function missingLinks(
  calls: EngineCalls,
  { id, files }: Pick<ActionOf<'write-files'>, 'id' | 'files'>,
  signal: AbortSignal,
): Promise<readonly TarEntry[]> {
  const look = async ({ name }: { readonly name: string }): Promise<readonly TarEntry[]> => {
    const present = await headPath(calls, { id, path: `${files.directory}/${name}` }, signal);
    return present === undefined ? [{ kind: 'link', path: name, target: `${DATA}/${name}` }] : [];
  };
  const found: TarEntry[] = [];
  for (let at = 0; at < files.files.length; at += LOOKS) {
    found.push(...(await Promise.all(files.files.slice(at, at + LOOKS).map(look))).flat());
  }
  return found;
}

function toGeneration({ generation, files }: DesiredFiles): readonly TarEntry[] {
  const folder: TarEntry = { kind: 'directory', path: generation, mode: 0o755, uid: 0, gid: 0 };
  return [folder, ...files.map((file): TarEntry => ({ ...file, kind: 'file', path: `${generation}/${file.name}` }))];
}

async function noteInVolume(
  calls: EngineCalls,
  sandboxId: string,
  { directory, container, generation }: FilesNote,
  signal: AbortSignal,
): Promise<void> {
  const { told } = await readVolume(calls, { id: sandboxId, directory }, signal);
  const text = formatTold(noteTold(told, container, generation));
  await execSandbox(calls, sandboxId, ['link', directory, TOLD, text], signal);
}

async function execSandbox(
  calls: EngineCalls,
  id: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { exitCode, output } = await exec(calls, id, ['/sandbox', ...words], signal);
  if (exitCode === 0) return;
  const code = exitCode === MISSING ? 'conflict' : 'refused';
  throw new DockerError(code, `cannot ${words.slice(0, 2).join(' ')} in container ${id}: ${output.trim()}`);
}
