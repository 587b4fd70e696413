import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { ApiOptions } from '../../../src/api/pipeline/server.ts';
import { createSessions } from '../../../src/api/sessions/sessions.ts';
import { desiredSite } from '../../../src/desired/site.ts';
import { createAuditTrail } from '../../../src/journal/audit.ts';
import { createRuns } from '../../../src/journal/runs.ts';
import type { ApplicationSpec } from '../../../src/model/application-spec.ts';
import type { ResolvedCatalog } from '../../../src/model/catalog.ts';
import { UNTRIED } from '../../../src/reconcile/host-loop.ts';
import { createLatestViews } from '../../../src/reconcile/latest-views.ts';
import { createMirror } from '../../../src/reconcile/mirror.ts';
import { UNREAD } from '../../../src/reconcile/repository-loop.ts';
import { application, container, IMAGE, resolved, SANDBOX_IMAGE, service, siteContext } from '../../builders.ts';
import { FakeDocker } from '../../fakes/fake-docker.ts';
import { converge } from '../fleet.ts';
import { openSocket, protocolOf } from './socket-client.ts';
import { eventually } from '../../eventually.ts';
import { serve, TOKEN, type Caller } from '../served.ts';

// Instances on a fake engine, reached through the API on a real socket, with a client that is not the server's library.

export const BASE = '/v1/state/applications/shop/service-instances/web-1';
export const MAIN = `${BASE}/containers/main`;
/** The full names on the engine. */
export const ON_ENGINE = { main: 'acme.shop.web-1.main', sandbox: 'acme.shop.web-1' };

/** `web-1` runs; of `till-1` the init container `setup` is under way, and `main` is still to come. */
const SHOP = application('shop', {
  services: [service('web'), service('till', { 'init-containers': [container('setup')] })],
});

export interface ReachOptions {
  readonly specs?: readonly ApplicationSpec[];
  readonly catalog?: (catalog: ResolvedCatalog) => ResolvedCatalog;
  readonly limit?: number;
  readonly dryRun?: boolean;
  /** Beyond, or instead of, what is usual. */
  readonly server?: Partial<ApiOptions>;
}

/** Serves what runs until the test is over. */
export async function reach({ specs = [SHOP], limit, dryRun = false, server = {}, ...options }: ReachOptions = {}) {
  let time = Date.parse('2026-01-02T03:04:05.678Z');
  const now = () => time;
  const docker = new FakeDocker({ now });
  docker.engine.images.set(IMAGE, 'sha256:1').set(SANDBOX_IMAGE, 'sha256:2');
  const catalog = (options.catalog ?? ((as: ResolvedCatalog) => as))(resolved(specs));
  const desired = desiredSite(catalog, siteContext());
  const mirror = createMirror(docker, { host: 'local', owner: 'test', now });
  await converge(docker, { mirror, desired, clock: now });
  const views = createLatestViews({ site: { site: 'local', labels: {} }, host: 'local', now });
  views.showRepository({ ...UNREAD, catalog });
  const show = (fields: object = {}) =>
    views.showHost({
      ...UNTRIED,
      ...{ status: 'up', tried: true, host: 'local', desired, observed: mirror.snapshot() },
      ...fields,
    });
  show();
  const { audit, runs } = records(now);
  const sessions = createSessions({
    ...{ engine: docker, host: () => views.host(), owner: 'test', audit, runs, dryRun, now },
    ...(limit === undefined ? {} : { limit }),
  });
  const served = await serve(views.store.snapshot(), { sessions, audit, runs }, server);
  return {
    ...served,
    ...{ docker, audit, runs },
    /** The host is looked at again, or is said to be so. */
    async look(fields: object = {}) {
      await mirror.load(new AbortController().signal);
      show(fields);
      served.store.swap(views.store.snapshot());
    },
    /** What is missing on the host is made. */
    converge: () => converge(docker, { mirror, desired, clock: now }),
    pass: (ms: number) => void (time += ms),
    open: (path: string, { as = 'acme', ...init }: OpenInit = {}) =>
      openSocket(served.origin, path, { token: as === 'nobody' ? '' : TOKEN[as], ...init }),
    upgrade: (path: string, init: UpgradeInit = {}) => askUpgrade(served.origin, path, init),
    post: (path: string, body: unknown, as: Caller = 'acme') => post(served.origin, path, { body, as }),
  };
}

export type Reached = Awaited<ReturnType<typeof reach>>;

function records(now: () => number) {
  let count = 0;
  const random = () => String((count += 1)).padStart(8, '0');
  const shared = { now, random, capacity: 1_000, earlier: [], onProblem: () => undefined };
  const files = { write: async () => undefined, remove: async () => undefined };
  return {
    audit: createAuditTrail({ ...shared, files: { append: async () => undefined } }),
    runs: createRuns({ ...shared, files }),
  };
}

export interface OpenInit {
  readonly as?: Caller;
  readonly protocols?: readonly string[];
}

export interface UpgradeInit {
  readonly as?: Caller;
  readonly method?: string;
  /** undefined: the header is left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly trailers: NodeJS.Dict<string>;
}

/** The answer to a request for a WebSocket, in HTTP or 101. */
async function askUpgrade(origin: string, path: string, { as = 'acme', method = 'GET', headers }: UpgradeInit) {
  const all: Readonly<Record<string, string | undefined>> = {
    ...(as === 'nobody' ? {} : { authorization: `Bearer ${TOKEN[as]}` }),
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': protocolOf(path),
    ...headers,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const asked = request(origin + path, { method, headers: Object.fromEntries(given) });
  const answer = new Promise<RawAnswer>((resolve, reject) => {
    asked.on('response', (response) => void readWhole(response).then(resolve, reject));
    asked.on('upgrade', ({ statusCode = 0, headers: got }, socket) => {
      socket.destroy();
      resolve({ status: statusCode, headers: got, text: '', trailers: {} });
    });
    asked.on('error', reject);
  });
  asked.end();
  return answer;
}

async function readWhole(response: IncomingMessage): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode ?? 0, headers: response.headers, text, trailers: response.trailers };
}

interface PostInit {
  /** A text is sent as it is. */
  readonly body: unknown;
  readonly as: Caller;
}

async function post(origin: string, path: string, { body, as }: PostInit) {
  const asked = request(origin + path, {
    method: 'POST',
    headers: as === 'nobody' ? {} : { authorization: `Bearer ${TOKEN[as]}` },
  });
  asked.end(typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return readWhole(response);
}

/** The message of an error's body. */
export function messageOf({ text }: Pick<RawAnswer, 'text'>): string {
  const { errors } = JSON.parse(text) as { errors: readonly { 'error-message': string }[] };
  return errors[0]?.['error-message'] ?? '';
}

/** A count once it has stood still for a while. */
export async function settled(count: () => number): Promise<number> {
  let before: number | undefined;
  return eventually(async () => {
    const now = count();
    const isSame = now === before && now > 0;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (!isSame) throw new Error('it still moves');
    return now;
  });
}
