import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cheapHash, hashOf, LIFETIME_MS, serveAccess, START, type ServedAccess } from './access-builders.ts';

const ANN = {
  username: 'ann@example.com',
  'password-hash': cheapHash('correct horse'),
  tenant: 'acme',
  roles: ['read'],
};
const BOB = { username: 'bob', 'password-hash': cheapHash('007'), roles: ['read'] };
const TILL = { name: 'till', 'role-id': 'r-1', 'secret-id-hash': hashOf('s-1'), tenant: 'acme', roles: ['exec'] };
const STATIC = { name: 'dashboard', hash: hashOf('static-token'), roles: ['read'] };
const FILE = { tokens: [STATIC], users: [ANN, BOB], approles: [TILL] };

const asAnn = { username: 'ann@example.com', password: 'correct horse' };
const REFRESH = '/v1/state/strongbox/token/refresh';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function tokenOf({ post }: ServedAccess, body: object = asAnn): Promise<string> {
  const { status, token } = await post('/v1/login', body);
  expect(status).toBe(200);
  return token;
}

describe('a login', () => {
  it('gives a token, how long it is good, and when to renew it', async () => {
    const { post } = await serveAccess(FILE);
    const answer = await post('/v1/login', asAnn);
    expect(answer).toMatchObject({ status: 200, statusText: 'OK' });
    expect(JSON.parse(answer.text)).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/) as string,
      'expires-in': 3600,
      expires: '2026-01-02T04:04:05.678Z',
      'creation-time': '2026-01-02T03:04:05.678Z',
      'renewal-time': '2026-01-02T03:49:05.678Z',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('opens what the user’s entry opens, and nothing else', async () => {
    const served = await serveAccess(FILE);
    const token = await tokenOf(served);
    expect(await served.statusWith(token, '/v1/state/applications/shop')).toBe(200);
    expect(await served.statusWith(token, '/v1/state/applications/blog')).toBe(404);
    expect(await served.statusWith(token, '/v1/state/system/cluster/hosts')).toBe(403);
    const provider = await tokenOf(served, { username: 'bob', password: '007' });
    expect(await served.statusWith(provider, '/v1/state/system/cluster/hosts')).toBe(200);
  });

  it('takes JSON and YAML, with a type or without, and answers in YAML to who wants that', async () => {
    const { post } = await serveAccess(FILE);
    const json = JSON.stringify({ username: 'bob', password: '007' });
    const yaml = 'username: bob\npassword: 007\n';
    for (const type of ['application/yaml', 'text/yaml; charset=utf-8', '', 'application/octet-stream'])
      expect((await post('/v1/login', yaml, type === '' ? {} : { 'content-type': type })).status, type).toBe(200);
    for (const type of ['application/json', '', 'application/yaml'])
      expect((await post('/v1/login', json, type === '' ? {} : { 'content-type': type })).status, type).toBe(200);
    const answer = await post('/v1/login', yaml, { accept: 'application/yaml' });
    expect(answer.text).toMatch(/^token: \S{43}\nexpires-in: 3600\nexpires: /);
  });

  it('may name the tenant, which has to be the user’s', async () => {
    const { post } = await serveAccess(FILE);
    const status = async (tenant: unknown) => (await post('/v1/login', { ...asAnn, tenant })).status;
    expect(await status('acme')).toBe(200);
    expect(await status(null)).toBe(200);
    expect(await status('other')).toBe(401);
  });

  it('is refused in the same words whatever is wrong', async () => {
    const { post, outcomes } = await serveAccess(FILE);
    const refusals = [
      await post('/v1/login', { ...asAnn, password: 'wrong' }),
      await post('/v1/login', { username: 'nobody', password: 'correct horse' }),
      await post('/v1/login', { ...asAnn, tenant: 'other' }),
      await post('/v1/login', { ...asAnn, password: ANN['password-hash'] }),
      await post('/v1/login', { username: 'dashboard', password: 'static-token' }),
      await post('/v1/approle-login', { 'role-id': 'r-1', 'secret-id': 'wrong' }),
      await post('/v1/approle-login', { 'role-id': 'r-2', 'secret-id': 's-1' }),
    ];
    for (const refusal of refusals) expect(refusal).toMatchObject({ status: 401, text: refusals[0]?.text });
    expect(refusals[0]?.error).toBe('the credentials are not right');
    expect(outcomes).toEqual(refusals.map(() => ({ outcome: 'refused', address: '127.0.0.1' })));
  });

  it.each([
    [undefined, 'a body is needed: username and password'],
    ['', 'a body is needed: username and password'],
    ['{', 'the body is not what was expected: username and password, as JSON or YAML'],
    ['[]', 'the body is not what was expected: username and password, as JSON or YAML'],
    ['null', 'the body is not what was expected: username and password, as JSON or YAML'],
    ['username=bob&password=007', 'the body is not what was expected: username and password, as JSON or YAML'],
    ['a: &a [x]\nusername: *a', 'the body is not what was expected: username and password, as JSON or YAML'],
    [`a: ${'['.repeat(15_000)}`, 'the body is not what was expected: username and password, as JSON or YAML'],
    ['a: 1\na: 2', 'the body is not what was expected: username and password, as JSON or YAML'],
    [{ username: 'bob' }, 'password is missing'],
    [{ password: '007' }, 'username is missing'],
    ['{"__proto__": {"username": "bob"}, "password": "007"}', 'username is missing'],
    [{ username: 'bob', password: 7 }, 'password: expected a text'],
    [{ username: ['bob'], password: '007' }, 'username: expected a text'],
    [{ username: '', password: '007' }, 'username: expected a text'],
    [{ username: 'bob', password: 'x'.repeat(1025) }, 'password: longer than 1024 characters'],
    [{ ...asAnn, tenant: 7 }, 'tenant: expected a text'],
  ])('with an odd body is 400: %j', async (body, error) => {
    const { post, problems } = await serveAccess(FILE);
    expect(await post('/v1/login', body)).toMatchObject({ status: 400, error });
    expect(problems).toEqual([]);
  });

  it('with a large body is 413', async () => {
    const { post } = await serveAccess(FILE);
    expect((await post('/v1/login', { ...asAnn, more: 'x'.repeat(20_000) })).status).toBe(413);
  });

  it('is POST and nothing else, and its paths say so', async () => {
    const { origin } = await serveAccess(FILE);
    for (const to of ['/v1/login', '/v1/approle-login']) {
      const answer = await fetch(origin + to);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    }
  });

  it('is refused to everybody where the file has no users', async () => {
    const { post } = await serveAccess([STATIC]);
    expect((await post('/v1/login', asAnn)).status).toBe(401);
    expect((await post('/v1/approle-login', { 'secret-id': 's-1' })).status).toBe(401);
  });
});

describe('an approle', () => {
  it('logs in by its role-id and secret-id, or by its secret-id alone', async () => {
    const { post, statusWith, outcomes } = await serveAccess(FILE);
    for (const roleId of ['r-1', 's-1', null, undefined]) {
      const answer = await post('/v1/approle-login', { 'role-id': roleId, 'secret-id': 's-1' });
      expect(answer, String(roleId)).toMatchObject({ status: 200, statusText: 'OK' });
      expect(await statusWith(answer.token)).toBe(403);
    }
    expect(outcomes[0]).toEqual({ outcome: 'accepted', address: '127.0.0.1', name: 'till' });
  });

  it('has no token in its secret-id, nor in its role-id', async () => {
    const { statusWith } = await serveAccess(FILE);
    expect(await statusWith('s-1')).toBe(401);
    expect(await statusWith('r-1')).toBe(401);
  });
});

describe('a token from a login', () => {
  it('ends when its time is over', async () => {
    const served = await serveAccess(FILE);
    const token = await tokenOf(served);
    served.pass(LIFETIME_MS - 1);
    expect(await served.statusWith(token)).toBe(200);
    served.pass(1);
    expect(await served.statusWith(token)).toBe(401);
    expect((await served.post(REFRESH, undefined, bearer(token))).status).toBe(401);
  });

  it('is refreshed into another one, and stays good for its own time', async () => {
    const served = await serveAccess(FILE);
    const old = await tokenOf(served);
    served.pass(LIFETIME_MS / 2);
    const answer = await served.post(REFRESH, undefined, bearer(old));
    expect(answer).toMatchObject({ status: 200, statusText: 'OK' });
    expect(JSON.parse(answer.text)).toMatchObject({
      'expires-in': 3600,
      'creation-time': new Date(START + LIFETIME_MS / 2).toISOString(),
    });
    expect(answer.token).not.toBe(old);
    expect([await served.statusWith(old), await served.statusWith(answer.token)]).toEqual([200, 200]);
    served.pass(LIFETIME_MS / 2);
    expect([await served.statusWith(old), await served.statusWith(answer.token)]).toEqual([401, 200]);
  });

  it('is refreshed whatever its roles, also with an empty JSON body; others are not', async () => {
    const { post } = await serveAccess(FILE);
    const { token } = await post('/v1/approle-login', { 'secret-id': 's-1' });
    expect((await post(REFRESH, '', { ...bearer(token), 'content-type': 'application/json' })).status).toBe(200);
    expect(await post(REFRESH, undefined, bearer('static-token'))).toMatchObject({
      status: 400,
      error: 'only a token from a login can be refreshed',
    });
    expect((await post(REFRESH)).status).toBe(401);
    expect((await post(REFRESH, undefined, bearer('unknown'))).status).toBe(401);
  });

  it.each([
    ['the user is gone', { ...FILE, users: [BOB] }],
    ['the roles are others', { ...FILE, users: [{ ...ANN, roles: ['read', 'logs'] }, BOB] }],
    ['the tenant is another', { ...FILE, users: [{ ...ANN, tenant: 'other' }, BOB] }],
    ['the tenant is gone', { ...FILE, users: [{ ...ANN, tenant: undefined }, BOB] }],
    ['the password is another', { ...FILE, users: [{ ...ANN, 'password-hash': cheapHash('new') }, BOB] }],
    ['an approle has the name now', { ...FILE, users: [BOB], approles: [{ ...TILL, name: ANN.username }] }],
  ])('ends at once when %s, and does not come back with the entry', async (_, changed) => {
    const served = await serveAccess(FILE);
    const token = await tokenOf(served);
    const other = await tokenOf(served, { username: 'bob', password: '007' });
    await served.rewrite(changed);
    expect(await served.statusWith(token)).toBe(401);
    expect(await served.statusWith(other)).toBe(200);
    await served.rewrite(FILE);
    expect(await served.statusWith(token)).toBe(401);
    expect(await served.statusWith(other)).toBe(200);
  });

  it('stays good when the file changes elsewhere, or cannot be used', async () => {
    const served = await serveAccess(FILE);
    const token = await tokenOf(served);
    await served.rewrite({ users: [ANN] });
    expect(await served.statusWith(token)).toBe(200);
    await served.rewrite({ users: [{}] });
    expect(await served.statusWith(token)).toBe(200);
    expect(served.problems).toHaveLength(1);
  });

  it('outlives the daemon, kept as its hash in a file for its owner alone', async () => {
    const before = await serveAccess(FILE);
    const token = await tokenOf(before);
    const file = path.join(before.stateDir, 'sessions.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain(token);
    await before.close();
    const after = await serveAccess(FILE, before);
    expect(await after.statusWith(token)).toBe(200);
    await after.close();
    const changed = await serveAccess({ users: [{ ...ANN, roles: ['admin'] }] }, before);
    expect(await changed.statusWith(token)).toBe(401);
  });

  it('is lost with a file that is broken, which is told, and the next is kept again', async () => {
    const before = await serveAccess(FILE);
    await tokenOf(before);
    await before.close();
    await writeFile(path.join(before.stateDir, 'sessions.json'), '{"format":1,"sessions":[{"tokenHash":7}, null');
    const after = await serveAccess(FILE, before);
    expect(after.problems).toEqual([expect.stringMatching(/sessions\.json is not readable, everybody has to log in/)]);
    const token = await tokenOf(after);
    await after.close();
    const again = await serveAccess(FILE, before);
    expect(await again.statusWith(token)).toBe(200);
  });
});

describe('failed logins', () => {
  const wrong = { username: 'bob', password: 'wrong' };

  it('are ten at once from an address, then one every half a minute', async () => {
    const { post, pass, outcomes } = await serveAccess(FILE);
    for (let i = 0; i < 10; i += 1) expect((await post('/v1/login', wrong)).status).toBe(401);
    const limited = await post('/v1/login', asAnn);
    expect(limited).toMatchObject({
      status: 429,
      error: 'too many failed logins from this address, try again in 30 s',
    });
    expect(limited.headers.get('retry-after')).toBe('30');
    expect((await post('/v1/approle-login', { 'secret-id': 's-1' })).status).toBe(429);
    expect(outcomes.at(-1)).toEqual({ outcome: 'limited', address: '127.0.0.1' });
    pass(30_000);
    expect((await post('/v1/login', wrong)).status).toBe(401);
    expect((await post('/v1/login', wrong)).status).toBe(429);
  });

  it('are forgotten in time whatever happens to the clock', async () => {
    const { post, pass, setClock } = await serveAccess(FILE);
    for (let i = 0; i < 10; i += 1) await post('/v1/login', wrong);
    setClock(0);
    pass(30_000);
    expect((await post('/v1/login', asAnn)).status).toBe(200);
  });

  it('are not forgotten because of one that succeeds', async () => {
    const { post } = await serveAccess(FILE);
    for (let i = 0; i < 9; i += 1) await post('/v1/login', wrong);
    for (let i = 0; i < 3; i += 1) expect((await post('/v1/login', asAnn)).status).toBe(200);
    expect((await post('/v1/login', wrong)).status).toBe(401);
    expect((await post('/v1/login', wrong)).status).toBe(429);
  });

  it('are counted before they are tried, so that many at once gain nothing', async () => {
    const { post } = await serveAccess(FILE);
    const answers = await Promise.all(Array.from({ length: 30 }, () => post('/v1/login', wrong)));
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(10);
  });

  it('do not keep out who has a token', async () => {
    const served = await serveAccess(FILE);
    const token = await tokenOf(served);
    for (let i = 0; i < 12; i += 1) await served.post('/v1/login', wrong);
    expect(await served.statusWith(token)).toBe(200);
    expect((await served.post(REFRESH, undefined, bearer(token))).status).toBe(200);
  });
});

it('no secret and no hash of one stands in an answer, a log line or a message', async () => {
  const served = await serveAccess(FILE);
  const token = await tokenOf(served);
  const secrets = ['correct horse', '007', 's-1', 'static-token', 'wr0ng', token];
  const hashes = [ANN, BOB].map((user) => user['password-hash'].split('$').at(-1)!);
  const more = [TILL['secret-id-hash'], STATIC.hash, hashOf(token)].map((hash) => hash.slice('sha256:'.length));
  const answers = [
    await served.post('/v1/login', { ...asAnn, password: 'wr0ng' }),
    await served.post('/v1/login', '{"username": "bob", "password": "wr0ng"'),
    await served.post('/v1/login', 'password: [wr0ng'),
    await served.post('/v1/login', { username: { wr0ng: 'wr0ng' }, password: 'correct horse' }),
    await served.post('/v1/approle-login', { 'role-id': 's-1', 'secret-id': 'wr0ng' }),
    await served.post(REFRESH, undefined, bearer('static-token')),
    await served.post(REFRESH, undefined, bearer('wr0ng')),
    await served.post('/v1/state/applications', undefined, bearer(token)),
  ];
  await served.rewrite({
    users: [{ ...ANN, password: 'wr0ng', 'password-hash': 'wr0ng' }],
    approles: [{ 'secret-id': 'wr0ng' }],
  });
  await served.statusWith(token);
  expect(answers.every(({ status }) => status >= 400)).toBe(true);
  expect(served.problems).toHaveLength(1);
  const told = [...answers.map(({ text }) => text), ...served.problems, JSON.stringify(served.outcomes)].join('\n');
  for (const secret of [...secrets, ...hashes, ...more]) expect(told).not.toContain(secret);
});
