import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { application as text, deployment as deploymentText } from '../../spec/documents.ts';
import { application, deployment, snapshot } from '../snapshot-builders.ts';
import { errorWith, serve, type AskInit, type Served } from '../served.ts';

const YAML = { 'content-type': 'application/yaml' };
const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const SHOP = application('acme.shop');
const ACME = snapshot({ applications: [SHOP], deployments: [deployment('acme.shop')] });
const TWO_TENANTS = snapshot({ applications: [SHOP, application('beta.shop'), application('beta.till')] });

const LIST = '/v1/config/applications';
const ONE = `${LIST}/shop`;

interface Asked extends AskInit {
  readonly validate?: string;
}

/** As tenant acme, with `validate`. */
async function check({ ask }: Served, path: string, { validate = '?validate=true', ...init }: Asked) {
  return ask(path + validate, { as: 'acme', ...init, headers: { ...YAML, ...init.headers } });
}

function messagesOf(body: unknown): readonly unknown[] {
  const { errors } = body as { readonly errors: readonly { readonly 'error-message': unknown }[] };
  return errors.map((error) => error['error-message']);
}

describe('a new document', () => {
  it('that could be committed is 201, and nothing is stored', async () => {
    const served = await serve(ACME);
    const answer = await check(served, LIST, { method: 'POST', body: text('blog') });
    expect(answer).toMatchObject({ status: 201, text: '' });
    expect(answer.headers.get('location')).toBeNull();
    expect((await served.ask(`${LIST}?keys`, { as: 'acme' })).body).toEqual(['shop']);
    expect(served.store.snapshot()).toBe(ACME);
  });

  it('is taken as YAML and as JSON, of every name of their types and of none', async () => {
    const served = await serve(ACME);
    const json = JSON.stringify({ name: 'blog', services: SHOP.config!.services });
    const types = ['application/json', 'application/yaml; charset=UTF-8', 'application/x-yaml', 'text/yaml'];
    for (const type of types)
      for (const body of [json, text('blog')]) {
        const init = { method: 'POST', body, headers: { 'content-type': type } };
        expect((await check(served, LIST, init)).status, type).toBe(201);
      }
    const bytes = new TextEncoder().encode(text('blog'));
    expect((await served.ask(`${LIST}?validate`, { as: 'acme', method: 'POST', body: bytes })).status).toBe(201);
  });

  it('of a name that is there is 409, whatever else is wrong with it', async () => {
    const served = await serve(ACME);
    for (const body of [text('shop'), text('shop', 'x: y')])
      expect(await check(served, LIST, { method: 'POST', body })).toMatchObject({
        status: 409,
        body: errorWith('application shop exists already; PUT or PATCH changes it'),
      });
  });

  it('that is wrong is 400 with every problem and its place, in JSON or YAML', async () => {
    const served = await serve(ACME);
    const body = text('blog', 'imgae: x', 'memory: lots');
    const answer = await check(served, LIST, { method: 'POST', body });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            'error-message': expect.stringMatching(
              /^services\[0\]\.containers\[0\]\.imgae: this key is unknown/,
            ) as string,
            'error-info': { line: 7, column: 9 },
          },
          {
            'error-message': expect.stringMatching(/^services\[0\]\.containers\[0\]\.memory: "lots"/) as string,
            'error-info': { line: 8, column: 17 },
          },
        ],
      },
    });
    const inYaml = await check(served, LIST, { method: 'POST', body, headers: { accept: 'application/yaml' } });
    expect(inYaml.text).toMatch(/^errors:\n {2}- error-message: "services\[0\]/);
  });

  it('with more problems than anybody reads says how many there are', async () => {
    const served = await serve(ACME);
    const body = text('blog', ...Array.from({ length: 150 }, (_, index) => `key${index}: x`));
    const { body: answer } = await check(served, LIST, { method: 'POST', body });
    expect(messagesOf(answer)).toHaveLength(101);
    expect(messagesOf(answer).at(-1)).toBe('… and 50 more problems');
  });

  it('refers to what is there', async () => {
    const served = await serve(ACME);
    const path = '/v1/config/application-deployments';
    const answer = await check(served, path, { method: 'POST', body: deploymentText('blog', 'blog') });
    expect(answer).toMatchObject({ status: 400 });
    expect(messagesOf(answer.body)).toEqual(['application: there is no application "blog"']);
    const second = await check(served, path, { method: 'POST', body: deploymentText('second', 'shop') });
    expect(messagesOf(second.body)).toEqual([expect.stringContaining('is deployed by another')]);
    expect((await check(served, path, { method: 'POST', body: deploymentText('shop', 'shop') })).status).toBe(409);
  });
});

