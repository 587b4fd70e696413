import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { apiRoutes, type RouteOptions } from '../../src/api/routes.ts';
import { startApi, type Api, type ApiOptions } from '../../src/api/pipeline/server.ts';
import type { Permission, TokenEntry } from '../../src/api/protocol/principal.ts';
import { createTokenDirectory } from '../../src/api/access/token-directory.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { answerCheckOf } from './described.ts';
import { createStore, type Snapshot, type Store } from '../../src/store/store.ts';

// The API on a real socket, with a token for each kind of caller.

export const TOKEN = {
  provider: 'token-of-the-provider',
  acme: 'token-of-acme',
  deaf: 'token-without-read',
  // With one role each.
  ...{ exec: 'token-to-exec', logs: 'token-for-logs', operate: 'token-to-operate' },
};
export type Caller = keyof typeof TOKEN | 'nobody';

export const ENTRIES: readonly TokenEntry[] = [
  entry('provider', undefined, ['read']),
  entry('acme', 'acme', ['admin']),
  entry('deaf', undefined, ['logs', 'exec', 'operate']),
  ...(['exec', 'logs', 'operate'] as const).map((role) => entry(role, 'acme', [role])),
];

function entry(name: keyof typeof TOKEN, tenant: string | undefined, roles: readonly Permission[]): TokenEntry {
  return { name, tenant, roles: new Set(roles), hash: createHash('sha256').update(TOKEN[name]).digest() };
}

export interface Served {
  readonly origin: string;
  readonly store: Store;
  readonly errors: readonly unknown[];
  /** A request as the site provider, unless `as` says otherwise. The answer has to be one that the API describes. */
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

/** Serves the snapshot until the test is over. `server`: beyond, or instead of, what is usual. */
export async function serve(
  initial: Snapshot,
  elsewhere: Partial<RouteOptions> = {},
  server: Partial<ApiOptions> = {},
): Promise<Served> {
  const store = createStore(initial);
  const errors: unknown[] = [];
  const routes = apiRoutes({ version: VERSION, ...ELSEWHERE, ...elsewhere });
  const api = await startApi({
    store,
    tokens: createTokenDirectory(ENTRIES),
    listen: { host: '127.0.0.1', port: 0 },
    routes,
    onError: (error) => void errors.push(error),
    ...server,
  });
  onTestFinished(() => api.close());
  const origin = `http://${api.address}`;
  // Routes that a test brings along are described nowhere.
  const checkAnswer = server.routes === undefined ? answerCheckOf(routes) : () => undefined;
  const ask = async (
    path: string,
    { as = 'provider', headers = {}, method = 'GET', body }: AskInit = {},
  ): Promise<Answer> => {
    const authorization = as === 'nobody' ? {} : { authorization: `Bearer ${TOKEN[as]}` };
    const init = { method, headers: { ...authorization, ...headers }, ...(body === undefined ? {} : { body }) };
    const response = await fetch(origin + path, init);
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    checkAnswer({ method, path, status: response.status, contentType, text });
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  return { origin, store, errors, ask, close: () => api.close(), api };
}

const VERSION = '1.2.3';

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
