import { createHash, randomBytes } from 'node:crypto';
import { formatSessions, type Session } from './session-records.ts';

/** The tokens that logins gave out and that are still good. Only their hashes are known here. */
export interface Sessions {
  /** A new token for an entry; kept when this resolves, so that it outlives the daemon. */
  open(entry: Pick<Session, 'kind' | 'name' | 'stamp'>): Promise<OpenedSession>;
  find(token: string): Session | undefined;
  /** Ends the others, for good. */
  retain(isGood: (session: Session) => boolean): void;
}

export interface OpenedSession {
  readonly token: string;
  readonly session: Session;
}

export interface SessionsOptions {
  /** From before the daemon started. */
  readonly initial: readonly Session[];
  readonly lifetimeMs: number;
  /** ms since 1970 */
  readonly now: () => number;
  /** Replaces what is kept; never called twice at once. */
  readonly write: (text: string) => Promise<void>;
  /** Told when sessions cannot be kept; they are good all the same while the daemon runs. */
  readonly onProblem: (message: string) => void;
}

/** Of one entry, so that it cannot push out the sessions of others; and all together. The oldest end first. */
export const MOST_SESSIONS = { ofOne: 1000, together: 10_000 } as const;

export function createSessions({ initial, lifetimeMs, now, write, onProblem }: SessionsOptions): Sessions {
  // By token hash, in the order they were opened in.
  const sessions = new Map(initial.map((session) => [session.tokenHash, session]));
  const endWhere = (isOver: (session: Session) => boolean): boolean => {
    const before = sessions.size;
    for (const session of sessions.values()) if (isOver(session)) sessions.delete(session.tokenHash);
    return sessions.size < before;
  };
  const keep = createKeeper(async () => {
    endWhere(({ expires }) => expires <= now());
    await write(formatSessions([...sessions.values()]));
  }, onProblem);
  const makeRoom = ({ kind, name }: Pick<Session, 'kind' | 'name'>): void => {
    const own = [...sessions.values()].filter((session) => session.kind === kind && session.name === name);
    const [oldest] = own.length >= MOST_SESSIONS.ofOne ? own : sessions.values();
    const isFull = own.length >= MOST_SESSIONS.ofOne || sessions.size >= MOST_SESSIONS.together;
    if (isFull && oldest !== undefined) sessions.delete(oldest.tokenHash);
  };
  return {
    open: async ({ kind, name, stamp }) => {
      const token = randomBytes(32).toString('base64url');
      const created = now();
      const session = { tokenHash: hashOf(token), kind, name, stamp, created, expires: created + lifetimeMs };
      makeRoom(session);
      sessions.set(session.tokenHash, session);
      await keep();
      return { token, session };
    },
    find: (token) => {
      const session = sessions.get(hashOf(token));
      return session !== undefined && session.expires > now() ? session : undefined;
    },
    retain: (isGood) => {
      if (endWhere((session) => !isGood(session))) void keep();
    },
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** One write at a time; what changes meanwhile goes with the next, for all who wait together. */
function createKeeper(write: () => Promise<void>, onProblem: (message: string) => void): () => Promise<void> {
  let failed = false;
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const attempt = async (): Promise<void> => {
    try {
      await write();
      failed = false;
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
      if (!failed) onProblem(`sessions cannot be kept, they end with the daemon: ${reason}`);
      failed = true;
    }
  };
  return () => {
    next ??= running.then(() => {
      next = undefined;
      return (running = attempt());
    });
    return next;
  };
}