describe('a whole document', () => {
  it('is 204 in place of another and 201 where there is none', async () => {
    const served = await serve(ACME);
    expect(await check(served, ONE, { method: 'PUT', body: text('shop') })).toMatchObject({ status: 204, text: '' });
    expect(await check(served, `${LIST}/blog`, { method: 'PUT', body: text('blog') })).toMatchObject({
      status: 201,
      text: '',
    });
    const path = '/v1/config/application-deployments/shop';
    expect((await check(served, path, { method: 'PUT', body: deploymentText('shop', 'shop') })).status).toBe(204);
  });

  it('has the name that is in the path', async () => {
    const served = await serve(ACME);
    const { status, body } = await check(served, ONE, { method: 'PUT', body: text('blog') });
    expect(status).toBe(400);
    expect(messagesOf(body)).toEqual([expect.stringContaining('name: the path says "shop", this says "blog"')]);
  });

  it('as it was read from the same path is good, for the site provider as well', async () => {
    const served = await serve(TWO_TENANTS);
    for (const path of [`${LIST}/till`, '/v1/config/tenants/beta/applications/till'])
      for (const accept of ['application/json', 'application/yaml']) {
        const { text: body } = await served.ask(path, { headers: { accept } });
        const answer = await check(served, path, { as: 'provider', method: 'PUT', body });
        expect(answer, answer.text).toMatchObject({ status: 204 });
      }
  });
});

describe('the sample of the reference page', () => {
  it('is taken by every method that takes it', async () => {
    const file = new URL('../../engine/scenarios/fixtures/sample-application.yaml', import.meta.url);
    const body = (await readFile(file, 'utf8')).replace(/^name: .*/m, 'name: shop');
    const served = await serve(ACME);
    const other = body.replace(/^name: .*/m, 'name: myapp');
    expect(await check(served, LIST, { method: 'POST', body: other })).toMatchObject({ status: 201 });
    for (const method of ['PUT', 'PATCH'])
      expect(await check(served, ONE, { method, body }), method).toMatchObject({ status: 204 });
  });
});

describe('a part of a document', () => {
  it('is 204 when the whole that comes of it is good', async () => {
    const served = await serve(ACME);
    const upgrade =
      'name: shop\nversion: 1.10\nservices: [{name: web, containers: [{name: nginx, image: "nginx:1.28"}]}]';
    expect(await check(served, ONE, { method: 'PATCH', body: upgrade })).toMatchObject({ status: 204, text: '' });
    const { status, body } = await check(served, ONE, { method: 'PATCH', body: 'services: [{name: db}]' });
    expect(status).toBe(400);
    expect(messagesOf(body)).toEqual([expect.stringMatching(/^services\[1\]: /)]);
  });

  it('may be a JSON Patch, of which the operation that fails is told', async () => {
    const served = await serve(ACME);
    const patch = (...operations: object[]) =>
      check(served, ONE, { method: 'PATCH', body: JSON.stringify(operations), headers: JSON_PATCH });
    expect((await patch({ op: 'replace', path: '/version', value: '2.0' })).status).toBe(204);
    const failed = await patch({ op: 'test', path: '/version', value: '0.9' });
    expect(failed).toMatchObject({ status: 400 });
    expect(messagesOf(failed.body)).toEqual(['operation 1 (test "/version"): the value there is another']);
    expect((await patch({ op: 'remove', path: '/services' })).status).toBe(400);
    expect((await patch({ op: 'add', path: '/__proto__/x', value: 'y' })).status).toBe(400);
    expect({}).not.toHaveProperty('x');
  });

  it('of what is not there is 404, before its body is looked at', async () => {
    const served = await serve(ACME);
    for (const path of [`${LIST}/blog`, '/v1/config/application-deployments/blog'])
      expect((await check(served, path, { method: 'PATCH', body: '{' })).status).toBe(404);
    expect((await check(served, `${LIST}/blog`, { method: 'PATCH', body: '{' })).body).toEqual(
      errorWith('no application blog'),
    );
  });
});

