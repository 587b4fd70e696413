import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Principal, TokenEntry } from './principal.ts';
import { parseTokens, TokensError } from './tokens.ts';

export interface TokenDirectory {
  /** Who holds the token; undefined: nobody. */
  find(token: string): Promise<Principal | undefined>;
}

/** A directory that never changes. */
export function createTokenDirectory(entries: readonly TokenEntry[]): TokenDirectory {
  return { find: (token) => Promise.resolve(findEntry(entries, token)) };
}

/** Every entry is compared, each in constant time, so that the time an answer takes tells nothing. */
function findEntry(entries: readonly TokenEntry[], token: string): Principal | undefined {
  const hash = createHash('sha256').update(token).digest();
  return entries.filter((entry) => timingSafeEqual(entry.hash, hash))[0];
}

export interface TokenFileOptions {
  readonly file: string;
  /** Told once of each new state of the file that cannot be used; the former tokens stay in force. */
  readonly onProblem: (message: string) => void;
  /** ms, from any start; the default is the clock of the machine. */
  readonly now?: () => number;
}

const LOOK_EVERY_MS = 1000;

/**
 * The directory of a tokens file, read again when the file changes.
 * @throws TokensError when it cannot be used to begin with
 */
export async function openTokenFile(options: TokenFileOptions): Promise<TokenDirectory> {
  const { file, onProblem, now = () => performance.now() } = options;
  let { entries, version } = await readTokens(file);
  let lookedAt = now();
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const seen = await versionOf(file);
    if (seen === version) return;
    // Set before reading, so that what cannot be used is told of once.
    version = seen;
    try {
      ({ entries, version } = await readTokens(file));
    } catch (error) {
      if (!(error instanceof TokensError)) throw error;
      onProblem(`${error.message}; the former tokens stay in force`);
    }
  };

  return {
    find: async (token) => {
      if (looking === undefined && now() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = now();
        looking = look().finally(() => (looking = undefined));
      }
      await looking;
      return findEntry(entries, token);
    },
  };
}

async function readTokens(file: string): Promise<{ entries: readonly TokenEntry[]; version: string }> {
  const version = await versionOf(file);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new TokensError(`cannot read the tokens file ${file}: ${reasonOf(error)}`);
  });
  return { entries: parseTokens(text, file), version };
}

/** Changes with the content; '' while there is no such file. */
async function versionOf(file: string): Promise<string> {
  const seen = await stat(file).catch(() => undefined);
  return seen === undefined ? '' : `${seen.mtimeMs} ${seen.size} ${seen.ino}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
