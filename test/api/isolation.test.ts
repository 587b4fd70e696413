import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, type TokenEntry } from '../../src/api/protocol/principal.ts';
import { METHODS, pathsOf, type Method, type Route } from '../../src/api/protocol/route.ts';
import { apiRoutes } from '../../src/api/routes.ts';
import { startApi } from '../../src/api/pipeline/server.ts';
import { createTokenDirectory } from '../../src/api/access/token-directory.ts';
import { createEventRing } from '../../src/journal/event-ring.ts';
import type { RunDocument } from '../../src/journal/run-document.ts';
import type { AuditRecord } from '../../src/status/document-types.ts';
import type { EventDocument } from '../../src/status/event-document.ts';
import { createStore, type Snapshot } from '../../src/store/store.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { answerCheckOf } from './described.ts';
import { application, deployment, instance, plan, snapshot, stopStep } from './snapshot-builders.ts';

// Generated from the table of routes: two servers, alike but for a tenant that only one of them has. Whoever holds a
// token of another tenant must not be able to tell which of the two he talks to.

const BETA = { kind: 'restart', trigger: 'api', tenant: 'beta', application: 'till' } as const;
const OURS_RUN: RunDocument = {
  ...BETA,
  id: 'run-of-beta',
  'started-at': '2026-01-02T03:04:05.678Z',
  outcome: 'running',
};
const THEIR_RUN: RunDocument = { ...OURS_RUN, id: 'run-of-acme', tenant: 'acme' };
const OUR_RECORD: AuditRecord = {
  ...{ id: 'record-of-beta', action: 'exec', site: 'local', tenant: 'beta', application: 'till' },
  ...{ 'service-instance': 'web-1', container: 'nginx', 'started-at': '2026-01-02T03:04:05.678Z' },
};
const THEIR_RECORD: AuditRecord = { ...OUR_RECORD, id: 'record-of-acme', tenant: 'acme' };
const NOBODYS_RUN: RunDocument = {
  id: 'run-of-nobody',
  kind: 'webhook',
  trigger: 'github',
  outcome: 'running',
  'started-at': '2026-01-02T03:04:05.678Z',
};

/** The routes of a world with somebody, or without: what happened to them, and what they asked for. */
function routesOf(theirs: boolean): readonly Route[] {
  const told = (facts: Omit<EventDocument, 'type' | 'message' | 'id'>, id: number): EventDocument => ({
    id: String(id),
    type: 'container-status',
    message: 'running',
    ...facts,
  });
  const place = { time: '2026-01-02T03:04:05.678Z', site: 'local' };
  const ours = told({ ...place, tenant: 'beta', application: 'shop' }, 1);
  const others = [told({ ...place, tenant: 'acme', application: 'shop' }, 2), told({ ...place, host: 'acme.host' }, 3)];
  const earlier = theirs ? [ours, ...others] : [ours];
  return apiRoutes({
    ...ELSEWHERE,
    version: '1.2.3',
    events: createEventRing({ capacity: 10, now: () => 0, earlier }),
    runs: { list: () => (theirs ? [THEIR_RUN, OURS_RUN, NOBODYS_RUN] : [OURS_RUN]) },
    audit: { list: () => (theirs ? [THEIR_RECORD, OUR_RECORD] : [OUR_RECORD]) },
  });
}

const ROUTES = routesOf(true);
const checkAnswer = answerCheckOf(ROUTES);

const OURS = [application('beta.till'), application('beta.shop', { spec: { version: '7.0' } })];
const THEIRS = [
  application('acme.shop', { state: { 'service-instances': [instance('web-1')] } }),
  application('acme.blog'),
];
const REST = { deployments: [deployment('beta.till')], plan: plan() };
const WITHOUT = snapshot({ ...REST, applications: OURS });
const WITH = snapshot({
  applications: [...THEIRS, ...OURS],
  deployments: [deployment('acme.shop'), ...REST.deployments],
  plan: plan({ steps: [stopStep('acme.shop.web-1.nginx')] }),
});

