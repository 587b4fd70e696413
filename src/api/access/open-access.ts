import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeDurably } from '../../durable-file.ts';
import type { Principal } from '../protocol/principal.ts';
import { findHolder, toPrincipal, type TokenDirectory } from './token-directory.ts';
import type { AccessSource } from './access-source.ts';
import type { Access, ApproleEntry, UserEntry } from './access.ts';
import { createRateLimit } from './rate-limit.ts';
import { createLane } from './lane.ts';
import { createLogins, type LoginOutcome, type Logins } from './logins.ts';
import { parseSessions, type Session } from './session-records.ts';
import { createSessions } from './sessions.ts';
import { createSignedTokens } from './signed-tokens.ts';

/** How many logins may fail for an address: ten at once, and one more every half a minute. */
export const FAILED_LOGINS = { atOnce: 10, refillMs: 30_000 } as const;

export interface OpenAccessOptions {
  readonly source: AccessSource;
  /** Holds `sessions.json`; must be there before somebody logs in. */
  readonly stateDir: string;
  /** Of a token from a login, in ms. */
  readonly lifetimeMs: number;
  /** ms since 1970 */
  readonly now: () => number;
  /** ms, from any start: for what must not change when the clock is put right. */
  readonly elapsed: () => number;
  /** Told of what an operator should know, and nobody else; no secret is in it. */
  readonly onProblem: (message: string) => void;
  readonly onLogin: (outcome: LoginOutcome) => void;
  /** Ends questions to issuers. */
  readonly signal: AbortSignal;
}

export interface OpenedAccess {
  readonly tokens: TokenDirectory;
  readonly logins: Logins;
}

/** Half of the threads Node has for files and the like: passwords must not bar their way. */
const AT_ONCE = 2;
const WAITING = 16;

/** Who may use the API, by tokens of the file, tokens from logins, and signed tokens of issuers. */
export async function openAccess(options: OpenAccessOptions): Promise<OpenedAccess> {
  const { source, stateDir, lifetimeMs, now, elapsed, onProblem, onLogin, signal } = options;
  const file = path.join(stateDir, 'sessions.json');
  const write = (text: string) => writeDurably(file, text);
  const initial = await readSessions(file, onProblem);
  const sessions = createSessions({ initial, lifetimeMs, now, write, onProblem });
  const signedTokens = createSignedTokens({ now, elapsed, onProblem, signal });
  let latest: Access | undefined;
  const current = async (): Promise<Access> => {
    const access = await source.current();
    // Ended for good: an entry that comes back later does not bring its sessions back.
    if (access !== latest) sessions.retain((session) => entryOf(session, access) !== undefined);
    return (latest = access);
  };
  const lane = createLane({ atOnce: AT_ONCE, waiting: WAITING });
  const failures = createRateLimit(elapsed, FAILED_LOGINS);
  return {
    logins: createLogins({ access: current, sessions, failures, lane, tell: onLogin }),
    tokens: {
      find: async (token) => {
        const access = await current();
        // Signed tokens last: an issuer that does not answer keeps nobody else waiting.
        return (
          findHolder(access.tokens, token) ??
          holderOf(sessions.find(token), access) ??
          signedTokens.find(access.issuers, token)
        );
      },
    },
  };
}

/** The entry a session comes from, if it is still as it was. */
function entryOf({ kind, name, stamp }: Session, { users, approles }: Access): UserEntry | ApproleEntry | undefined {
  const entries = kind === 'user' ? users : approles;
  return entries.find((entry) => entry.name === name && entry.stamp === stamp);
}

function holderOf(session: Session | undefined, access: Access): Principal | undefined {
  const entry = session && entryOf(session, access);
  return entry && toPrincipal(entry);
}

async function readSessions(file: string, onProblem: (message: string) => void): Promise<readonly Session[]> {
  try {
    const sessions = parseSessions(await readFile(file, 'utf8'));
    if (sessions === undefined) onProblem(`${file} is not readable, everybody has to log in again`);
    return sessions ?? [];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    onProblem(`${file} cannot be read, everybody has to log in again`);
    return [];
  }
}
