import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ensurePrograms } from '../../../scripts/setup.mjs';
import { openRepository, type OpenRepositoryOptions } from '../../../src/git/open.ts';
import type { GitPort } from '../../../src/git/port.ts';
import { eventually } from '../../eventually.ts';
import { startForwardProxy } from '../../git/forward-proxy.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import {
  makeKey,
  startSshServer,
  type KeyOptions,
  type SshServer,
  type SshServerOptions,
} from '../../git/ssh-server.ts';

const run = promisify(execFile);
const never = new AbortController().signal;
const timeouts = { pollMs: 15_000, transferMs: 40_000, idleMs: 4_000 };
let directory: string;
let repository: TestRepository;
const servers: SshServer[] = [];

beforeAll(() => ensurePrograms(['git', 'sshd', 'ssh-keygen']));
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-ssh-'));
  repository = await createRepository(at('served', 'r.git'), { bare: true });
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await rm(directory, { recursive: true, force: true });
});

const at = (...names: string[]) => path.join(directory, ...names);

interface Setting {
  readonly server: SshServer;
  readonly open: (options?: Partial<OpenRepositoryOptions> & { readonly repository?: string }) => GitPort;
}

/** A server that knows our key, and whose keys we know. */
async function setting({
  key,
  ...options
}: Partial<SshServerOptions> & { readonly key?: KeyOptions } = {}): Promise<Setting> {
  const server = await startSshServer({ directory: at('sshd'), root: at('served'), ...options });
  servers.push(server);
  const { publicKey } = await makeKey(at('key'), key);
  await server.authorize(publicKey);
  await writeFile(at('known'), server.knownHosts);
  const open: Setting['open'] = ({ repository: name = 'r.git', access, ...others } = {}) =>
    openRepository(`${server.url}${at('served', name)}`, {
      branch: 'main',
      treePath: '.',
      directory: at('cache'),
      timeouts,
      access: { sshKeyFile: at('key'), knownHostsFile: at('known'), ...access },
      ...others,
    });
  return { server, open };
}