/** What may stand in a path: things that acme alone has, that both have, and that nobody has. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  tenant: ['acme', 'nobody', 'beta'],
  application: ['shop', 'blog', 'none'],
  deployment: ['shop', 'none'],
  instance: ['web-1', 'acme.shop.web-1', 'none-1'],
  container: ['nginx'],
  host: ['local', 'none'],
  site: ['local', 'none'],
  revision: ['8b13789', 'none'],
  run: ['run-of-acme', 'run-of-nobody', 'run-of-beta', 'none'],
};
/** Besides none. A role that is refused without a query is refused with any. */
const QUERIES = ['?keys&version-list', '?count&version=1.0', '?fields=name,tenant&content=config', '?validate=true'];
const REFUSALS: readonly number[] = [401, 403];
const WIDEST = 'admin' satisfies (typeof PERMISSIONS)[number];

const ENTRIES: readonly TokenEntry[] = PERMISSIONS.map((role) => ({
  name: role,
  tenant: 'beta',
  roles: new Set([role]),
  hash: createHash('sha256').update(tokenOf(role)).digest(),
}));

function tokenOf(role: string): string {
  return `token-of-beta-to-${role}`;
}

let withThem: Ask;
let withoutThem: Ask;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  withThem = await serve(WITH, ROUTES);
  withoutThem = await serve(WITHOUT, routesOf(false));
});
afterAll(() => Promise.all(closing.map((close) => close())));

describe('for a token of another tenant', () => {
  it.each(cases())('$pattern tells nothing', async ({ pattern, route }) => {
    for (const [number, path] of concrete(pattern).entries()) {
      for (const method of METHODS) {
        // A method that the path does not have is refused to all alike, whatever the path names.
        const isThere = route.methods[method] !== undefined;
        for (const role of isThere || number === 0 ? PERMISSIONS : [WIDEST]) {
          const { status } = await tellsNothing({ method, path, role });
          if (!isThere || REFUSALS.includes(status)) continue;
          for (const query of queriesOf(route, method)) await tellsNothing({ method, path: path + query, role });
        }
      }
    }
    expect(concrete(pattern).length).toBeGreaterThan(0);
  });

  it('every path that can be asked for is among them', () => {
    const parameters = ROUTES.flatMap(({ path }) => path.match(/(?<=:)[a-z]+/g) ?? []);
    expect(parameters.filter((name) => NAMES[name] === undefined)).toEqual([]);
  });
});

async function tellsNothing(request: Asked): Promise<{ readonly status: number }> {
  const answer = await withThem(request);
  expect(answer, JSON.stringify(request)).toEqual(await withoutThem(request));
  expect(answer.text, JSON.stringify(request)).not.toMatch(/"tenant":"acme"|acme\.(?!shop\.web-1)/);
  return answer;
}

function cases() {
  return ROUTES.filter(({ audience }) => audience !== 'everybody').flatMap((route) =>
    pathsOf(route).map((pattern) => ({ pattern, route })),
  );
}

/** Of a change only its flag counts. */
function queriesOf({ methods }: Route, method: Method): readonly string[] {
  const flag = methods[method]?.onlyWith;
  return flag === undefined ? QUERIES : [`?${flag}=true`];
}

/** The pattern with every combination of names in it. */
function concrete(pattern: string): readonly string[] {
  const [hole] = /:[a-z]+/.exec(pattern) ?? [];
  if (hole === undefined) return [pattern];
  return (NAMES[hole.slice(1)] ?? []).flatMap((name) => concrete(pattern.replace(hole, name)));
}

interface Asked {
  readonly method: Method;
  readonly path: string;
  readonly role: string;
}

type Ask = (asked: Asked) => Promise<{ readonly status: number; readonly text: string }>;

async function serve(initial: Snapshot, routes: readonly Route[]): Promise<Ask> {
  const api = await startApi({
    store: createStore(initial),
    tokens: createTokenDirectory(ENTRIES),
    listen: { host: '127.0.0.1', port: 0 },
    routes,
  });
  closing.push(() => api.close());
  return async ({ method, path, role }: Asked) => {
    const headers = { authorization: `Bearer ${tokenOf(role)}`, 'content-type': 'application/json' };
    const body = method === 'GET' ? {} : { body: '{"name":"shop"}' };
    const response = await fetch(`http://${api.address}${path}`, { method, headers, ...body });
    const told = [...response.headers].filter(([name]) => name !== 'date');
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    checkAnswer({ method, path, status: response.status, contentType, text });
    return { status: response.status, headers: told, text };
  };
}
