import { followFile } from '../../followed-file.ts';
import type { TokenEntry } from '../protocol/principal.ts';
import { parseAccess } from './access-file.ts';
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

/**
 * What a tokens file says, read again when the file changes.
 * @throws FileProblems when it cannot be used to begin with
 */
export function openAccessFile(options: AccessFileOptions): Promise<AccessSource> {
  return followFile({ ...options, what: 'tokens file', parse: parseAccess });
}