describe('a removal', () => {
  it('is 204 when nothing refers to what goes, 400 with the place when something does, 404 when nothing is there', async () => {
    const served = await serve(ACME);
    const remove = (path: string) => served.ask(`/v1/config/${path}?validate=true`, { as: 'acme', method: 'DELETE' });
    expect(await remove('application-deployments/shop')).toMatchObject({ status: 204, text: '' });
    expect((await remove('application-deployments/blog')).status).toBe(404);
    const refused = await remove('applications/shop');
    const file = 'tenants/acme/application-deployments/shop.yaml';
    expect(refused).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            'error-message': `${file}:1:7: application: there is no application "shop"`,
            'error-info': { file, line: 1, column: 7 },
          },
        ],
      },
    });
  });
});

describe('the conditions of a change', () => {
  const tag = `"${SHOP.configTag}"`;
  const change = (served: Served, headers: Readonly<Record<string, string>>, init: Partial<Asked> = {}) =>
    check(served, ONE, { method: 'PUT', body: text('shop'), ...init, headers });

  it('hold for the version that was read', async () => {
    const served = await serve(ACME);
    const { headers } = await served.ask(ONE, { as: 'acme' });
    expect(headers.get('etag')).toBe(tag);
    for (const init of [{}, { method: 'PATCH', body: 'version: "2"' }]) {
      expect((await change(served, { 'if-match': tag }, init)).status).toBe(204);
      expect((await change(served, { 'if-match': '"other"' }, init)).status).toBe(412);
      expect((await change(served, { 'if-none-match': '*' }, init)).status).toBe(412);
      expect((await change(served, { 'if-none-match': tag }, init)).status).toBe(412);
    }
    const path = '/v1/config/application-deployments/shop?validate';
    const remove = (etag: string) => served.ask(path, { as: 'acme', method: 'DELETE', headers: { 'if-match': etag } });
    expect((await remove('"other"')).status).toBe(412);
    expect((await remove(`"${deployment('acme.shop').configTag}"`)).status).toBe(204);
  });

  it('hold for what is not there yet', async () => {
    const served = await serve(ACME);
    const create = (headers: Readonly<Record<string, string>>) =>
      check(served, `${LIST}/blog`, { method: 'PUT', body: text('blog'), headers });
    expect((await create({ 'if-none-match': '*' })).status).toBe(201);
    expect((await create({ 'if-match': '*' })).status).toBe(412);
  });

  it('hold for the list something is added to', async () => {
    const served = await serve(ACME);
    const { headers } = await served.ask(LIST, { as: 'acme' });
    const add = (etag: string) =>
      check(served, LIST, { method: 'POST', body: text('blog'), headers: { 'if-match': etag } });
    expect((await add(headers.get('etag') ?? '')).status).toBe(201);
    expect((await add('"other"')).status).toBe(412);
  });

  it('come last: what is not there and what is wrong is told first', async () => {
    const served = await serve(ACME);
    const headers = { 'if-match': '"other"' };
    expect((await change(served, headers, { body: text('shop', 'x: y') })).status).toBe(400);
    expect((await check(served, `${LIST}/blog`, { method: 'PATCH', body: 'a: b', headers })).status).toBe(404);
  });
});

