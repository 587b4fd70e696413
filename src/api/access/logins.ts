import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError, badRequest, unauthorized } from '../protocol/errors.ts';
import type { Access, ApproleEntry, UserEntry } from './access.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Lane } from './lane.ts';
import { decoyOf, verifyPassword } from './password-hash.ts';
import type { OpenedSession, Sessions } from './sessions.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Where it is given it has to be the user's. */
  readonly tenant: string | undefined;
}

export interface ApproleCredentials {
  /** Absent: the secret-id says who it is. So does one that is the secret-id itself (avassa-reference 7.6). */
  readonly roleId: string | undefined;
  readonly secretId: string;
}

/** Gives out tokens. Every refusal of credentials is the same 401, whatever is wrong with them. */
export interface Logins {
  /** @throws ApiError 401, 429 */
  login(credentials: Credentials, address: string): Promise<OpenedSession>;
  /** @throws ApiError 401, 429 */
  loginApprole(credentials: ApproleCredentials, address: string): Promise<OpenedSession>;
  /** Another token for who has one from a login; the old one stays good for its time. @throws ApiError 400 */
  refresh(token: string): Promise<OpenedSession>;
}

/** What the log is told; never what was typed. */
export interface LoginOutcome {
  readonly outcome: 'accepted' | 'refused' | 'limited';
  readonly address: string;
  /** Of the entry, once it is sure. */
  readonly name?: string;
}

export interface LoginsOptions {
  readonly access: () => Promise<Access>;
  readonly sessions: Sessions;
  readonly failures: RateLimit;
  /** Passwords are costly to verify. */
  readonly lane: Lane;
  readonly tell: (outcome: LoginOutcome) => void;
}

export function createLogins({ access, sessions, failures, lane, tell }: LoginsOptions): Logins {
  const admit = async (
    address: string,
    identify: () => Promise<UserEntry | ApproleEntry | undefined>,
  ): Promise<OpenedSession> => {
    const limit = failures.begin(address);
    if (limit !== undefined) {
      if (limit.isNew) tell({ outcome: 'limited', address });
      throw tooMany('too many failed logins from this address', limit.waitMs);
    }
    const entry = await identify();
    if (entry === undefined) {
      tell({ outcome: 'refused', address });
      throw unauthorized('the credentials are not right');
    }
    failures.succeed(address);
    tell({ outcome: 'accepted', address, name: entry.name });
    return sessions.open(entry);
  };

  return {
    login: (credentials, address) =>
      admit(address, async () => {
        const { users } = await access();
        const found = lane(() => findUser(users, credentials));
        if (found !== undefined) return found;
        failures.succeed(address);
        throw tooMany('too many logins at once', BUSY_MS);
      }),
    loginApprole: (credentials, address) =>
      admit(address, async () => findApprole((await access()).approles, credentials)),
    refresh: (token) => {
      const session = sessions.find(token);
      if (session === undefined) throw badRequest('only a token from a login can be refreshed');
      return sessions.open(session);
    },
  };
}

const BUSY_MS = 1000;

function tooMany(reason: string, waitMs: number): ApiError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new ApiError(429, `${reason}, try again in ${seconds} s`, { headers: { 'retry-after': String(seconds) } });
}

/** Somebody who is not there takes as long as somebody who is. */
async function findUser(users: readonly UserEntry[], credentials: Credentials): Promise<UserEntry | undefined> {
  const { username, password, tenant } = credentials;
  const user = users.find(({ name }) => name === username);
  const isMeant = user !== undefined && (tenant === undefined || tenant === user.tenant);
  const [first] = users;
  if (first === undefined) return undefined;
  const isRight = await verifyPassword(password, isMeant ? user.password : decoyOf(first.password));
  return isMeant && isRight ? user : undefined;
}

/** Every entry is compared, each in constant time. */
function findApprole(
  approles: readonly ApproleEntry[],
  { roleId, secretId }: ApproleCredentials,
): ApproleEntry | undefined {
  const hash = createHash('sha256').update(secretId).digest();
  const [entry] = approles.filter(({ secretHash }) => timingSafeEqual(secretHash, hash));
  const isMeant = roleId === undefined || roleId === secretId || roleId === entry?.roleId;
  return isMeant ? entry : undefined;
}
