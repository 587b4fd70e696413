import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../eventually.ts';
import { hashOf, serveAccess, START } from './access-builders.ts';

const STATIC = { name: 'dashboard', hash: hashOf('static-token'), roles: ['read'] };
const NOW = Math.floor(START / 1000);

/** Of a token: right or wrong ones. */
type Claims = Readonly<Record<string, unknown>>;

interface Key {
  readonly kid: string;
  readonly jwk: JWK;
  readonly sign: (claims: Claims, header?: object) => Promise<string>;
  readonly spki: string;
}

async function makeKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), kid, alg },
    spki: await exportSPKI(publicKey),
    sign: (claims, header = {}) => new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
  };
}

/** A little issuer on this machine. It counts who asks for its keys. */
async function serveIssuer(initial: readonly Key[]) {
  let keys = initial;
  let asked = 0;
  let mode: 'answers' | 'fails' | 'hangs' = 'answers';
  let document: object = {};
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys';
    if (isKeys) asked += 1;
    if (mode === 'hangs') return;
    response.statusCode =
      mode === 'fails' ? 503 : isKeys || request.url?.startsWith('/.well-known/openid-c') ? 200 : 404;
    response.end(JSON.stringify(isKeys ? { keys: keys.map(({ jwk }) => jwk) } : document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  const issuer = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
  document = { issuer, jwks_uri: `${issuer}/keys` };
  return {
    issuer,
    asked: () => asked,
    become: (next: typeof mode) => void (mode = next),
    rotate: (next: readonly Key[]) => void (keys = next),
    describe: (next: object) => void (document = next),
    entry: { issuer, audience: 'fairlead', 'tenant-claim': 'tenant', roles: ['read'] },
  };
}

type Issuer = Awaited<ReturnType<typeof serveIssuer>>;

function claimsOf({ issuer }: Issuer, changes: Claims = {}): Claims {
  return { iss: issuer, aud: 'fairlead', sub: 'ann', tenant: 'acme', iat: NOW, exp: NOW + 600, ...changes };
}

/** One key, one issuer with the entry changed as told, and the API that believes it. */
async function believed(changes: object = {}) {
  const key = await makeKey('k1');
  const issuer = await serveIssuer([key]);
  const served = await serveAccess({ tokens: [STATIC], issuers: [{ ...issuer.entry, ...changes }] });
  const statusFor = async (claims: Claims, header?: object) =>
    served.statusWith(await key.sign(claimsOf(issuer, claims), header));
  return { key, issuer, served, statusFor };
}

describe('a signed token', () => {
  it('opens what its claims and the entry of its issuer say', async () => {
    const { key, issuer, served } = await believed();
    const token = await key.sign(claimsOf(issuer));
    expect(await served.statusWith(token, '/v1/state/applications/shop')).toBe(200);
    expect(await served.statusWith(token, '/v1/state/applications/blog')).toBe(404);
    expect(await served.statusWith(token, '/v1/state/repository')).toBe(403);
    expect(issuer.asked()).toBe(1);
  });

  it.each(['RS256', 'PS256', 'EdDSA'])('may be signed with %s', async (alg) => {
    const key = await makeKey('k', alg);
    const issuer = await serveIssuer([key]);
    const served = await serveAccess({ issuers: [issuer.entry] });
    expect(await served.statusWith(await key.sign(claimsOf(issuer)))).toBe(200);
  });

  it.each<[string, Claims]>([
    ['is for another audience', { aud: 'other' }],
    ['is for nobody', { aud: undefined }],
    ['is of another issuer', { iss: 'https://evil.example.com' }],
    ['is of no issuer', { iss: undefined }],
    ['has expired', { exp: NOW - 31 }],
    ['never expires', { exp: undefined }],
    ['is not good yet', { nbf: NOW + 31 }],
    ['has no subject', { sub: undefined }],
    ['has a subject that is no text', { sub: 7 }],
    ['has no tenant', { tenant: undefined }],
    ['has an empty tenant', { tenant: '' }],
    ['has a tenant that is null', { tenant: null }],
    ['has a tenant that is no name', { tenant: '../acme' }],
    ['has a tenant with a line break', { tenant: 'acme\n' }],
    ['has a list of tenants', { tenant: ['acme'] }],
    ['has a tenant that is too long', { tenant: 'a'.repeat(64) }],
  ])('is refused when it %s', async (_, claims) => {
    const { statusFor, served } = await believed();
    expect(await statusFor(claims)).toBe(401);
    expect(await statusFor({})).toBe(200);
    expect(served.problems).toEqual([]);
  });

  it('may be a little late or early: clocks differ', async () => {
    const { statusFor } = await believed();
    expect(await statusFor({ exp: NOW - 29, nbf: NOW + 29 })).toBe(200);
  });

  it('is refused when it is signed with what everybody knows, or not at all', async () => {
    const { key, issuer, served } = await believed();
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = part(claimsOf(issuer));
    const forged = ['HS256', 'none'].map((alg) => `${part({ alg, kid: 'k1', typ: 'JWT' })}.${body}`);
    const hmac = createHmac('sha256', key.spki).update(forged[0]!).digest('base64url');
    const good = await key.sign(claimsOf(issuer));
    const stripped = good.split('.').slice(0, 2).join('.');
    const others = [
      `${forged[0]}.${hmac}`,
      `${forged[1]}.`,
      `${forged[1]}.AA`,
      `${stripped}.`,
      `${stripped}.AAAA`,
      stripped,
    ];
    for (const token of others) expect(await served.statusWith(token), token).toBe(401);
    expect(await served.statusWith(good)).toBe(200);
  });

  it('is refused when it asks for something critical, or names a key of its own', async () => {
    const { statusFor } = await believed();
    const stranger = await makeKey('k1');
    const { key, issuer, served } = await believed();
    expect(await statusFor({}, { crit: ['exp'], exp: 1 }).catch(() => 401)).toBe(401);
    expect(await served.statusWith(await stranger.sign(claimsOf(issuer), { jwk: stranger.jwk }))).toBe(401);
    expect(await served.statusWith(await key.sign(claimsOf(issuer)))).toBe(200);
  });

  it('is refused with an algorithm that the entry does not have', async () => {
    const { statusFor } = await believed({ algorithms: ['RS256'] });
    expect(await statusFor({})).toBe(401);
  });
});

describe('an issuer', () => {
  it('can be for the site provider, when it says so and never otherwise', async () => {
    const { key, issuer, served } = await believed({ 'tenant-claim': undefined, 'site-provider': true });
    expect(await served.statusWith(await key.sign(claimsOf(issuer)), '/v1/state/repository')).toBe(200);
  });

  it('gives roles by a claim, however deep, and nobody in without one', async () => {
    const changes = {
      roles: undefined,
      'roles-claim': ['realm_access', 'roles'],
      'roles-map': { staff: ['read'], dev: ['exec'] },
    };
    const { statusFor } = await believed(changes);
    const of = (roles: unknown) => statusFor({ realm_access: { roles } });
    expect(await of(['x', 'staff', 7])).toBe(200);
    expect(await of('staff')).toBe(200);
    expect(await of(['dev'])).toBe(403);
    for (const nothing of [[], ['x'], undefined, { staff: true }, [['staff']]]) expect(await of(nothing)).toBe(401);
    expect(await statusFor({})).toBe(401);
    expect(await statusFor({ realm_access: 'staff' })).toBe(401);
  });

  it('can ask for more claims: of an issuer for everybody only some are meant', async () => {
    const bound = { repository: ['acme/site', 'acme/shop'], protected: 'true' };
    const { statusFor } = await believed({ 'bound-claims': bound });
    expect(await statusFor({ repository: 'acme/site', protected: true })).toBe(200);
    expect(await statusFor({ repository: 'acme/shop', protected: 'true' })).toBe(200);
    for (const claims of [{}, { repository: 'acme/site' }, { repository: 'evil/site', protected: true }])
      expect(await statusFor(claims)).toBe(401);
    expect(await statusFor({ repository: ['acme/site'], protected: true })).toBe(401);
  });

  it('may have several entries, of which the first that takes a token counts', async () => {
    const key = await makeKey('k1');
    const issuer = await serveIssuer([key]);
    const staff = { ...issuer.entry, 'tenant-claim': undefined, 'site-provider': true, audience: 'staff' };
    const served = await serveAccess({ issuers: [staff, issuer.entry] });
    const status = async (aud: string) =>
      served.statusWith(await key.sign(claimsOf(issuer, { aud })), '/v1/state/repository');
    expect([await status('staff'), await status('fairlead')]).toEqual([200, 403]);
    expect(issuer.asked()).toBe(1);
  });

  it('is believed no longer once it is not in the file', async () => {
    const { key, issuer, served } = await believed();
    const token = await key.sign(claimsOf(issuer));
    expect(await served.statusWith(token)).toBe(200);
    await served.rewrite({ tokens: [STATIC] });
    expect(await served.statusWith(token)).toBe(401);
  });

  it('can have its keys at an address of their own', async () => {
    const key = await makeKey('k1');
    const issuer = await serveIssuer([key]);
    issuer.describe({});
    const served = await serveAccess({ issuers: [{ ...issuer.entry, 'jwks-uri': `${issuer.issuer}/keys` }] });
    expect(await served.statusWith(await key.sign(claimsOf(issuer)))).toBe(200);
  });

  it.each([
    ['is another', { issuer: 'https://evil.example.com', jwks_uri: 'http://127.0.0.1:1/keys' }],
    ['has its keys where anybody could change them', { jwks_uri: 'http://keys.example.com/' }],
    ['has no keys', { jwks_uri: undefined }],
  ])('is not believed when its openid-configuration %s', async (_, changes) => {
    const { key, issuer, served } = await believed();
    issuer.describe({ issuer: issuer.issuer, ...changes });
    expect(await served.statusWith(await key.sign(claimsOf(issuer)))).toBe(401);
    expect(served.problems).toEqual([expect.stringMatching(/^the keys of http:\S+ cannot be loaded: its openid-/)]);
    expect(issuer.asked()).toBe(0);
  });

  it('may change its keys: a key that is not known is asked for, but not by everybody again and again', async () => {
    const { key, issuer, served } = await believed();
    const next = await makeKey('k2');
    const [old, fresh] = [await key.sign(claimsOf(issuer)), await next.sign(claimsOf(issuer))];
    expect(await served.statusWith(old)).toBe(200);
    issuer.rotate([next]);
    for (let i = 0; i < 5; i += 1) expect(await served.statusWith(fresh)).toBe(401);
    expect(issuer.asked()).toBe(1);
    served.pass(30_000);
    expect(await served.statusWith(fresh)).toBe(200);
    expect(await served.statusWith(old)).toBe(401);
    expect(issuer.asked()).toBe(2);
  });

  it('may change its keys though the clock was put back', async () => {
    const { key, issuer, served } = await believed();
    served.setClock(NOW * 1000 + 86_400_000);
    expect(await served.statusWith(await key.sign(claimsOf(issuer, { exp: NOW + 90_000 })))).toBe(200);
    const next = await makeKey('k2');
    issuer.rotate([next]);
    served.setClock(NOW * 1000);
    served.pass(30_000);
    expect(await served.statusWith(await next.sign(claimsOf(issuer)))).toBe(200);
  });

  it('is asked again after ten minutes, so that a key it took back is no longer good', async () => {
    const { key, issuer, served } = await believed();
    const token = await key.sign(claimsOf(issuer, { exp: NOW + 7200 }));
    expect(await served.statusWith(token)).toBe(200);
    issuer.rotate([]);
    served.pass(599_000);
    expect(await served.statusWith(token)).toBe(200);
    served.pass(1_000);
    expect(await served.statusWith(token)).toBe(401);
  });

  it('that fails is told once, asked seldom, and its keys are good for an hour', async () => {
    const { key, issuer, served } = await believed();
    const token = await key.sign(claimsOf(issuer, { exp: NOW + 7200 }));
    expect(await served.statusWith(token)).toBe(200);
    issuer.become('fails');
    served.pass(600_000);
    for (let i = 0; i < 5; i += 1) expect(await served.statusWith(token)).toBe(200);
    expect(served.problems).toEqual([
      expect.stringMatching(/^the keys of http:\S+ cannot be loaded: .* answered 503$/),
    ]);
    served.pass(3_000_000);
    expect(await served.statusWith(token)).toBe(401);
    issuer.become('answers');
    served.pass(10_000);
    expect(await served.statusWith(token)).toBe(200);
    expect(served.problems).toHaveLength(1);
  });

  it('that does not answer keeps nobody waiting who has another token', async () => {
    const { key, issuer, served } = await believed();
    issuer.become('hangs');
    const waiting = served.statusWith(await key.sign(claimsOf(issuer)));
    let isOver = false;
    void waiting.finally(() => (isOver = true));
    expect(await served.statusWith('static-token')).toBe(200);
    expect(await served.statusWith('unknown')).toBe(401);
    expect(isOver).toBe(false);
    expect(await eventually(() => waiting)).toBe(401);
    expect(served.problems).toHaveLength(1);
  });

  it('that is down is 401, at once for those who come after the first', async () => {
    const key = await makeKey('k1');
    const entry = { issuer: 'http://127.0.0.1:9', audience: 'fairlead', tenant: 'acme', roles: ['read'] };
    const served = await serveAccess({ issuers: [entry] });
    const token = await key.sign({ iss: entry.issuer, aud: 'fairlead', sub: 'ann', exp: NOW + 60 });
    expect([await served.statusWith(token), await served.statusWith(token)]).toEqual([401, 401]);
    expect(served.problems).toHaveLength(1);
  });

  it('whose keys are odd, shared or private opens nothing', async () => {
    const key = await makeKey('k1');
    const secret = { kty: 'oct', k: 'AAAA', kid: 'k1', alg: 'HS256' };
    const odd = [
      { ...key, jwk: secret },
      { ...key, jwk: { kty: 'EC', kid: 'k1', crv: 'P-256' } },
      { ...key, jwk: 7 as never },
    ];
    const issuer = await serveIssuer(odd);
    const served = await serveAccess({ issuers: [issuer.entry] });
    expect(await served.statusWith(await key.sign(claimsOf(issuer)))).toBe(401);
    expect(served.problems).toEqual([]);
  });
});

it('a token of the file is found even where it looks like a signed one', async () => {
  const token = 'aaa.bbb.ccc';
  const served = await serveAccess({ tokens: [{ ...STATIC, hash: hashOf(token) }] });
  expect(await served.statusWith(token)).toBe(200);
});