describe('a repository behind a real sshd', () => {
  it('is cloned shallow, and fetched by what is new', async () => {
    for (let n = 0; n < 3; n += 1) await repository.commit({ [`f${n}`]: randomBytes(50_000) });
    const { server, open } = await setting();
    const port = open();
    const first = await port.fetch(never);
    expect(first).toEqual({ revision: repository.head(), forced: false });
    expect((await port.readTree(first.revision)).size).toBe(3);

    const before = server.sent();
    const revision = await repository.commit({ small: 'x' });
    expect(await port.fetch(never)).toEqual({ revision, forced: false });
    expect(server.sent() - before).toBeLessThan(10_000);
    expect((await port.readCommit(revision, never))!.parents).toEqual([first.revision]);
    await repository.amend({ small: 'y' });
    expect(await port.fetch(never)).toMatchObject({ forced: true });
  });

  it('has its history and its refs', async () => {
    for (let n = 0; n < 5; n += 1) await repository.commit({ a: String(n) });
    const first = await repository.git('rev-list', '--max-parents=0', 'main');
    const pull = await repository.commit({ b: '1' }, 'x', { branch: 'proposal', parent: repository.head() });
    await repository.git('update-ref', 'refs/pull/12/head', pull);
    const { open } = await setting();
    const port = open();
    const { revision } = await port.fetch(never);
    expect(await port.fetchRef('refs/pull/12/head', never)).toBe(pull);
    expect((await port.readTree(pull)).size).toBe(2);
    await port.deepen(100, never);
    expect(await port.readCommit(first, never)).toMatchObject({ oid: first });
    await expect(port.fetchRef('gone', never)).rejects.toMatchObject({ code: 'ref-missing' });
    await expect(port.fetchRef('1'.repeat(40), never)).rejects.toMatchObject({ code: 'ref-missing' });
    expect(await port.fetch(never)).toEqual({ revision, forced: false });
  });

  it('may be named as scp does, relative to the home of the user', async () => {
    const revision = await repository.commit({ a: '1' });
    const { server } = await setting();
    const [, user] = /^ssh:\/\/(.*)@/.exec(server.url)!;
    const options = { branch: 'main', treePath: '.', directory: at('cache'), timeouts };
    const access = { sshKeyFile: at('key'), knownHostsFile: at('known') };
    const port = openRepository(`ssh://${user}@127.0.0.1:${server.port}/~/r.git`, { ...options, access });
    await expect(port.fetch(never)).rejects.toMatchObject({ code: 'not-found' }); // no such folder at home
    const absolute = openRepository(`${server.url}${at('served', 'r.git')}`, { ...options, access });
    expect((await absolute.fetch(never)).revision).toBe(revision);
  });

  it.each([
    { asked: 'lets clients choose the protocol', acceptsProtocol: true, version: 'version=2' },
    { asked: 'knows the old protocol only', acceptsProtocol: false, version: '' },
  ])('that $asked costs one command a poll on one connection', async ({ acceptsProtocol, version }) => {
    const revision = await repository.commit({ a: '1' });
    const { server, open } = await setting({ acceptsProtocol });
    const port = open();
    await port.fetch(never);
    const before = (await server.commands()).length;
    for (let n = 0; n < 5; n += 1) expect((await port.fetch(never)).revision).toBe(revision);
    const commands = (await server.commands()).slice(before);
    expect(commands).toEqual(Array(5).fill(`git-upload-pack '${at('served', 'r.git')}' ${version}`.trim()));
    expect(server.connections()).toBe(1);
  });

  it.each(['ed25519', 'ecdsa', 'rsa'])('is opened by a key of type %s, with a host key of that type', async (type) => {
    const revision = await repository.commit({ a: '1' });
    const { open } = await setting({ key: { type }, hostKeys: [type] });
    expect((await open().fetch(never)).revision).toBe(revision);
  });

  it('whose path needs quotes is found, and nothing of it is run', async () => {
    const name = "it's `touch x` $(touch x) ;touch x !.git";
    const revision = await (await createRepository(at('served', name), { bare: true })).commit({ a: '1' });
    const { open } = await setting();
    expect((await open({ repository: encodeURIComponent(name) }).fetch(never)).revision).toBe(revision);
    await expect(readFile(at('served', 'x'))).rejects.toThrow('ENOENT');
  });

  it('that is missing or refused is told in the words of the server', async () => {
    await repository.commit({ a: '1' });
    const { open } = await setting();
    await expect(open({ repository: 'gone.git' }).fetch(never)).rejects.toMatchObject({
      code: 'not-found',
      message: /127\.0\.0\.1.* says: .*gone\.git' does not appear to be a git repository/,
    });
    await expect(open({ branch: 'gone' }).fetch(never)).rejects.toMatchObject({ code: 'branch-missing' });
  });

  it('that is empty has no branch', async () => {
    const { open } = await setting();
    await expect(open().fetch(never)).rejects.toMatchObject({ code: 'branch-missing' });
  });
});

