import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, type TokenEntry } from '../../src/api/principal.ts';
import { METHODS, pathsOf, type Method, type Route } from '../../src/api/route.ts';
import { apiRoutes } from '../../src/api/routes.ts';
import { startApi } from '../../src/api/server.ts';
import { createTokenDirectory } from '../../src/api/token-directory.ts';
import { createStore, type Snapshot } from '../../src/store/store.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { answerCheckOf } from './described.ts';
import { application, deployment, instance, plan, snapshot, stopStep } from './snapshot-builders.ts';

// Generated from the table of routes: two servers, alike but for a tenant that only one of them has. Whoever holds a
// token of another tenant must not be able to tell which of the two he talks to.

const ROUTES = apiRoutes({ version: '1.2.3', ...ELSEWHERE });
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
  host: ['local', 'none'],
  site: ['local', 'none'],
};
const QUERIES = [
  '',
  '?keys&version-list',
  '?count&version=1.0',
  '?fields=name,tenant&content=config',
  '?validate=true',
];

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
  withThem = await serve(WITH);
  withoutThem = await serve(WITHOUT);
});
afterAll(() => Promise.all(closing.map((close) => close())));

describe('for a token of another tenant', () => {
  it.each(cases())('$pattern tells nothing', async ({ pattern, route }) => {
    const asked = concrete(pattern).flatMap((path) =>
      METHODS.flatMap((method) =>
        queriesOf(route, method).flatMap((query) =>
          PERMISSIONS.map((role): Asked => ({ method, path: path + query, role })),
        ),
      ),
    );
    for (const request of asked) {
      const answer = await withThem(request);
      expect(answer, JSON.stringify(request)).toEqual(await withoutThem(request));
      expect(answer.text, JSON.stringify(request)).not.toMatch(/"tenant":"acme"|acme\.(?!shop\.web-1)/);
    }
    expect(asked.length).toBeGreaterThan(0);
  });

  it('every path that can be asked for is among them', () => {
    const parameters = ROUTES.flatMap(({ path }) => path.match(/(?<=:)[a-z]+/g) ?? []);
    expect(parameters.filter((name) => NAMES[name] === undefined)).toEqual([]);
  });
});

function cases() {
  return ROUTES.filter(({ audience }) => audience !== 'everybody').flatMap((route) =>
    pathsOf(route).map((pattern) => ({ pattern, route })),
  );
}

/** A method that the path does not have is refused whatever the query says; of a change only its flag counts. */
function queriesOf({ methods }: Route, method: Method): readonly string[] {
  if (methods[method] === undefined) return [''];
  return methods[method].onlyWith === undefined ? QUERIES : ['', `?${methods[method].onlyWith}=true`];
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

async function serve(initial: Snapshot): Promise<Ask> {
  const api = await startApi({
    store: createStore(initial),
    tokens: createTokenDirectory(ENTRIES),
    listen: { host: '127.0.0.1', port: 0 },
    routes: ROUTES,
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
