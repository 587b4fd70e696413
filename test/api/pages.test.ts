import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { keyPaths } from '../key-paths.ts';
import { PAGES, type Page } from './pages.ts';
import { SAMPLE, sampleSnapshot } from './sample-snapshot.ts';
import { serve, type Answer, type AskInit, type Served } from './served.ts';

// The pages' own clients work here: each path with each of its parameters, codes and the keys of its sample.

const SNAPSHOT = await sampleSnapshot();
const MISSING_YET: readonly string[] = ['ingress', 'ingress.interface', 'ingress.ips', 'ingress.dns-records'];

describe.each(PAGES)('$method $path', (page) => {
  it.each(page.query.map((name) => [name]))('knows the parameter %s', async (name) => {
    const { ask } = await serve(SNAPSHOT);
    await PARAMETERS[name]!((query, init) => ask(`${fine(page)}?${query}`, { ...request(page), ...init }), page);
  });

  it.each(page.codes.map((code) => [code]))('answers %i', async (code) => {
    const { ask } = await serve(SNAPSHOT);
    const answer = await PROVOKED[code]!(ask, page);
    expect(answer.status).toBe(code);
    if (code >= 400) expect(answer.body).toMatchObject({ errors: [{ 'error-info': {} }] });
  });

  if (page.sample === 'none') return;
  it('shows every key of its sample', async () => {
    const { ask } = await serve(SNAPSHOT);
    const { body } = await ask(page.path);
    const shown: unknown = Array.isArray(body) ? body[0] : body;
    const found = new Set(keyPaths(shown));
    const missing = keyPaths(await sampleOf(page.sample)).filter((path) => !found.has(path));
    expect(missing.map((path) => path.replace('service-instances[].', ''))).toEqual(
      page.sample === 'application' ? [] : MISSING_YET,
    );
  });
});

type Ask = (query: string, init?: AskInit) => Promise<Answer>;

/** Of each query parameter, what it has to do. */
const PARAMETERS: Readonly<Record<string, (ask: Ask, page: Page) => Promise<void>>> = {
  async fields(ask) {
    const { body } = await ask('fields=name');
    for (const one of Array.isArray(body) ? body : [body]) expect(Object.keys(one as object)).toEqual(['name']);
  },
  async keys(ask) {
    const { body } = await ask('keys=true');
    expect(body).toEqual([expect.stringMatching(/^(myapp|(acme\.myapp\.)?mysvc-1)$/), ...(body as unknown[]).slice(1)]);
    expect((await ask('keys=')).body).toEqual(body);
  },
  async count(ask) {
    const { body } = await ask('count=true');
    expect(body).toBe(((await ask('keys=true')).body as unknown[]).length);
  },
  async site(ask) {
    expect((await ask('site=local')).text).toBe((await ask('')).text);
    expect((await ask('site=moon')).status).toBe(404);
  },
  async content(ask) {
    const [config, seen] = [await ask('content=config'), await ask('content=nonconfig')];
    expect(config.text).not.toContain('"oper-status"');
    expect(config.text).toContain('"replicas"');
    expect(seen.text).toContain('"oper-status"');
    expect(seen.text).not.toContain('"replicas"');
  },
  async validate(ask, { method }) {
    const { status } = await ask('validate=true');
    expect(status).toBe({ GET: 200, POST: 201, PUT: 204, PATCH: 204, DELETE: 204 }[method]);
    if (method !== 'GET') expect((await ask('')).status).toBe(405);
  },
  async 'version-list'(ask) {
    for (const query of ['version-list=true', 'revision-list=true', 'revision='])
      expect((await ask(query)).body).toEqual(['2.4.2']);
  },
  async version(ask) {
    expect((await ask('version=2.4.2')).body).toMatchObject({ version: '2.4.2' });
    expect((await ask('version=0.1')).status).toBe(404);
  },
};

type Provoke = (ask: Served['ask'], page: Page) => Promise<Answer>;

/** Of each code, how it comes about. */
const PROVOKED: Readonly<Record<number, Provoke>> = {
  200: (ask, { path }) => ask(path),
  201: (ask, page) => ask(`${page.path.replace(/myapp$/, 'other')}?validate=true`, request(page, { name: 'other' })),
  204: (ask, page) => ask(`${fine(page)}?validate=true`, request(page)),
  400: (ask, page) => {
    if (page.method === 'GET') return ask(`${page.path}?fields=[`);
    // An application that is deployed cannot just go.
    if (page.method === 'DELETE') return ask(`${page.path}?validate=true`, request(page));
    return ask(`${page.path}?validate=true`, { ...request(page), body: '{"x": [' });
  },
  401: (ask, page) => ask(`${page.path}?validate=true`, { ...request(page), as: 'nobody' }),
  403: (ask, page) => ask(`${page.path}?validate=true`, { ...request(page), as: 'deaf' }),
  404: (ask, page) => {
    const other = page.path.replace(/acme|myapp/, 'none');
    return ask(`${other}?validate=true${other === page.path ? '&site=moon' : ''}`, request(page));
  },
  409: (ask, page) => ask(`${page.path}?validate=true`, request(page, { name: 'myapp' })),
  412: (ask, page) => {
    const { headers, ...rest } = request(page);
    return ask(`${fine(page)}?validate=true`, { ...rest, headers: { ...headers, 'if-match': '"another"' } });
  },
};

/** The page's path where the method has nothing against it: what is deployed cannot just go. */
function fine({ method, path }: Page): string {
  return method === 'DELETE' ? path.replace(/myapp$/, 'spare') : path;
}

/** A request as the page describes it, with a body that is fine. */
function request({ method }: Page, { name = method === 'POST' ? 'other' : 'myapp' } = {}): AskInit {
  if (method === 'GET' || method === 'DELETE') return { method };
  const body = {
    name,
    version: '3.0',
    services: [{ name: 'mysvc', containers: [{ name: 'mydb', image: 'mydb:3.3' }] }],
  };
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

async function sampleOf(sample: Page['sample']): Promise<unknown> {
  if (sample === 'application') return parse(await readFile(SAMPLE, 'utf8'));
  const state = parse(await readFile(new URL('../status/fixtures/sample-state.yaml', import.meta.url), 'utf8')) as {
    'service-instances': readonly object[];
  };
  if (sample === 'application-state') return state;
  const [instance] = state['service-instances'];
  return sample === 'instance' ? instance : { tenant: '', application: '', ...instance };
}
