import { readFile, stat } from 'node:fs/promises';
import { fileReason } from './file-reason.ts';
import { FileProblems } from './placed-yaml/read-file.ts';

/** What a file says, as it is known now. */
export interface FollowedFile<T> {
  /** The same object until something changed. */
  current(): Promise<T>;
}

export interface FollowedFileOptions<T> {
  readonly file: string;
  /** `tokens file` */
  readonly what: string;
  /** @throws FileProblems */
  readonly parse: (text: string, file: string) => T;
  /** Told once of each new state of the file that cannot be used; what it said before stays in force. */
  readonly onProblem: (message: string) => void;
  /** ms, from any start; the default is the clock of the machine. */
  readonly now?: (() => number) | undefined;
}

const LOOK_EVERY_MS = 1000;

/**
 * A file that is read again when it changes: looked at once a second at most, and only when somebody asks.
 * @throws FileProblems when it cannot be read or used to begin with
 */
export async function followFile<T>(options: FollowedFileOptions<T>): Promise<FollowedFile<T>> {
  const { file, onProblem, now = () => performance.now() } = options;
  let { value, version } = await readNow(options);
  let lookedAt = now();
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const seen = await versionOf(file);
    if (seen === version) return;
    // Set before reading, so that what cannot be used is told of once.
    version = seen;
    try {
      ({ value, version } = await readNow(options));
    } catch (error) {
      if (!(error instanceof FileProblems)) throw error;
      onProblem(`${error.message}; the former entries stay in force`);
    }
  };

  return {
    current: async () => {
      if (looking === undefined && now() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = now();
        looking = look().finally(() => (looking = undefined));
      }
      await looking;
      return value;
    },
  };
}

async function readNow<T>({ file, what, parse }: FollowedFileOptions<T>): Promise<{ value: T; version: string }> {
  const version = await versionOf(file);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new FileProblems(`cannot read the ${what} ${file}: ${fileReason(error)}`);
  });
  return { value: parse(text, file), version };
}

/** Changes with the content; '' while there is no such file. */
async function versionOf(file: string): Promise<string> {
  const seen = await stat(file).catch(() => undefined);
  return seen === undefined ? '' : `${seen.mtimeMs} ${seen.size} ${seen.ino}`;
}