describe('the key shown to the server', () => {
  beforeEach(() => repository.commit({ a: '1' }));
  const refusal = async (port: GitPort) => {
    const error: unknown = await port.fetch(never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'GitError', code: 'unauthorized' });
    return (error as Error).message;
  };

  it('is told by its fingerprint where the server refuses it', async () => {
    const { open } = await setting();
    const { file } = await makeKey(at('other'));
    const { stdout } = await run('ssh-keygen', ['-l', '-f', file]);
    const message = await refusal(open({ access: { sshKeyFile: file, knownHostsFile: at('known') } }));
    expect(message).toContain(`refuses the SSH key ssh-ed25519 ${stdout.split(' ')[1]} for the user`);
  });

  it.each([
    ['in the format of OpenSSH', ['-a', '4']],
    ['as PEM', ['-m', 'PEM']],
  ])('may be encrypted, %s, and is opened by a passphrase from a file', async (_, flags) => {
    const { open } = await setting({ key: { type: 'rsa', passphrase: 's3cret words', flags } });
    const access = (passphrase: string) => ({
      sshKeyFile: at('key'),
      sshPassphraseFile: passphrase,
      knownHostsFile: at('known'),
    });
    expect(await refusal(open())).toContain(
      'is encrypted: name a file with its passphrase (repository-ssh-passphrase)',
    );
    await writeFile(at('wrong'), 'n0nsense', { mode: 0o600 });
    const message = await refusal(open({ access: access(at('wrong')) }));
    expect(message).toContain('the passphrase does not open');
    expect(message).not.toMatch(/n0nsense|s3cret/);
    await writeFile(at('right'), 's3cret words\n', { mode: 0o600 });
    expect((await open({ access: access(at('right')) }).fetch(never)).revision).toBe(repository.head());
  });

  it('must not be for others to read', async () => {
    const { open } = await setting();
    await chmod(at('key'), 0o644);
    expect(await refusal(open())).toContain(`may be read by others (mode 0644): chmod 600 ${at('key')}`);
    await chmod(at('key'), 0o600);
    expect((await open().fetch(never)).revision).toBe(repository.head());
  });

  it('is none: a public key, nonsense, or no file', async () => {
    const { open } = await setting();
    const openWith = (file: string) => open({ access: { sshKeyFile: file, knownHostsFile: at('known') } });
    await chmod(at('key.pub'), 0o600);
    expect(await refusal(openWith(at('key.pub')))).toContain('holds a public key');
    await writeFile(at('nonsense'), 's3cret', { mode: 0o600 });
    const message = await refusal(openWith(at('nonsense')));
    expect(message).toContain('is no private SSH key');
    expect(message).not.toContain('s3cret');
    expect(await refusal(openWith(at('gone')))).toContain('ENOENT');
  });

  it('counts at the next look after it was changed', async () => {
    const { server, open } = await setting();
    const port = open();
    await port.fetch(never);
    const { file, publicKey } = await makeKey(at('next'));
    await writeFile(at('key'), await readFile(file));
    expect(await refusal(port)).toContain('refuses the SSH key');
    await server.authorize(publicKey);
    expect((await port.fetch(never)).revision).toBe(repository.head());
  });
});

describe('the key of the server', () => {
  beforeEach(() => repository.commit({ a: '1' }));
  const refusal = async (port: GitPort) => {
    const error: unknown = await port.fetch(never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'GitError', code: 'untrusted' });
    return (error as Error).message;
  };

  it('that is not known is refused, and the command in the message makes it known', async () => {
    const { server, open } = await setting();
    await writeFile(at('known'), '');
    const message = await refusal(open());
    const { stdout } = await run('ssh-keygen', ['-l', '-f', at('sshd', 'host-ed25519.pub')]);
    expect(message).toContain(`it shows ssh-ed25519 ${stdout.split(' ')[1]}`);
    const [, command] = /then: (ssh-keyscan .*)$/.exec(message)!;
    await run('sh', ['-c', command!]);
    expect((await open().fetch(never)).revision).toBe(repository.head());
    expect(await server.commands()).not.toEqual([]);
  });

  it('is known from a file with hashed names, made by ssh-keygen -H', async () => {
    const { open } = await setting();
    await run('ssh-keygen', ['-q', '-H', '-f', at('known')]);
    expect(await readFile(at('known'), 'utf8')).toMatch(/^\|1\|/);
    expect((await open().fetch(never)).revision).toBe(repository.head());
  });

  it('that is another than the known one is refused before our key is shown', async () => {
    const { server, open } = await setting();
    const { publicKey } = await makeKey(at('impostor'));
    await writeFile(at('known'), `[127.0.0.1]:${server.port} ${publicKey}\n`);
    expect(await refusal(open())).toMatch(/is another than the known one \(ssh-ed25519 SHA256:\S+, .*known:1\)/);
    expect(await server.commands()).toEqual([]);
  });

  it('of a type that is not known is not shown: the server is asked for the one that is', async () => {
    const { server, open } = await setting({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] });
    const lines = server.knownHosts.split('\n');
    for (const type of ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa']) {
      await writeFile(at('known'), `${lines.find((line) => line.includes(type))}\n`);
      expect((await open().fetch(never)).revision).toBe(repository.head());
    }
  });

  it('is told to be missing where the server has none of the known types', async () => {
    const { server, open } = await setting({ hostKeys: ['rsa'] });
    const { publicKey } = await makeKey(at('former'));
    await writeFile(at('known'), `[127.0.0.1]:${server.port} ${publicKey}\n`);
    expect(await refusal(open())).toContain('has no host key of a type that is known for it');
  });

  it('that was revoked is refused at the next look, also on a connection that is kept', async () => {
    const { server, open } = await setting();
    const port = open();
    await port.fetch(never);
    await appendFile(at('known'), `@revoked * ${server.knownHosts.split(' ').slice(1).join(' ')}`);
    expect(await refusal(port)).toContain('is revoked in');
  });
});