describe('a body', () => {
  it.each([
    ['none', undefined, {}, 'the request has no body'],
    ['nothing but a comment', '# nothing', {}, 'the body holds no document'],
    ['several documents', `${text('a')}---\n${text('b')}`, {}, 'the body holds 2 documents; send one at a time'],
    ['broken YAML', 'name: [', {}, 'this is not valid YAML'],
    ['no UTF-8', new Uint8Array([0x61, 0x3a, 0xe4]), {}, 'the body is not UTF-8'],
    ['a form', 'name=blog', { 'content-type': 'application/x-www-form-urlencoded' }, 'Content-Type: expected one of'],
    ['JSON Patch', '[]', JSON_PATCH, 'Content-Type: expected one of'],
    ['another charset', text('blog'), { 'content-type': 'text/yaml; charset="latin1"' }, 'the charset has to be utf-8'],
    ['a packed text', text('blog'), { 'content-encoding': 'gzip' }, 'Content-Encoding: not supported'],
    ['an alias bomb', bomb(), {}, 'more than 50000 values once its aliases are followed'],
  ])('of %s is 400 in a sentence', async (_, body, headers, message) => {
    const served = await serve(ACME);
    const init = body === undefined ? {} : { body };
    const answer = await check(served, LIST, { method: 'POST', headers, ...init });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
    expect(served.errors).toEqual([]);
  });

  it('as large as bodies can be is answered, a larger one is 413', async () => {
    const served = await serve(ACME);
    const most = 1024 * 1024;
    const large = await check(served, LIST, { method: 'POST', body: `a: ${'x'.repeat(most - 3)}` });
    expect(large.status).toBe(400);
    expect((await check(served, LIST, { method: 'POST', body: 'x'.repeat(most + 1) })).status).toBe(413);
  });
});

describe('who may check', () => {
  it('needs the role read and no more', async () => {
    const served = await serve(ACME);
    const create = (as: AskInit['as'] & string) => check(served, LIST, { as, method: 'POST', body: '{' });
    expect((await create('nobody')).status).toBe(401);
    expect((await create('deaf')).status).toBe(403);
    const path = '/v1/config/tenants/acme/applications';
    expect((await check(served, path, { as: 'provider', method: 'POST', body: text('blog') })).status).toBe(201);
  });

  it('sees nothing of another tenant', async () => {
    const served = await serve(TWO_TENANTS);
    for (const tenant of ['beta', 'gamma'])
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const path = `/v1/config/tenants/${tenant}/applications/till`;
        const init = method === 'DELETE' ? { method } : { method, body: text('till') };
        expect(await check(served, path, init)).toMatchObject({ status: 404, body: errorWith(`no tenant ${tenant}`) });
      }
    expect((await check(served, `${LIST}/till`, { method: 'DELETE' })).status).toBe(404);
    expect((await check(served, `${LIST}/till`, { method: 'PUT', body: text('till') })).status).toBe(201);
    expect((await check(served, LIST, { method: 'POST', body: `tenant: beta\n${text('x')}` })).status).toBe(400);
  });

  it('says as site provider on the root paths whose something new is', async () => {
    const served = await serve(TWO_TENANTS);
    const create = (body: string) => check(served, LIST, { as: 'provider', method: 'POST', body });
    const { status, text: answer } = await create(text('blog'));
    expect(status).toBe(400);
    expect(answer).toContain('/v1/config/tenants/{tenant}/');
    expect((await create(`tenant: acme\n${text('blog')}`)).status).toBe(201);
    expect((await create(`tenant: acme\n${text('till')}`)).status).toBe(201);
    expect((await create(`tenant: beta\n${text('till')}`)).status).toBe(409);
    expect((await create(`tenant: gamma\n${text('till')}`)).status).toBe(400);
    const put = (path: string, body: string) => check(served, path, { as: 'provider', method: 'PUT', body });
    expect((await put(`${LIST}/blog`, text('blog'))).status).toBe(400);
    expect((await put(`${LIST}/blog`, `tenant: beta\n${text('blog')}`)).status).toBe(201);
  });

  it('is told as site provider the tenants when two have what is to change', async () => {
    const served = await serve(TWO_TENANTS);
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const init = method === 'DELETE' ? { method } : { method, body: text('shop') };
      expect((await check(served, ONE, { as: 'provider', ...init })).status, method).toBe(409);
    }
    const till = `${LIST}/till`;
    expect((await check(served, till, { as: 'provider', method: 'PUT', body: text('till') })).status).toBe(204);
    const elsewhere = `tenant: acme\n${text('till')}`;
    expect((await check(served, till, { as: 'provider', method: 'PUT', body: elsewhere })).status).toBe(400);
    expect((await check(served, till, { as: 'provider', method: 'DELETE' })).status).toBe(204);
  });
});

