import { readFile, stat } from 'node:fs/promises';
import type { TokenEntry } from '../principal.ts';
import { parseAccess, TokensError } from './access-file.ts';
import type { Access } from './access.ts';

/** Who may use the API, as it is known now. */
export interface AccessSource {
  /** The same object until something changed. */
  current(): Promise<Access>;
}

/** Nobody but the holders of these tokens, for ever. */
export function onlyTokens(tokens: readonly TokenEntry[]): AccessSource {
  const access: Access = { tokens, users: [], approles: [], issuers: [] };
  return { current: () => Promise.resolve(access) };
}

export interface AccessFileOptions {
  readonly file: string;
  /** Told once of each new state of the file that cannot be used; the former entries stay in force. */
  readonly onProblem: (message: string) => void;
  /** ms, from any start; the default is the clock of the machine. */
  readonly now?: () => number;
}

const LOOK_EVERY_MS = 1000;

/**
 * What a tokens file says, read again when the file changes.
 * @throws TokensError when it cannot be used to begin with
 */
export async function openAccessFile(options: AccessFileOptions): Promise<AccessSource> {
  const { file, onProblem, now = () => performance.now() } = options;
  let { access, version } = await readAccess(file);
  let lookedAt = now();
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const seen = await versionOf(file);
    if (seen === version) return;
    // Set before reading, so that what cannot be used is told of once.
    version = seen;
    try {
      ({ access, version } = await readAccess(file));
    } catch (error) {
      if (!(error instanceof TokensError)) throw error;
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
      return access;
    },
  };
}

async function readAccess(file: string): Promise<{ access: Access; version: string }> {
  const version = await versionOf(file);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new TokensError(`cannot read the tokens file ${file}: ${reasonOf(error)}`);
  });
  return { access: parseAccess(text, file), version };
}

/** Changes with the content; '' while there is no such file. */
async function versionOf(file: string): Promise<string> {
  const seen = await stat(file).catch(() => undefined);
  return seen === undefined ? '' : `${seen.mtimeMs} ${seen.size} ${seen.ino}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