describe('an SSH server in trouble', () => {
  it.each([
    ['that closes the connection', { kind: 'drop' }],
    ['that never says a word', { kind: 'black-hole' }],
    ['that falls silent while keys are exchanged', { kind: 'stall', afterBytes: 200 }],
    ['that breaks off while keys are exchanged', { kind: 'cut', afterBytes: 200 }],
    ['that breaks off after it let us in', { kind: 'cut', afterBytes: 2_500 }],
  ] as const)('%s is unreachable, and found again', async (_, mode) => {
    const revision = await repository.commit({ a: '1' });
    const { server, open } = await setting();
    server.setMode(mode);
    const port = open();
    await expect(port.fetch(never)).rejects.toMatchObject({ name: 'GitError', code: 'unreachable' });
    server.setMode({ kind: 'ok' });
    expect((await port.fetch(never)).revision).toBe(revision);
  });

  it.each(['cut', 'stall'] as const)('%s in mid-pack leaves nothing that hinders the next fetch', async (kind) => {
    const first = await repository.commit({ a: randomBytes(400_000) });
    const { server, open } = await setting();
    const port = open();
    server.setMode({ kind, afterBytes: 100_000 });
    await expect(port.fetch(never)).rejects.toMatchObject({ code: 'unreachable' });
    server.setMode({ kind: 'ok' });
    expect((await port.fetch(never)).revision).toBe(first);
    const second = await repository.commit({ b: randomBytes(400_000) });
    server.cutAll();
    server.setMode({ kind, afterBytes: 100_000 });
    await expect(port.fetch(never)).rejects.toMatchObject({ code: 'unreachable' });
    expect((await port.readTree(first)).size).toBe(1);
    server.setMode({ kind: 'ok' });
    expect(await port.fetch(never)).toEqual({ revision: second, forced: false });
  });

  it('that closed the kept connection is asked on a new one', async () => {
    const revision = await repository.commit({ a: '1' });
    const { server, open } = await setting();
    const port = open();
    await port.fetch(never);
    server.cutAll();
    expect((await port.fetch(never)).revision).toBe(revision);
    expect(server.connections()).toBe(2);
  });

  it('is left at once when the signal says so, and no connection stays', async () => {
    await repository.commit({ a: '1' });
    const { server, open } = await setting();
    server.setMode({ kind: 'black-hole' });
    const abort = new AbortController();
    const fetching = open().fetch(abort.signal);
    await eventually(() => expect(server.connections()).toBe(1));
    abort.abort(new Error('enough'));
    await expect(fetching).rejects.toThrow('enough');
    await eventually(() => expect(server.openConnections()).toBe(0));
  });

  it('that is down is told with its code', async () => {
    const { server, open } = await setting();
    await server.stop();
    await expect(open().fetch(never)).rejects.toMatchObject({ code: 'unreachable', message: /ECONNREFUSED/ });
  });
});

