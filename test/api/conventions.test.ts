import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { application, plan, snapshot } from './snapshot-builders.ts';
import { errorWith, serve } from './served.ts';

const SERVICES = [{ name: 'web', containers: [{ name: 'nginx', image: 'nginx:1.27' }] }];
const ACME = snapshot({ applications: [application('acme.blog'), application('acme.shop')] });
const APPLICATIONS = '/v1/state/applications';

describe('a body', () => {
  it('is JSON by default, for */* and for what the API does not speak', async () => {
    const { ask } = await serve(ACME);
    for (const accept of ['*/*', 'application/json', 'text/html', 'application/yaml;q=0.5, application/json', ';;,']) {
      const answer = await ask(APPLICATIONS, { headers: { accept } });
      expect(answer.headers.get('content-type'), accept).toBe('application/json; charset=utf-8');
      expect(answer.body).toHaveLength(2);
    }
  });

  it('is YAML for who accepts that: lists, single things, names and errors', async () => {
    const { ask } = await serve(ACME);
    for (const accept of ['application/yaml', 'application/x-yaml', 'text/yaml', 'application/yaml, */*;q=0.1'])
      for (const path of [APPLICATIONS, `${APPLICATIONS}/shop`, `${APPLICATIONS}?keys`, `${APPLICATIONS}/none`]) {
        const answer = await ask(path, { headers: { accept } });
        expect(answer.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
        expect(parse(answer.text)).toEqual((await ask(path)).body);
      }
  });

  it('of an empty list is an empty list in YAML too', async () => {
    const { ask } = await serve(snapshot());
    expect((await ask(APPLICATIONS, { headers: { accept: 'application/yaml' } })).text).toBe('[]\n');
  });

  it('follows a changed entry, and only that', async () => {
    const { ask, store } = await serve(ACME);
    await ask(APPLICATIONS);
    const broken = application('acme.blog', { state: { 'oper-status': 'error' } });
    store.swap({ ...ACME, applications: new Map([...ACME.applications, ['acme.blog', broken]]) });
    expect((await ask(APPLICATIONS)).body).toMatchObject([{ 'oper-status': 'error' }, { 'oper-status': 'running' }]);
  });

  it('of what did not change is not made anew', async () => {
    const shop = application('acme.shop');
    let made = 0;
    const counting = { ...shop.state, toJSON: () => ((made += 1), shop.state) };
    const { ask } = await serve(snapshot({ applications: [{ ...shop, state: counting }] }));
    await ask(APPLICATIONS, { as: 'acme' });
    await ask(APPLICATIONS, { as: 'acme' });
    expect(made).toBe(1);
  });
});

describe('a query', () => {
  it.each([
    ['keys', ['blog', 'shop']],
    ['keys=', ['blog', 'shop']],
    ['keys=true&count=true&fields=name', ['blog', 'shop']],
    ['count', 2],
    ['count=1&keys=false', 2],
    ['fields=name', [{ name: 'blog' }, { name: 'shop' }]],
    ['fields=[name]', [{ name: 'blog' }, { name: 'shop' }]],
    ['fields=nothing', [{}, {}]],
    ['fields=version,service-instances/[name,containers/id]&site=local', [INSTANCE_IDS(), INSTANCE_IDS()]],
  ])('?%s', async (query, expected) => {
    const { ask } = await serve(ACME);
    expect((await ask(`${APPLICATIONS}?${query}`)).body).toEqual(expected);
  });

  it('for keys or count of a single thing shows the thing', async () => {
    const { ask } = await serve(ACME);
    expect((await ask(`${APPLICATIONS}/shop?keys&count&fields=name`)).body).toEqual({ name: 'shop' });
  });

  it('that cannot be understood is 400', async () => {
    const { ask } = await serve(ACME);
    const queries = [
      'fields=',
      'fields=a,',
      'fields=[a',
      'fields=a]',
      'fields=a/',
      'content=x',
      'site=local&site=local',
    ];
    for (const query of [...queries, `fields=${'a/'.repeat(2000)}a`, `fields=${'['.repeat(2000)}`])
      expect((await ask(`${APPLICATIONS}?${query}`)).status, query).toBe(400);
  });

  it('for a site that is not known is 404', async () => {
    const { ask } = await serve(ACME);
    expect(await ask(`${APPLICATIONS}?site=moon`)).toMatchObject({ status: 404, body: errorWith('no site moon') });
  });
});

function INSTANCE_IDS() {
  return { version: '1.0', 'service-instances': [{ name: 'web-1', containers: [{ id: '189d9234f12c' }] }] };
}

describe('a path', () => {
  it('tells its methods to who asks by OPTIONS', async () => {
    const { ask } = await serve(ACME);
    const answer = await ask('/v1/state/applications/shop', { method: 'OPTIONS' });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  it('is the same with trailing and doubled slashes', async () => {
    const { ask } = await serve(ACME);
    for (const path of [
      '/v1/state/applications/shop/',
      '//v1//state/applications///shop//',
      '/v1/state/applications/shop/?x',
    ])
      expect((await ask(path)).status, path).toBe(200);
  });

  it('that is not there is 404 for every method', async () => {
    const { ask } = await serve(ACME);
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PROPFIND'])
      expect((await ask('/v1/state/unknown', { method })).status).toBe(404);
    expect((await ask('/')).body).toEqual(errorWith('no such path: /'));
  });
});

describe('a change of configuration', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'by %s is refused with the way to go, its body unread',
    async (method) => {
      const { ask } = await serve(ACME);
      const bodies = method === 'DELETE' ? {} : { body: 'name: shop', headers: { 'content-type': 'application/yaml' } };
      for (const path of ['applications', 'applications/new', 'tenants/acme/application-deployments/x']) {
        const answer = await ask(`/v1/config/${path}`, { method, ...bodies });
        expect(answer.status).toBe(405);
        expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
        expect(answer.body).toMatchObject({
          errors: [{ 'error-message': 'configuration is changed by committing to the repository' }],
        });
      }
    },
  );

  it('is refused before its body is looked at, however odd', async () => {
    const { ask } = await serve(ACME);
    const body = '{'.repeat(2_000_000);
    for (const type of ['nonsense', 'application/json', 'text/plain; charset=x']) {
      const init = { method: 'PUT', body, headers: { 'content-type': type } };
      expect((await ask('/v1/config/applications/shop', init)).status, type).toBe(405);
      expect((await ask('/v1/config/applications/shop', { ...init, as: 'nobody' })).status, type).toBe(401);
    }
  });

  it('is refused elsewhere as well', async () => {
    const { ask } = await serve(ACME);
    for (const path of ['/v1/state/applications', '/v1/state/repository', '/healthz'])
      expect(await ask(path, { method: 'POST' })).toMatchObject({ status: 405 });
  });
});

describe('HEAD', () => {
  it('tells what GET would, without the body', async () => {
    const { ask } = await serve(ACME);
    const get = await ask('/v1/config/applications/shop');
    const head = await ask('/v1/config/applications/shop', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, text: '' });
    for (const name of ['content-type', 'content-length', 'etag'])
      expect(head.headers.get(name), name).toBe(get.headers.get(name));
    expect((await ask('/v1/config/applications/none', { method: 'HEAD' })).status).toBe(404);
  });
});

