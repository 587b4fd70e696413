import { createHash, scryptSync } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openAccessFile } from '../../../src/api/access/access-source.ts';
import type { LoginOutcome } from '../../../src/api/access/logins.ts';
import { openAccess } from '../../../src/api/access/open-access.ts';
import { apiRoutes } from '../../../src/api/routes.ts';
import { startApi } from '../../../src/api/pipeline/server.ts';
import { createStore } from '../../../src/store/store.ts';
import { answerCheckOf } from '../described.ts';
import { ELSEWHERE } from '../elsewhere.ts';
import { application, snapshot } from '../snapshot-builders.ts';

// The API with a tokens file, a state folder and a clock of its own.

/** As it stands in a tokens file, of a token or a secret-id. */
export function hashOf(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex')}`;
}

/** Of a password, made in a moment: what real ones cost would make tests slow. */
export function cheapHash(password: string): string {
  const salt = Buffer.alloc(16, 'salt');
  const hash = scryptSync(password, salt, 32, { cost: 1024, blockSize: 8, parallelization: 1 });
  return `$scrypt$ln=10,r=8,p=1$${base64(salt)}$${base64(hash)}`;
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

export interface ServedAccess {
  readonly origin: string;
  /** The body is sent as JSON, or as it is if it is a text. */
  readonly post: (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<PostAnswer>;
  /** Status of a GET with a bearer token; by default of a path everybody with the role `read` may see. */
  readonly statusWith: (token: string, path?: string) => Promise<number>;
  readonly outcomes: readonly LoginOutcome[];
  /** What operators were told. */
  readonly problems: readonly string[];
  readonly pass: (ms: number) => void;
  /** Puts the clock right, or wrong: no time passes. ms since 1970 */
  readonly setClock: (ms: number) => void;
  readonly rewrite: (entries: object) => Promise<void>;
  readonly stateDir: string;
  readonly close: () => Promise<void>;
}

export interface PostAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly text: string;
  readonly token: string;
  /** What the one error says. */
  readonly error: string | undefined;
}

export const START = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
export const LIFETIME_MS = 3_600_000;

/** Serves `acme.shop` and `other.blog` to whom the entries let in, until the test is over. */
export async function serveAccess(entries: object, former?: ServedAccess): Promise<ServedAccess> {
  const stateDir = former?.stateDir ?? (await makeFolder());
  const file = path.join(stateDir, 'tokens.json');
  let time = START;
  let elapsed = 0;
  let modified = 1_700_000_000;
  const rewrite = async (content: object) => {
    await writeFile(file, JSON.stringify(content));
    modified += 1;
    await utimes(file, modified, modified);
    pass(1000);
  };
  const pass = (ms: number) => {
    time += ms;
    elapsed += ms;
  };
  await rewrite(entries);
  time = START;
  const clocks = { now: () => time, elapsed: () => elapsed };
  const [outcomes, problems, controller] = [[] as LoginOutcome[], [] as string[], new AbortController()];
  const onProblem = (message: string) => void problems.push(message);
  const { tokens, logins } = await openAccess({
    source: await openAccessFile({ file, onProblem, now: clocks.elapsed }),
    ...{ stateDir, lifetimeMs: LIFETIME_MS, ...clocks, onProblem, signal: controller.signal },
    onLogin: (outcome) => void outcomes.push(outcome),
  });
  const api = await startApi({
    store: createStore(snapshot({ applications: [application('acme.shop'), application('other.blog')] })),
    tokens,
    listen: { host: '127.0.0.1', port: 0 },
    routes: apiRoutes({ ...ELSEWHERE, version: '1.2.3', logins }),
    onError: (error) => void problems.push(String(error)),
  });
  const close = async () => {
    controller.abort();
    await api.close();
  };
  onTestFinished(close);
  const origin = `http://${api.address}`;
  return {
    ...{ origin, outcomes, problems, rewrite, stateDir, close },
    post: (to, body, headers = {}) => post(origin + to, body, headers),
    statusWith: async (token, from = '/v1/state/applications') =>
      (await fetch(origin + from, { headers: { authorization: `Bearer ${token}` } })).status,
    pass,
    setClock: (ms) => void (time = ms),
  };
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-access-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const checkAnswer = answerCheckOf(apiRoutes({ version: '1.2.3', ...ELSEWHERE }));

async function post(url: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<PostAnswer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  // Bytes, so that no content type is sent unless a test says one.
  const bytes = text === undefined ? {} : { body: Buffer.from(text) };
  const response = await fetch(url, { method: 'POST', headers, ...bytes });
  const answer = await response.text();
  const contentType = response.headers.get('content-type') ?? '';
  const { pathname, search } = new URL(url);
  checkAnswer({ method: 'POST', path: pathname + search, status: response.status, contentType, text: answer });
  const fields = toRecord(answer);
  const [error] = Array.isArray(fields['errors']) ? (fields['errors'] as unknown[]) : [];
  return {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
    text: answer,
    token: typeof fields['token'] === 'string' ? fields['token'] : '',
    error: error === undefined ? undefined : (error as { 'error-message': string })['error-message'],
  };
}

function toRecord(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