describe('a proxy on the way to an SSH server', () => {
  const NAME = 'git.example.invalid'; // only the proxy knows it
  const authorization = `Basic ${Buffer.from('p:pr0xy').toString('base64')}`;

  async function behindProxy() {
    const { server } = await setting();
    const proxy = await startForwardProxy({ leadsTo: server.port, authorization });
    onTestFinished(() => proxy.stop());
    await writeFile(at('known'), server.knownHosts.replace('127.0.0.1', NAME));
    const url = server.url.replace('127.0.0.1', NAME) + at('served', 'r.git');
    const access = { sshKeyFile: at('key'), knownHostsFile: at('known'), credentialsFile: at('credentials') };
    const openThrough = (through: string, environment = {}) =>
      openRepository(url, {
        ...{ branch: 'main', treePath: '.', directory: at('cache'), timeouts, environment },
        access: { ...access, proxy: through },
      });
    return { server, proxy, openThrough };
  }

  it('tunnels where the setting names it, with the credentials of the file, once for many polls', async () => {
    const revision = await repository.commit({ a: '1' });
    const { server, proxy, openThrough } = await behindProxy();
    await writeFile(at('credentials'), proxy.url.replace('//', '//p:pr0xy@'));
    const port = openThrough(proxy.url);
    expect((await port.fetch(never)).revision).toBe(revision);
    expect((await port.fetch(never)).revision).toBe(revision);
    expect(proxy.requests).toEqual([
      { line: `CONNECT ${NAME}:${server.port}`, authorization: undefined, proxyAuthorization: authorization },
    ]);
    proxy.cutAll();
    expect((await port.fetch(never)).revision).toBe(revision);
  });

  it('that refuses is told by its address, without credentials', async () => {
    const { proxy, openThrough } = await behindProxy();
    await writeFile(at('credentials'), proxy.url.replace('//', '//p:wr0ng@'));
    await expect(openThrough(proxy.url).fetch(never)).rejects.toMatchObject({
      code: 'unauthorized',
      message: `the proxy ${proxy.url} refuses the credentials, or wants some (HTTP 407)`,
    });
    proxy.answer(503);
    await expect(openThrough(proxy.url).fetch(never)).rejects.toMatchObject({
      code: 'unreachable',
      message: /HTTP 503/,
    });
    proxy.answer(0);
    await expect(openThrough(proxy.url).fetch(never)).rejects.toMatchObject({ code: 'unreachable', message: /silent/ });
  });

  it('that the environment names does not count', async () => {
    const { proxy, openThrough } = await behindProxy();
    await writeFile(at('credentials'), '');
    const port = openThrough('none', { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url });
    await expect(port.fetch(never)).rejects.toMatchObject({ code: 'unreachable', message: /ENOTFOUND|EAI_AGAIN/ });
    expect(proxy.requests).toEqual([]);
  });
});

it('a kept connection does not keep a program alive that has nothing else to do', async () => {
  await repository.commit({ a: '1' });
  const { server } = await setting();
  const program = `
    import { openRepository } from '${new URL('../../../src/git/open.ts', import.meta.url).href}';
    const [url, directory, sshKeyFile, knownHostsFile] = process.argv.slice(-4);
    const access = { sshKeyFile, knownHostsFile };
    const port = openRepository(url, { branch: 'main', treePath: '.', directory, access });
    console.log((await port.fetch(new AbortController().signal)).revision);
  `;
  const url = `${server.url}${at('served', 'r.git')}`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', program, url, at('cache'), at('key'), at('known')];
  const { stdout } = await run(process.execPath, args, { timeout: 20_000 });
  expect(stdout.trim()).toBe(repository.head());
});