describe('a configuration resource', () => {
  it('has a tag: 304 for who has it already', async () => {
    const { ask } = await serve(ACME);
    for (const path of ['/v1/config/applications', '/v1/config/applications/shop']) {
      const tag = (await ask(path)).headers.get('etag') ?? '';
      for (const given of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const answer = await ask(path, { headers: { 'if-none-match': given } });
        expect(answer, given).toMatchObject({ status: 304, text: '' });
        expect(answer.headers.has('content-length'), given).toBe(false);
        expect(answer.headers.get('etag')).toBe(tag);
      }
      expect((await ask(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    }
  });

  it('has a tag of its own in YAML, and either names its version', async () => {
    const { ask } = await serve(ACME);
    const path = '/v1/config/applications/shop';
    const yaml = { accept: 'application/yaml' };
    const [json, other] = [await ask(path), await ask(path, { headers: yaml })];
    const [tag, yamlTag] = [json, other].map(({ headers }) => headers.get('etag')!) as [string, string];
    expect(yamlTag).not.toBe(tag);
    expect((await ask(path, { headers: { ...yaml, 'if-none-match': tag } })).status).toBe(200);
    expect((await ask(path, { headers: { ...yaml, 'if-none-match': yamlTag } })).status).toBe(304);
    for (const given of [tag, yamlTag]) expect((await ask(path, { headers: { 'if-match': given } })).status).toBe(200);
  });

  it('is 412 for who expects another one', async () => {
    const { ask } = await serve(ACME);
    const match = (tag: string) => ask('/v1/config/applications/shop', { headers: { 'if-match': tag } });
    expect((await match('"tag-of-acme.shop"')).status).toBe(200);
    expect((await match('*')).status).toBe(200);
    expect((await match('"other"')).status).toBe(412);
    expect((await match('W/"tag-of-acme.shop"')).status).toBe(412);
  });

  it('has another list tag once one of the list changed', async () => {
    const { ask, store } = await serve(ACME);
    const before = (await ask('/v1/config/applications')).headers.get('etag');
    const changed = { ...application('acme.shop'), configTag: 'new' };
    store.swap({ ...ACME, applications: new Map([...ACME.applications, ['acme.shop', changed]]) });
    expect((await ask('/v1/config/applications')).headers.get('etag')).not.toBe(before);
  });
});

describe('the versions of an application', () => {
  const versions = ['1.0', '0.9'].map((version) => ({ name: 'shop', version, services: SERVICES }));
  const path = '/v1/config/applications/shop';

  it('have tags of their own: of the list once one is found, of each once its text changed', async () => {
    const { ask, store } = await serve(snapshot({ applications: [application('acme.shop', { versions })] }));
    const tag = async (query: string) => (await ask(`${path}${query}`)).headers.get('etag');
    const queries = ['', '?version-list', '?version=1.0', '?version=0.9'];
    const before = await Promise.all(queries.map(tag));
    expect(new Set(before).size).toBe(4);
    const found = [...versions, { name: 'shop', version: '0.8', services: SERVICES }];
    store.swap(snapshot({ applications: [application('acme.shop', { versions: found })] }));
    expect(await tag('?version-list')).not.toBe(before[1]);
    expect(await tag('?version=0.9')).toBe(before[3]);
    const given = { headers: { 'if-none-match': before[3]! } };
    expect((await ask(`${path}?version=0.9`, given)).status).toBe(304);
  });
});

describe('the connection', () => {
  it('answers what is no HTTP with 400', async () => {
    const { origin } = await serve(ACME);
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write('nonsense\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toEqual(errorWith('the request is not valid HTTP'));
  });

  it('ends at once when the API closes', async () => {
    const { origin, close } = await serve(ACME);
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    const ended = once(socket.resume(), 'close');
    await close();
    await ended;
  });

  it('tells a client nothing of an error that should not happen', async () => {
    const { ask, store, errors } = await serve(ACME);
    store.swap({ ...ACME, plan: plan({ blocked: undefined as never }) });
    const answer = await ask('/v1/state/plan');
    expect(answer).toMatchObject({ status: 500, body: errorWith('internal error; the log of the server says more') });
    expect(errors).toHaveLength(1);
  });
});