describe('the flag', () => {
  it('is off when it is absent or false: nothing is changed here, and that is said', async () => {
    const served = await serve(ACME);
    for (const validate of ['', '?validate=false', '?validated=true'])
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const path = method === 'POST' ? LIST : ONE;
        const init = method === 'DELETE' ? { method } : { method, body: text('shop') };
        expect(await check(served, path, { validate, ...init })).toMatchObject({
          status: 405,
          body: { errors: [{ 'error-info': { hint: expect.stringContaining('?validate=true') as string } }] },
        });
      }
  });

  it('is accepted on every reading of the configuration, and changes nothing', async () => {
    const served = await serve(ACME);
    for (const path of [LIST, ONE, '/v1/config/application-deployments', '/v1/config/application-deployments/shop']) {
      const [plain, checked] = [await served.ask(path), await served.ask(`${path}?validate=true`)];
      expect(checked).toMatchObject({ status: 200, body: plain.body });
    }
    expect((await served.ask(`${LIST}?validate=true&keys`)).body).toEqual(['shop']);
  });

  it('makes no method of a path that has none', async () => {
    const served = await serve(ACME);
    expect((await check(served, LIST, { method: 'PUT', body: text('shop') })).status).toBe(405);
    expect((await check(served, ONE, { method: 'POST', body: text('shop') })).status).toBe(405);
    expect((await check(served, '/v1/state/applications', { method: 'POST', body: 'a: b' })).status).toBe(405);
  });

  it('shows its methods to who asks for them', async () => {
    const served = await serve(ACME);
    const methodsOf = async (path: string) => (await served.ask(path, { method: 'OPTIONS' })).headers.get('allow');
    expect(await methodsOf(LIST)).toBe('GET, HEAD, POST, OPTIONS');
    expect(await methodsOf(ONE)).toBe('GET, HEAD, PUT, PATCH, DELETE, OPTIONS');
  });
});

describe('lists of configuration', () => {
  it('have names, a number and chosen fields', async () => {
    const { ask } = await serve(ACME);
    for (const path of [LIST, '/v1/config/application-deployments', '/v1/config/tenants/acme/applications']) {
      expect((await ask(`${path}?keys=`)).body).toEqual(['shop']);
      expect((await ask(`${path}?count=true`)).body).toBe(1);
      expect((await ask(`${path}?fields=name,nothing`)).body).toEqual([{ name: 'shop' }]);
      expect((await ask(`${path}?keys&count&fields=name`)).body).toEqual(['shop']);
      expect((await ask(`${path}?fields=[`)).status).toBe(400);
    }
  });
});

describe('before a revision was read', () => {
  it('nothing can be checked', async () => {
    const served = await serve({ ...ACME, catalog: undefined });
    expect((await check(served, LIST, { method: 'POST', body: text('blog') })).status).toBe(503);
  });
});

/** Nine levels of ten: 10^9 values once followed. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? '"x"' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 10 }, () => inner).join(', ')}]`;
  });
  return `${levels.join('\n')}\n`;
}
