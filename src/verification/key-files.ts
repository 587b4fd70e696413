import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileReason } from '../file-reason.ts';
import { KeyFileError, parseTrustedKeys, type KeyFile, type TrustedKeys } from '../signatures/trusted-keys.ts';

/** The keys whose signatures count, as they are known now. */
export interface KeySource {
  /** The same object until something changed. Costs a look at each file's times. */
  current(): Promise<TrustedKeys>;
}

export interface KeyFilesOptions {
  /** Files, and folders whose files all count. */
  readonly paths: readonly string[];
  /** Told once of each new state of the files that cannot be used; the former keys stay in force. */
  readonly onProblem: (message: string) => void;
}

/** Nobody trusts that many people: a folder that holds more is another one than was meant. */
const MAX_FILES = 1000;
const MAX_BYTES = 1024 * 1024;

/**
 * The keys of files, read again when these change.
 * @throws KeyFileError naming the one that is missing, empty or cannot be read, to begin with
 */
export async function openKeyFiles({ paths, onProblem }: KeyFilesOptions): Promise<KeySource> {
  let version = await versionOf(await listFiles(paths));
  let keys = await readKeys(paths);
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    try {
      const files = await listFiles(paths);
      const seen = await versionOf(files);
      if (seen === version) return;
      // Set before reading: what cannot be used is told of once, and what changes meanwhile is another version.
      version = seen;
      keys = await readKeys(paths);
    } catch (error) {
      if (!(error instanceof KeyFileError)) throw error;
      tell(error.message);
    }
  };
  let told = '';
  const tell = (message: string) => {
    const fresh = `${version}\n${message}`;
    if (fresh !== told) onProblem(`${message}; the former keys stay in force`);
    told = fresh;
  };

  return {
    current: async () => {
      looking ??= look().finally(() => (looking = undefined));
      await looking;
      return keys;
    },
  };
}

async function readKeys(paths: readonly string[]): Promise<TrustedKeys> {
  const files: KeyFile[] = [];
  for (const file of await listFiles(paths)) files.push({ file, text: await readText(file) });
  return await parseTrustedKeys(files);
}

/** In the order they are named, those of a folder by name. What begins with a dot is nobody's key (`..data`). */
async function listFiles(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const one of paths) found.push(...(await filesOf(one)));
  if (found.length > MAX_FILES) throw new KeyFileError(`there are more than ${MAX_FILES} files with trusted keys`);
  return found;
}

async function filesOf(one: string): Promise<readonly string[]> {
  if (!(await lookAt(one)).isDirectory()) return [one];
  const names = (await readdir(one).catch((error: unknown) => cannotRead(one, error))).toSorted();
  const files = names.filter((name) => !name.startsWith('.')).map((name) => path.join(one, name));
  if (files.length === 0) throw new KeyFileError(`the folder ${one} holds no file with trusted keys`);
  return files;
}

async function readText(file: string): Promise<string> {
  const seen = await lookAt(file);
  if (!seen.isFile()) throw new KeyFileError(`${file} is no file; only files with public keys belong there`);
  if (seen.size > MAX_BYTES) throw new KeyFileError(`${file} is too large for a file of keys (at most 1 MiB)`);
  return await readFile(file, 'utf8').catch((error: unknown) => cannotRead(file, error));
}

async function lookAt(file: string) {
  return await stat(file).catch((error: unknown) => cannotRead(file, error));
}

function cannotRead(file: string, error: unknown): never {
  throw new KeyFileError(`cannot read the trusted keys in ${file}: ${fileReason(error)}`);
}

/** Changes with the content of any of the files, and when one comes or goes. */
async function versionOf(files: readonly string[]): Promise<string> {
  const seen = await Promise.all(
    files.map(async (file) => {
      const { mtimeMs, size, ino } = await lookAt(file);
      return `${file} ${mtimeMs} ${size} ${ino}`;
    }),
  );
  return seen.join('\n');
}
