import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRepository, type OpenRepositoryOptions } from '../../../src/git/open.ts';
import type { GitPort } from '../../../src/git/port.ts';
import { makeCertificate } from '../../api/certificate.ts';
import { startForwardProxy, type ForwardProxy, type ForwardProxyOptions } from '../forward-proxy.ts';
import { createRepository, type TestRepository } from '../git-repo.ts';
import { startGitServer, type GitServer, type GitServerOptions } from '../git-server.ts';

const never = new AbortController().signal;
const timeouts = { pollMs: 20_000, transferMs: 20_000, idleMs: 3_000 };
/** A name that only the proxy can resolve. */
const NAME = 'git.example.invalid';
let directory: string;
let repository: TestRepository;
const ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-access-'));
  repository = await createRepository(at('served', 'r.git'), { bare: true });
  await repository.commit({ a: '1' });
});
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  await rm(directory, { recursive: true, force: true });
});

const at = (...names: string[]) => path.join(directory, ...names);
async function serve(options: Partial<GitServerOptions> = {}): Promise<GitServer> {
  const server = await startGitServer({ root: at('served'), ...options });
  ends.push(() => server.stop());
  return server;
}
async function startProxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const proxy = await startForwardProxy(options);
  ends.push(() => proxy.stop());
  return proxy;
}
const open = (url: string, options: Partial<OpenRepositoryOptions> = {}) =>
  openRepository(`${url}/r.git`, { branch: 'main', treePath: '.', directory: at('cache'), timeouts, ...options });
const refusal = async (port: GitPort) => {
  const error: unknown = await port.fetch(never).catch((thrown: unknown) => thrown);
  if (!(error instanceof Error && 'code' in error)) throw new Error('it was not refused');
  return `${String(error.code)}: ${error.message}`;
};

describe('a server with a certificate of a private authority', () => {
  const authority = makeCertificate('private authority');
  const tls = makeCertificate('the server', authority);

  it('is not trusted until the authority is named', async () => {
    const { url } = await serve({ tls });
    expect(await refusal(open(url))).toMatch(/^untrusted: .*of no authority known here .* name it with repository-ca/);
    await writeFile(at('ca.pem'), `# ours\n${makeCertificate('another').cert}\n${authority.cert}`);
    const port = open(url, { access: { caFile: at('ca.pem') } });
    expect((await port.fetch(never)).revision).toBe(repository.head());
  });

  it('is trusted through NODE_EXTRA_CA_CERTS as well where a file of authorities is named', async () => {
    const { url } = await serve({ tls });
    await writeFile(at('extra.pem'), authority.cert);
    await writeFile(at('ca.pem'), makeCertificate('another').cert);
    const environment = { NODE_EXTRA_CA_CERTS: at('extra.pem') };
    const port = open(url, { access: { caFile: at('ca.pem') }, environment });
    expect((await port.fetch(never)).revision).toBe(repository.head());
  });

  it('is not left by a redirect to plain http, nor is anything asked there', async () => {
    const [front, back] = [await serve({ tls }), await serve()];
    await writeFile(at('ca.pem'), authority.cert);
    front.setMode({ kind: 'redirect', to: back.url });
    const port = open(front.url, { access: { caFile: at('ca.pem') } });
    expect(await refusal(port)).toBe(
      `untrusted: the server sends on from https to ${back.url}, which anybody on the way can read and change`,
    );
    expect(back.requests).toEqual([]);
    back.setMode({ kind: 'redirect', to: front.url });
    front.setMode({ kind: 'ok' });
    expect((await open(back.url, { access: { caFile: at('ca.pem') } }).fetch(never)).revision).toBe(repository.head());
  });

  it('is judged by what the file holds at the time', async () => {
    const { url } = await serve({ tls });
    await writeFile(at('ca.pem'), makeCertificate('another').cert);
    const port = open(url, { access: { caFile: at('ca.pem') } });
    expect(await refusal(port)).toMatch(/^untrusted/);
    await writeFile(at('ca.pem'), authority.cert);
    expect((await port.fetch(never)).revision).toBe(repository.head());
    await writeFile(at('ca.pem'), makeCertificate('another').cert);
    expect(await refusal(port)).toMatch(/^untrusted/);
  });

  it.each([
    ['is not there', undefined, /cannot be read: .*ca\.pem \(ENOENT\)/],
    ['holds none', 'nothing', /holds no certificate in PEM form/],
    ['holds one that is cut', authority.cert.replace(/^.{40}/m, ''), /holds no certificate|makes no sense/],
    [
      'holds nonsense in PEM',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      /certificate 1 .* no sense/,
    ],
  ])('is not asked where the file of authorities %s', async (_, content, message) => {
    const server = await serve({ tls });
    if (content !== undefined) await writeFile(at('ca.pem'), content);
    expect(await refusal(open(server.url, { access: { caFile: at('ca.pem') } }))).toMatch(message);
    expect(server.requests).toEqual([]);
  });

  it('is not trusted under another name', async () => {
    const { port } = await serve({ tls });
    const { url } = await startProxy({ leadsTo: port });
    await writeFile(at('ca.pem'), authority.cert);
    const access = { caFile: at('ca.pem'), proxy: url };
    expect(await refusal(open(`https://${NAME}`, { access }))).toMatch(/^untrusted: .* is for another name/);
  });
});

