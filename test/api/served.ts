import { createHash } from 'node:crypto';
import type { Logins } from '../../src/api/access/logins.ts';
import { onTestFinished } from 'vitest';
import { badRequest, unauthorized } from '../../src/api/errors.ts';
import { apiRoutes, type RouteOptions } from '../../src/api/routes.ts';
import { startApi, type Api, type ApiOptions } from '../../src/api/server.ts';
import type { Permission, TokenEntry } from '../../src/api/principal.ts';
import { createTokenDirectory } from '../../src/api/token-directory.ts';
import { createEventRing } from '../../src/journal/event-ring.ts';
import { createStore, type Snapshot, type Store } from '../../src/store/store.ts';

// The API on a real socket, with a token for each kind of caller.

export const TOKEN = { provider: 'token-of-the-provider', acme: 'token-of-acme', deaf: 'token-without-read' };
export type Caller = keyof typeof TOKEN | 'nobody';

const ENTRIES = [
  entry('provider', undefined, ['read']),
  entry('acme', 'acme', ['admin']),
  entry('deaf', undefined, ['logs', 'exec', 'operate']),
];

function entry(name: keyof typeof TOKEN, tenant: string | undefined, roles: readonly Permission[]): TokenEntry {
  return { name, tenant, roles: new Set(roles), hash: createHash('sha256').update(TOKEN[name]).digest() };
}

export interface Served {
  readonly origin: string;
  readonly store: Store;
  readonly errors: readonly unknown[];
  /** A request as the site provider, unless `as` says otherwise. */
  readonly ask: (path: string, init?: AskInit) => Promise<Answer>;
  readonly close: () => Promise<void>;
  readonly api: Api;
}

export interface AskInit {
  readonly as?: Caller;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of the text as JSON. */
  readonly body: unknown;
}

/** Where nobody can log in. */
export const NO_LOGINS: Logins = {
  login: () => Promise.reject(unauthorized('there are no users')),
  loginApprole: () => Promise.reject(unauthorized('there are no approles')),
  refresh: () => Promise.reject(badRequest('there are no sessions')),
};

/** What is not in snapshots, where a test does not care: nothing happened, nothing can be set in motion. */
export const ELSEWHERE: Omit<RouteOptions, 'version'> = {
  logins: NO_LOGINS,
  events: createEventRing({ capacity: 10, now: () => 0 }),
  runs: { list: () => [] },
  actions: { restart: () => Promise.resolve({ kind: 'not-placed' }) },
};

/** Serves the snapshot until the test is over. `server`: beyond, or instead of, what is usual. */
export async function serve(
  initial: Snapshot,
  elsewhere: Partial<RouteOptions> = {},
  server: Partial<ApiOptions> = {},
): Promise<Served> {
  const store = createStore(initial);
  const errors: unknown[] = [];
  const api = await startApi({
    store,
    tokens: createTokenDirectory(ENTRIES),
    listen: { host: '127.0.0.1', port: 0 },
    routes: apiRoutes({ version: '1.2.3', ...ELSEWHERE, ...elsewhere }),
    onError: (error) => void errors.push(error),
    ...server,
  });
  onTestFinished(() => api.close());
  const origin = `http://${api.address}`;
  const ask = async (path: string, { as = 'provider', headers = {}, ...init }: AskInit = {}): Promise<Answer> => {
    const authorization = as === 'nobody' ? {} : { authorization: `Bearer ${TOKEN[as]}` };
    const response = await fetch(origin + path, { ...init, headers: { ...authorization, ...headers } });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  return { origin, store, errors, ask, close: () => api.close(), api };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The body every error has. */
export function errorWith(message: unknown): unknown {
  return { errors: [{ 'error-message': message, 'error-info': {} }] };
}
