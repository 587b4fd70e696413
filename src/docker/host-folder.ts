import { headPath, putArchive } from './archive.ts';
import type { EngineCalls } from './calls.ts';
import { readLastLines } from './last-lines.ts';
import { DockerError } from './port.ts';
import { withShortLivedContainer, type ShortLivedContainer } from './short-lived-container.ts';

// Folders on an engine's host that hold a volume. The host may be another machine, so a short-lived helper container
// that mounts the folder's parent does the work. THE PARENT IS NEVER MADE: where it is missing, a disk is not mounted,
// and data would come to lie beneath it.

/** `name` is the folder's and the volume's name, `hostPath` where it lies. */
export interface HostFolder {
  readonly name: string;
  readonly hostPath: string;
  readonly owner: string;
}

/** How long a big tree may take to go. */
const REMOVAL_MS = 600_000;
const MOUNT = '/host';

/** Makes it, of root and with mode 0755, where it is missing; one that is there stays as it is. The helper never runs. */
export async function makeFolder(calls: EngineCalls, folder: HostFolder, signal: AbortSignal): Promise<void> {
  const { name } = folder;
  await withFolder(calls, { folder, cmd: [] }, signal, async (id) => {
    if ((await headPath(calls, { id, path: `${MOUNT}/${name}` }, signal)) !== undefined) return;
    await putArchive(
      calls,
      { id, path: MOUNT },
      [{ kind: 'directory', path: name, mode: 0o755, uid: 0, gid: 0 }],
      signal,
    );
  });
}

/** With everything in it. None is success. */
export async function removeFolder(calls: EngineCalls, folder: HostFolder, signal: AbortSignal): Promise<void> {
  const { name, hostPath } = folder;
  const purpose = `remove folder ${hostPath}/${name}`;
  await withFolder(calls, { folder, cmd: ['remove', MOUNT, name] }, signal, async (id) => {
    await calls.answer({ method: 'POST', path: `/containers/${id}/start`, purpose }, signal);
    const wait = { method: 'POST', path: `/containers/${id}/wait`, purpose, timeoutMs: REMOVAL_MS } as const;
    const { StatusCode } = (await calls.answer(wait, signal)) as { readonly StatusCode: number };
    if (StatusCode === 0) return;
    const [words = `exit code ${StatusCode}`] = await readLastLines(calls, { id }, signal);
    throw new DockerError('refused', `cannot ${purpose}: ${words}`);
  });
}

/** A helper with the folder's parent at `MOUNT`; `cmd` is what it would run. */
async function withFolder(
  calls: EngineCalls,
  { folder, cmd }: { readonly folder: HostFolder; readonly cmd: readonly string[] },
  signal: AbortSignal,
  use: (id: string) => Promise<void>,
): Promise<void> {
  try {
    await withShortLivedContainer(calls, helperOf(folder, cmd), signal, use);
  } catch (error) {
    throw error instanceof DockerError && NO_PARENT.test(error.message) ? missingParent(folder, error) : error;
  }
}

/** In the words of the engine. */
const NO_PARENT = /bind source path does not exist/i;

function missingParent({ name, hostPath }: HostFolder, cause: DockerError): DockerError {
  const words =
    `cannot reach the folder of volume ${name}: ${hostPath} is not there on the host of the engine; ` +
    'mount its disk or make it, or correct `path` of `local-volumes` in the file of the site';
  return new DockerError('refused', words, { cause });
}

/** `fairlead.<owner>.folder.<volume>`. It reads and removes what belongs to anybody, and nothing else. */
function helperOf({ owner, name, hostPath }: HostFolder, cmd: readonly string[]): ShortLivedContainer {
  const place = {
    Mounts: [{ Type: 'bind', Source: hostPath, Target: MOUNT }],
    CapAdd: ['DAC_OVERRIDE', 'FOWNER'],
  } as const;
  return { name: `fairlead.${owner}.folder.${name}`, owner, cmd, place };
}