describe('a proxy', () => {
  const tls = makeCertificate();
  const auth = { username: 'ada', password: 's3cret' };
  const proxyAuthorization = `Basic ${Buffer.from('p:pr0xy').toString('base64')}`;

  it('is asked for plain http by whole addresses, and resolves the name', async () => {
    const server = await serve({ auth });
    const proxy = await startProxy({ leadsTo: server.port });
    await writeFile(at('token'), 'ada:s3cret');
    const environment = { HTTP_PROXY: proxy.url };
    const port = open(`http://${NAME}`, { environment, access: { credentialsFile: at('token') } });
    expect((await port.fetch(never)).revision).toBe(repository.head());
    expect(proxy.requests[0]!.line).toBe(`GET http://${NAME}/r.git/info/refs?service=git-upload-pack`);
  });

  it('is asked for a tunnel to an https server, and sees nothing of what goes through', async () => {
    const server = await serve({ tls, auth });
    const proxy = await startProxy({ leadsTo: server.port });
    await writeFile(at('token'), 'ada:s3cret');
    await writeFile(at('ca.pem'), tls.cert);
    const access = { credentialsFile: at('token'), caFile: at('ca.pem') };
    const port = open(server.url, { environment: { https_proxy: proxy.url }, access });
    expect((await port.fetch(never)).revision).toBe(repository.head());
    expect(new Set(proxy.requests.map(({ line }) => line))).toEqual(new Set([`CONNECT 127.0.0.1:${server.port}`]));
    expect(proxy.requests.map(({ authorization }) => authorization)).toEqual(proxy.requests.map(() => undefined));
    const before = proxy.requests.length;
    await port.fetch(never);
    expect(proxy.requests).toHaveLength(before); // the tunnel is kept for the next poll
  });

  it('is passed by for what NO_PROXY names, and where the setting says none', async () => {
    const server = await serve();
    const proxy = await startProxy({ leadsTo: server.port });
    const environment = { HTTP_PROXY: proxy.url };
    await open(server.url, { environment: { ...environment, NO_PROXY: '127.0.0.1' } }).fetch(never);
    await open(server.url, { environment, access: { proxy: 'none' } }).fetch(never);
    expect(proxy.requests).toEqual([]);
    await open(server.url, { environment }).fetch(never);
    expect(proxy.requests).not.toEqual([]);
  });

  it.each([
    ['in its address', (url: string) => ({ environment: { HTTP_PROXY: url.replace('//', '//p:pr0xy@') } })],
    ['in the credentials file', (url: string) => ({ access: { proxy: url, credentialsFile: at('credentials') } })],
  ])('gets the credentials that stand %s, and the server gets its own', async (_, how) => {
    const server = await serve({ auth });
    const proxy = await startProxy({ leadsTo: server.port, authorization: proxyAuthorization });
    const lines = [`http://ada:s3cret@${NAME}`, proxy.url.replace('//', '//p:pr0xy@')];
    await writeFile(at('credentials'), lines.join('\n'));
    const { environment, access } = { environment: {}, access: {}, ...how(proxy.url) };
    const port = open(`http://${NAME}`, { environment, access: { credentialsFile: at('credentials'), ...access } });
    expect((await port.fetch(never)).revision).toBe(repository.head());
    expect(new Set(proxy.requests.map((each) => each.proxyAuthorization))).toEqual(new Set([proxyAuthorization]));
  });

  it('gets new credentials at the next look after they changed', async () => {
    const server = await serve();
    const proxy = await startProxy({ leadsTo: server.port, authorization: proxyAuthorization });
    await writeFile(at('credentials'), proxy.url.replace('//', '//p:old@'));
    const port = open(`http://${NAME}`, { access: { proxy: proxy.url, credentialsFile: at('credentials') } });
    expect(await refusal(port)).toMatch(/^unauthorized/);
    await writeFile(at('credentials'), proxy.url.replace('//', '//p:pr0xy@'));
    expect((await port.fetch(never)).revision).toBe(repository.head());
  });

  it.each(['http', 'https'])('that refuses the credentials on the way to %s is told without them', async (scheme) => {
    const server = await serve(scheme === 'https' ? { tls } : {});
    const proxy = await startProxy({ leadsTo: server.port, authorization: proxyAuthorization });
    const log = vi.fn();
    const secretive = proxy.url.replace('//', '//p:wr0ng@');
    const environment = { HTTP_PROXY: secretive, HTTPS_PROXY: secretive };
    const message = await refusal(open(`${scheme}://${NAME}`, { environment, log }));
    expect(message).toBe(`unauthorized: the proxy ${proxy.url} refuses the credentials, or wants some (HTTP 407)`);
    expect(JSON.stringify(log.mock.calls)).not.toContain('wr0ng');
  });

  it('that does not lead there, or never answers, or is down is told by its address', async () => {
    const server = await serve({ tls });
    const proxy = await startProxy({ leadsTo: server.port });
    const environment = { HTTPS_PROXY: proxy.url.replace('//', '//p:pr0xy@') };
    const port = open(`https://${NAME}`, { environment });
    proxy.answer(403);
    const told = [await refusal(port)];
    expect(told[0]).toBe(`unreachable: the proxy ${proxy.url} does not lead to https://${NAME}/r.git (HTTP 403)`);
    proxy.answer(0);
    told.push(await refusal(port));
    expect(told[1]).toMatch(/^unreachable: .*silent for 3000 ms/);
    await proxy.stop();
    ends.pop();
    told.push(await refusal(port));
    expect(told[2]).toMatch(new RegExp(`^unreachable: .* through the proxy ${proxy.url} \\(ECONNREFUSED\\)`));
    expect(told.join()).not.toContain('pr0xy@');
  });

  it('that is no address is told by the variable that names it', async () => {
    const message = await refusal(open('https://h', { environment: { HTTPS_PROXY: 'socks5://p:pr0xy@h:1' } }));
    expect(message).toMatch(/^unreachable: HTTPS_PROXY names no proxy/);
    expect(message).not.toContain('pr0xy');
  });
});
