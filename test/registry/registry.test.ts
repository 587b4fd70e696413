import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, describe, expect, it, test } from 'vitest';
import type { RegistryLogin } from '../../src/docker/registry-credentials.ts';
import { isInsecure } from '../../src/registry/insecure.ts';
import { RegistryError } from '../../src/registry/port.ts';
import { openRegistry } from '../../src/registry/registry.ts';
import { parseChallenge } from '../../src/registry/token.ts';
import type { FoundSignature } from '../../src/signatures/image-signature.ts';
import { createImageSigner } from '../signatures/image-signer.ts';

const { signal } = new AbortController();
const DIGEST = `sha256:${'1'.repeat(64)}`;
const LOGIN = { serveraddress: 'x', username: 'me', password: 'pass:word-91' };
const release = createImageSigner('release');
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Respond = (request: IncomingMessage, response: ServerResponse) => void;
type Documents = Readonly<Record<string, string | Buffer | Respond>>;

/** A server of these documents, by their paths below /v2/acme/web/, and the way there. */
async function serve(documents: Documents, login?: RegistryLogin, timeoutMs = 10_000) {
  const asked: string[] = [];
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    seen.push(request.headers.authorization);
    const path = (request.url ?? '').replace(/^\/v2\/acme\/web\//, '').replace(/\?.*/, '');
    const found = documents[path] ?? documents['*'];
    if (typeof found === 'function') found(request, response);
    else if (found === undefined) response.writeHead(404).end('{}');
    else response.end(request.method === 'HEAD' ? undefined : found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const registry = openRegistry({
    login: async () => login,
    isInsecure: async () => true,
    dispatcher: new Agent(),
    timeoutMs,
  });
  const name = `127.0.0.1:${port}/acme/web`;
  const signatures = async () => {
    const found: FoundSignature[] = [];
    for await (const batch of registry.signaturesOf({ name, digest: DIGEST }, signal)) found.push(...batch);
    return found;
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    name,
    asked,
    seen,
    signatures,
    resolve: (tag: string, until = signal) => registry.resolve({ name, tag }, until),
  };
}

const digestOf = (bytes: Buffer | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const TAG = DIGEST.replace(':', '-');
const simple = release.sign({ name: 'ghcr.io/acme/web', digest: DIGEST });
const bundle = release.signBundle(DIGEST);

function layer(payload: Buffer, mediaType: string, annotations: object = {}, size = payload.length) {
  return { mediaType, size, digest: digestOf(payload), annotations };
}
const simpleLayer = (size?: number) =>
  layer(
    simple.payload,
    'application/vnd.dev.cosign.simplesigning.v1+json',
    { 'dev.cosignproject.cosign/signature': simple.signature },
    size,
  );
const SIMPLE = {
  [`manifests/${TAG}.sig`]: JSON.stringify({ layers: [simpleLayer()] }),
  [`blobs/${digestOf(simple.payload)}`]: simple.payload,
};
const TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const BUNDLE_MANIFEST = JSON.stringify({ artifactType: TYPE, layers: [layer(bundle.text, TYPE)] });
const INDEX = JSON.stringify({ manifests: [{ digest: digestOf(BUNDLE_MANIFEST), artifactType: TYPE }] });
const BUNDLE = {
  [`manifests/${digestOf(BUNDLE_MANIFEST)}`]: BUNDLE_MANIFEST,
  [`blobs/${digestOf(bundle.text)}`]: bundle.text,
};

describe('the signatures of an image', () => {
  it('are found where cosign puts them: under a tag, by the registry’s list, or by a tag in its place', async () => {
    expect(await (await serve(SIMPLE)).signatures()).toEqual([simple]);
    expect(await (await serve({ ...BUNDLE, [`referrers/${DIGEST}`]: INDEX })).signatures()).toEqual([bundle]);
    expect(await (await serve({ ...BUNDLE, [`manifests/${TAG}`]: INDEX })).signatures()).toEqual([bundle]);
    expect(await (await serve({ ...BUNDLE, ...SIMPLE, [`referrers/${DIGEST}`]: INDEX })).signatures()).toEqual([
      simple,
      bundle,
    ]);
    expect(await (await serve({})).signatures()).toEqual([]);
    const unknown: Respond = (_, response) => response.writeHead(405).end();
    const withoutReferrers = { ...BUNDLE, [`manifests/${TAG}`]: INDEX, [`referrers/${DIGEST}`]: unknown };
    expect(await (await serve(withoutReferrers)).signatures()).toEqual([bundle]);
  });

  it('are looked for without a GET of any manifest where there are none: that would count as a pull', async () => {
    const { signatures, asked } = await serve({});
    expect(await signatures()).toEqual([]);
    expect(asked.map((one) => one.replace(/\?.*/, ''))).toEqual([
      `HEAD /v2/acme/web/manifests/${TAG}.sig`,
      `GET /v2/acme/web/referrers/${DIGEST}`,
      `HEAD /v2/acme/web/manifests/${TAG}`,
    ]);
  });

  test.each<[string, Documents]>([
    ['no JSON', { [`manifests/${TAG}.sig`]: '<html>' }],
    ['a list of something else', { [`manifests/${TAG}.sig`]: '{"layers":[null,1,{"digest":"../../x"}]}' }],
    ['other bytes than its digest says', { ...SIMPLE, [`blobs/${digestOf(simple.payload)}`]: 'x' }],
    [
      'one that is said to be huge',
      { ...SIMPLE, [`manifests/${TAG}.sig`]: JSON.stringify({ layers: [simpleLayer(1e9)] }) },
    ],
    ['one that is gone', { [`manifests/${TAG}.sig`]: JSON.stringify({ layers: [simpleLayer()] }) }],
  ])('are none where there is %s', async (_, documents) => {
    expect(await (await serve(documents)).signatures()).toEqual([]);
  });

  it('are read up to a number, and no more bytes than a signature can have', async () => {
    const many = { ...SIMPLE, [`manifests/${TAG}.sig`]: JSON.stringify({ layers: Array(500).fill(simpleLayer()) }) };
    expect(await (await serve(many)).signatures()).toHaveLength(32);
    const endless: Respond = ({ method }, response) => {
      if (method === 'HEAD') response.end();
      else response.write(Buffer.alloc(2_000_000));
    };
    await expect((await serve({ [`manifests/${TAG}.sig`]: endless })).signatures()).rejects.toThrow(
      'sends more than 1048576 bytes',
    );
  });
});

describe('what a tag stands for', () => {
  it('is told by a header, else worked out', async () => {
    const telling: Respond = (_, response) => response.writeHead(200, { 'docker-content-digest': DIGEST }).end();
    const one = await serve({ 'manifests/1': telling });
    expect(await one.resolve('1')).toBe(DIGEST);
    expect(one.asked).toEqual(['HEAD /v2/acme/web/manifests/1']);
    expect(await (await serve({ 'manifests/1': '{}' })).resolve('1')).toBe(digestOf('{}'));
  });

  it('is an error where there is none, and where there is no registry', async () => {
    const { resolve, name } = await serve({});
    await expect(resolve('1')).rejects.toEqual(new RegistryError('missing', `there is no ${name}:1`));
    for (const close of closing.splice(0)) close();
    await expect(resolve('1')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('is an error where the registry says nothing, and nobody waits who gives up', async () => {
    const silent = { '*': () => undefined };
    const { resolve } = await serve(silent, undefined, 50);
    await expect(resolve('1')).rejects.toThrow(/^registry .* cannot be reached: no answer within 0\.05 s$/);
    const patient = await serve(silent);
    const giveUp = new AbortController();
    const asking = patient.resolve('1', giveUp.signal);
    giveUp.abort(new Error('shutting down'));
    await expect(asking).rejects.toThrow('shutting down');
  });

  it('is an error where the registry does not work', async () => {
    const { resolve } = await serve({ '*': (_, response) => response.writeHead(500).end('secret') });
    await expect(resolve('1')).rejects.toThrow(/^registry 127\.0\.0\.1:\d+ answers with status 500$/);
  });
});

describe('credentials', () => {
  const good: Respond = (_, response) => response.writeHead(200, { 'docker-content-digest': DIGEST }).end();
  const demanding =
    (challenge: () => string): Respond =>
    (request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': challenge() }).end();
      else good(request, response);
    };

  it('are shown when they are asked for, and not before', async () => {
    const { resolve, seen } = await serve({ 'manifests/1': demanding(() => 'Basic realm="x"') }, LOGIN);
    expect(await resolve('1')).toBe(DIGEST);
    expect(seen).toEqual([undefined, `Basic ${Buffer.from('me:pass:word-91').toString('base64')}`]);
  });

  it('are exchanged for a token where the registry wants one', async () => {
    let origin = '';
    const token: Respond = (_, response) => response.end('{"token":"abc"}');
    const served = await serve(
      { 'manifests/1': demanding(() => `Bearer realm="${origin}/token",service="x.example"`), '/token': token },
      LOGIN,
    );
    ({ origin } = served);
    expect(await served.resolve('1')).toBe(DIGEST);
    expect(served.asked[1]).toBe('GET /token?service=x.example&scope=repository%3Aacme%2Fweb%3Apull');
    expect(served.seen).toEqual([undefined, expect.stringMatching(/^Basic /), 'Bearer abc']);
  });

  it('that are an identity token are exchanged by POST', async () => {
    let origin = '';
    let body = '';
    const token: Respond = (request, response) => {
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => response.end('{"access_token":"abc"}'));
    };
    const served = await serve(
      { 'manifests/1': demanding(() => `Bearer realm="${origin}/token"`), '/token': token },
      { serveraddress: 'x', identitytoken: 'refresh-91' },
    );
    ({ origin } = served);
    expect(await served.resolve('1')).toBe(DIGEST);
    expect(new URLSearchParams(body).get('refresh_token')).toBe('refresh-91');
  });

  it('that are wrong or missing are told without repeating them', async () => {
    const always: Respond = (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    for (const login of [LOGIN, undefined]) {
      const { resolve } = await serve({ '*': always }, login);
      const failure: unknown = await resolve('1').catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'refused', message: expect.stringContaining('(401)') as string });
      expect(String(failure)).not.toContain('word-91');
    }
  });

  it('do not travel to another server by a redirect', async () => {
    const other = await serve({ '*': good });
    const { resolve, seen } = await serve(
      {
        'manifests/1': (request, response) => {
          if (request.headers.authorization === undefined)
            response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
          else response.writeHead(307, { location: `${other.origin}/elsewhere` }).end();
        },
      },
      LOGIN,
    );
    expect(await resolve('1')).toBe(DIGEST);
    expect(seen.at(-1)).toMatch(/^Basic /);
    expect(other.seen).toEqual([undefined]);
  });
});

test.each([
  ['Basic realm="x"', { kind: 'basic' }],
  ['bearer realm="https://a/t",service="b"', { kind: 'bearer', realm: 'https://a/t', service: 'b' }],
  ['Bearer service="b"', undefined],
  ['Negotiate', undefined],
  [null, undefined],
])('a challenge %s is understood', (header, challenge) => {
  expect(parseChallenge(header)).toEqual(challenge);
});

test.each([
  ['127.0.0.1:5000', ['127.0.0.0/8'], true],
  ['localhost:5000', [], true],
  ['[::1]:5000', ['::1/128'], true],
  ['10.1.2.3', ['10.0.0.0/8'], true],
  ['10.1.2.3', ['127.0.0.0/8'], false],
  ['registry.local:5000', ['registry.local:5000'], true],
  ['registry.local', ['registry.local:5000', '0.0.0.0/0'], false],
])('a registry %s with %j trusted by the engine: insecure is %s', (registry, listed, expected) => {
  expect(isInsecure(registry, listed)).toBe(expected);
});
