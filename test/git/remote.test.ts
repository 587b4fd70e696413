import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GitPort } from '../../src/git/port.ts';
import type { CredentialSource } from '../../src/git/credentials.ts';
import { createHttpTransport } from '../../src/git/http/http-transport.ts';
import type { RemoteRepositoryOptions } from '../../src/git/remote-options.ts';
import { openRemoteRepository } from '../../src/git/remote.ts';
import { eventually } from '../eventually.ts';
import { createRepository, type TestRepository } from './git-repo.ts';
import { startGitServer, type GitServer, type GitServerOptions } from './git-server.ts';

const never = new AbortController().signal;
let directory: string;
let repository: TestRepository;
const servers: GitServer[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-git-'));
  repository = await createRepository(at('served', 'r.git'), { bare: true });
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await rm(directory, { recursive: true, force: true });
});

const at = (...names: string[]) => path.join(directory, ...names);
const serve = async (options: Partial<GitServerOptions> = {}) => {
  const server = await startGitServer({ root: at('served'), ...options });
  servers.push(server);
  return server;
};
interface Opening extends Partial<RemoteRepositoryOptions> {
  readonly url?: string;
  readonly credentials?: CredentialSource;
}
const open = (server: GitServer, { url, credentials, ...options }: Opening = {}) =>
  openRemoteRepository({
    transport: createHttpTransport({
      url: url ?? `${server.url}/r.git`,
      credentials: credentials ?? (async () => undefined),
    }),
    branch: 'main',
    treePath: '.',
    directory: at('cache'),
    ...options,
  });
const summary = (server: GitServer) => server.requests.splice(0).map(({ method, path: url }) => `${method} ${url}`);
const gitdir = async () =>
  at(
    'cache',
    (await readdir(at('cache'))).find((name) => name.startsWith('store-'))!,
  );
const packFiles = async (extension: string) => {
  const folder = path.join(await gitdir(), 'objects', 'pack');
  return (await readdir(folder)).filter((name) => name.endsWith(extension)).map((name) => path.join(folder, name));
};

/** Another process that clones; arguments: URL of the server, folder of the store. */
const CLONE = `
  import { openRepository } from '${new URL('../../src/git/open.ts', import.meta.url).href}';
  const [url, directory] = process.argv.slice(-2);
  const port = openRepository(url + '/r.git', { branch: 'main', treePath: '.', directory });
  await port.fetch(new AbortController().signal);
`;
const INFO = 'GET /r.git/info/refs?service=git-upload-pack';
const POST = 'POST /r.git/git-upload-pack';

describe('a remote repository', () => {
  it('is cloned shallow once, and fetched by what is new', async () => {
    for (const n of [1, 2, 3]) await repository.commit({ [`f${n}`]: randomBytes(5000) });
    const server = await serve();
    const port = open(server);
    const first = await port.fetch(never);
    expect(first).toEqual({ revision: repository.head(), forced: false });
    expect((await port.readTree(first.revision)).size).toBe(3);
    expect((await port.readCommit(first.revision, never))!.parents).toEqual([]);

    const revision = await repository.commit({ f4: 'small' });
    server.requests.length = 0;
    expect(await port.fetch(never)).toEqual({ revision, forced: false });
    expect(server.requests.reduce((sum, { sent }) => sum + sent, 0)).toBeLessThan(3000);
    expect((await port.readTree(revision)).size).toBe(4);
    expect((await port.readCommit(revision, never))!.parents).toEqual([first.revision]);
  });

  it('costs one GET and one POST when nothing moved', async () => {
    await repository.commit({ a: '1' });
    const server = await serve();
    const port = open(server);
    await port.fetch(never);
    summary(server);
    await port.fetch(never);
    expect(summary(server)).toEqual([INFO, POST]);
  });

  it('goes on with the store of an earlier run, unless it is of another URL or branch', async () => {
    await repository.commit({ a: '1' });
    const revision = await repository.commit({ a: '2' }, 'x', { branch: 'other', parent: null });
    const server = await serve();
    await open(server).fetch(never);
    summary(server);
    await open(server).fetch(never);
    expect(summary(server)).toEqual([INFO, POST]);
    expect((await open(server, { branch: 'other' }).fetch(never)).revision).toBe(revision);
    expect(await readdir(at('cache'))).toHaveLength(1);
  });

  it('says forced after a force-push, and not after a revert', async () => {
    await repository.commit({ a: '1' });
    await repository.commit({ a: '2' });
    const port = open(await serve());
    await port.fetch(never);
    await repository.revert();
    expect((await port.fetch(never)).forced).toBe(false);
    const revision = await repository.amend({ a: '3' });
    expect(await port.fetch(never)).toEqual({ revision, forced: true });
    expect((await port.readTree(revision)).size).toBe(1);
    const unrelated = await repository.commit({ b: '1' }, 'root', { parent: null });
    expect(await port.fetch(never)).toEqual({ revision: unrelated, forced: true });
  });

  it('knows the branch by its whole name, and says when it is deleted', async () => {
    await repository.commit({ a: '1' });
    await repository.commit({ a: '1' }, 'x', { branch: 'main2' });
    const port = open(await serve());
    await port.fetch(never);
    await repository.deleteBranch('main');
    await expect(port.fetch(never)).rejects.toMatchObject({ code: 'branch-missing' });
    const revision = await repository.commit({ a: '2' }, 'again');
    expect((await port.fetch(never)).revision).toBe(revision);
  });

  it('says branch-missing for an empty repository and not-found for none', async () => {
    const server = await serve();
    await expect(open(server).fetch(never)).rejects.toMatchObject({ code: 'branch-missing' });
    const none = open(server, { url: `${server.url}/none.git` });
    await expect(none.fetch(never)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is cloned whole from a server that knows no shallow clones', async () => {
    await repository.commit({ a: '1' });
    await repository.commit({ a: '2' });
    const server = await serve();
    server.setMode({ kind: 'no-shallow' });
    const port = open(server);
    const { revision } = await port.fetch(never);
    expect((await port.readCommit(revision, never))!.parents).toHaveLength(1);
  });

  it('fetches an exact commit where the server allows it, and does without where not', async () => {
    await repository.commit({ a: '1' });
    const second = await repository.commit({ a: '2' });
    const dropped = await repository.commit({ a: '3' });
    await repository.amend({ a: '4' });
    const port = open(await serve());
    await port.fetch(never);
    expect(await port.readCommit(second, never)).toMatchObject({ oid: second, parents: [] });
    expect((await port.readTree(second)).size).toBe(1);
    expect(await port.readCommit(dropped, never)).toBeUndefined();
    await repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    expect(await port.readCommit(dropped, never)).toMatchObject({ oid: dropped });
    expect(await port.readCommit('0'.repeat(40), never)).toBeUndefined();
    expect(await port.readCommit('main', never)).toBeUndefined();
    await repository.commit({ a: '5' });
    expect((await port.fetch(never)).forced).toBe(false);
  });

  it('is cloned anew when fetches have left many packs', async () => {
    await repository.commit({ a: '0' });
    const port = open(await serve(), { maxPacks: 3 });
    await port.fetch(never);
    for (let n = 1; n <= 8; n += 1) {
      const revision = await repository.commit({ a: String(n) });
      expect(await port.fetch(never)).toEqual({ revision, forced: false });
      expect((await port.readTree(revision)).size).toBe(1);
      expect((await packFiles('.idx')).length).toBeLessThanOrEqual(3);
    }
    expect(await readdir(at('cache'))).toHaveLength(1);
  });
});

it('reads on while its store is swapped for a fresh clone', async () => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, String(n)]));
  const first = await repository.commit(files);
  const port = open(await serve(), { maxPacks: 1 });
  await port.fetch(never);
  const entries = [...(await port.readTree(first))];
  for (let round = 0; round < 3; round += 1) {
    await repository.commit({ other: String(round) });
    const fetching = port.fetch(never);
    const fetch = { done: false };
    void fetching.finally(() => (fetch.done = true));
    while (!fetch.done) {
      for (const [name, { oid }] of entries) {
        const blob = await port.readBlob(oid, 10);
        expect(`f${Buffer.from(blob as Uint8Array).toString()}`).toBe(name);
      }
    }
    expect((await fetching).revision).toBe(repository.head());
  }
});

describe('a server in trouble', () => {
  const timeouts = { pollMs: 20_000, transferMs: 20_000, idleMs: 3_000 };

  it('is unreachable while it is down, and then found again', async () => {
    await repository.commit({ a: '1' });
    const server = await serve();
    const port = open(server, { timeouts });
    const { revision } = await port.fetch(never);
    await server.stop();
    await expect(port.fetch(never)).rejects.toMatchObject({ code: 'unreachable', message: /ECONNREFUSED/ });
    expect((await port.readTree(revision)).size).toBe(1);
    await serve({ port: server.port });
    expect((await port.fetch(never)).revision).toBe(revision);
  });

  it.each([
    ['that closes the connection', { kind: 'drop' }],
    ['that never answers', { kind: 'black-hole' }],
    ['that answers 503', { kind: 'status', status: 503 }],
    ['that breaks off its listing', { kind: 'cut', afterBytes: 20 }],
    ['that falls silent in its listing', { kind: 'stall', afterBytes: 20 }],
    ['that breaks off before the first ref', { kind: 'cut', afterBytes: 0, method: 'POST' }],
    ['that falls silent before the first ref', { kind: 'stall', afterBytes: 0, method: 'POST' }],
  ] as const)('%s is unreachable, never a deleted branch', async (_, mode) => {
    await repository.commit({ a: '1' });
    const server = await serve();
    const port = open(server, { timeouts });
    await port.fetch(never);
    server.setMode(mode);
    await expect(port.fetch(never)).rejects.toMatchObject({ name: 'GitError', code: 'unreachable' });
    server.setMode({ kind: 'ok' });
    expect((await port.fetch(never)).revision).toBe(repository.head());
  });

  it('that answers a page is no git repository', async () => {
    const server = await serve();
    server.setMode({ kind: 'status', status: 200, body: '<html>welcome</html>' });
    await expect(open(server).fetch(never)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is left at once when the signal says so', async () => {
    const server = await serve();
    server.setMode({ kind: 'black-hole' });
    const abort = new AbortController();
    const fetching = open(server).fetch(abort.signal);
    await eventually(() => expect(server.requests).toHaveLength(1));
    abort.abort(new Error('enough'));
    await expect(fetching).rejects.toThrow('enough');
  });

  it.each(['cut', 'stall'] as const)('%s in mid-clone leaves nothing that hinders the next one', async (kind) => {
    const revision = await repository.commit({ a: randomBytes(300_000) });
    const server = await serve();
    const port = open(server, { timeouts });
    server.setMode({ kind, afterBytes: 100_000 });
    await expect(port.fetch(never)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(port.readTree(revision)).rejects.toMatchObject({ code: 'unreachable' });
    server.setMode({ kind: 'ok' });
    expect((await port.fetch(never)).revision).toBe(revision);
    expect((await port.readTree(revision)).size).toBe(1);
  });

  it('cut in mid-fetch leaves the head where it was, and the next fetch gets there', async () => {
    const first = await repository.commit({ a: '1' });
    const server = await serve();
    const port = open(server, { timeouts });
    await port.fetch(never);
    const revision = await repository.commit({ a: randomBytes(300_000) });
    server.setMode({ kind: 'cut', afterBytes: 100_000 });
    await expect(port.fetch(never)).rejects.toMatchObject({ code: 'unreachable' });
    expect((await port.readTree(first)).size).toBe(1);
    server.setMode({ kind: 'ok' });
    expect(await port.fetch(never)).toEqual({ revision, forced: false });
  });
});

describe('the history of a shallow store', () => {
  const timeouts = { pollMs: 20_000, transferMs: 20_000, idleMs: 3_000 };

  /** A port whose store has the last of five large commits. */
  async function shallow() {
    for (let n = 0; n < 5; n += 1) await repository.commit({ [`f${n}`]: randomBytes(100_000) });
    const server = await serve();
    const port = open(server, { timeouts });
    await port.fetch(never);
    return { server, port };
  }
  const depthOf = async (port: GitPort, revision: string) => {
    let depth = 0;
    let next: string | undefined = revision;
    while (next !== undefined) {
      next = (await port.readCommit(next, never))?.parents[0];
      depth += 1;
    }
    return depth;
  };

  it.each(['cut', 'stall'] as const)('has no gap after it was %s while it was fetched', async (kind) => {
    const { server, port } = await shallow();
    server.setMode({ kind, afterBytes: 100_000 });
    await expect(port.deepen(3, never)).rejects.toMatchObject({ code: 'unreachable' });
    expect(await depthOf(port, repository.head())).toBe(1);
    server.setMode({ kind: 'ok' });
    await port.deepen(100, never);
    expect(await depthOf(port, repository.head())).toBe(5);
  });

  it('has no gap after the daemon ended while it was fetched', async () => {
    const { server, port } = await shallow();
    server.setMode({ kind: 'stall', afterBytes: 100_000 });
    server.requests.length = 0;
    const ended = new AbortController();
    const deepening = port.deepen(3, ended.signal);
    await eventually(() => expect(server.requests.at(-1)?.sent).toBeGreaterThan(100_000));
    await eventually(async () => expect(await readdir(await gitdir())).toContain('shallow.kept'));
    server.setMode({ kind: 'ok' });
    const next = open(server);
    await next.fetch(never);
    await next.deepen(100, never);
    expect(await depthOf(next, repository.head())).toBe(5);
    ended.abort(new Error('killed'));
    await expect(deepening).rejects.toThrow('killed');
  });

  it('gives way to a newer commit while it is fetched, and not to a look that finds none', async () => {
    const { server } = await shallow();
    const patient = open(server, { timeouts: { transferMs: 60_000, idleMs: 60_000 } });
    await patient.fetch(never);
    server.setMode({ kind: 'stall', afterBytes: 100_000 });
    const deepening = patient.deepen(100, never);
    const told = expect(deepening).rejects.toThrow('a newer commit came first');
    await eventually(() => expect(server.requests.at(-1)?.sent).toBeGreaterThan(100_000));
    server.setMode({ kind: 'ok' });
    expect((await patient.fetch(never)).revision).toBe(repository.head());
    const revision = await repository.commit({ news: '1' });
    expect(await patient.fetch(never)).toEqual({ revision, forced: false });
    await told;
    await patient.deepen(100, never);
    expect(await depthOf(patient, revision)).toBe(6);
  });
});

describe('a broken store', () => {
  it('of a daemon killed in mid-clone is thrown away at the next start', async () => {
    const revision = await repository.commit({ a: randomBytes(300_000) });
    const server = await serve();
    server.setMode({ kind: 'stall', afterBytes: 100_000 });
    const daemon = spawn(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      CLONE,
      server.url,
      at('cache'),
    ]);
    const exited = once(daemon, 'exit');
    await eventually(() => expect(server.requests).toHaveLength(4));
    daemon.kill('SIGKILL');
    await exited;
    expect(await readdir(at('cache'))).toEqual(['clone-1']);
    server.setMode({ kind: 'ok' });
    expect((await open(server).fetch(never)).revision).toBe(revision);
    expect(await readdir(at('cache'))).toHaveLength(1);
  });

  it('that was never marked as fetched is thrown away at the next start', async () => {
    const revision = await repository.commit({ a: '1' });
    const server = await serve();
    await open(server).fetch(never);
    const [store] = await readdir(at('cache'));
    await createRepository(at('cache', 'clone-9'), { bare: true });
    await writeFile(at('cache', store!, 'refs', 'fairlead', 'fetched'), '');
    expect((await open(server).fetch(never)).revision).toBe(revision);
    expect(await readdir(at('cache'))).toHaveLength(1);
  });

  it.each(['.pack', '.idx'])('with a truncated %s is cloned anew at the next start', async (extension) => {
    const revision = await repository.commit({ a: '1' });
    const server = await serve();
    await open(server).fetch(never);
    for (const file of await packFiles(extension)) await truncate(file, 40);
    const port = open(server);
    expect((await port.fetch(never)).revision).toBe(revision);
    expect((await port.readTree(revision)).size).toBe(1);
  });

  it('found while reading is replaced by the next fetch, once', async () => {
    const big = randomBytes(100_000);
    await repository.commit({ a: '1' });
    const revision = await repository.commit({ big });
    const server = await serve();
    await open(server).fetch(never);
    const port = open(server);
    await port.fetch(never);
    const entry = await port.readTreeEntry(revision, 'big');
    await rm(await gitdir(), { recursive: true });
    await expect(port.readBlob('1'.repeat(40), 1e6)).rejects.toMatchObject({ code: 'corrupt' });
    expect((await port.fetch(never)).revision).toBe(revision);
    expect(await port.readBlob(entry!.oid, 1e6)).toEqual(big);
    summary(server);
    await expect(port.readBlob('1'.repeat(40), 1e6)).rejects.toMatchObject({ code: 'corrupt' });
    await port.fetch(never);
    expect(summary(server)).toEqual([INFO, POST]);
  });
});

describe('credentials', () => {
  const auth = { username: 'ada', password: 's3cret:pässword' };
  const encoded = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
  const asSeen = (error: unknown): string => {
    if (!(error instanceof Error)) return String(error);
    return [error.message, error.stack, JSON.stringify(error), asSeen(error.cause)].join('\n');
  };

  it('go with the first request, and a rotated password counts at once', async () => {
    const revision = await repository.commit({ a: '1' });
    const server = await serve({ auth });
    let password = 'wrong';
    const port = open(server, { credentials: async () => ({ ...auth, password }) });
    await expect(port.fetch(never)).rejects.toMatchObject({ code: 'unauthorized' });
    password = auth.password;
    expect((await port.fetch(never)).revision).toBe(revision);
    summary(server);
    await port.fetch(never);
    expect(summary(server)).toEqual([INFO, POST]);
  });

  it.each([
    { kind: 'status', status: 401, body: encoded },
    { kind: 'status', status: 403, body: encoded },
    { kind: 'status', status: 418, body: encoded },
    { kind: 'drop' },
    { kind: 'black-hole' },
  ] as const)('show in no error, log or file when the server answers %j', async (mode) => {
    await repository.commit({ a: '1' });
    const server = await serve({ auth });
    const log = vi.fn();
    const url = `${server.url.replace('//', `//${auth.username}:${encodeURIComponent(auth.password)}@`)}/r.git?t=s3cret`;
    const timeouts = { pollMs: 4_000, idleMs: 3_000 };
    const port = open(server, { url, log, timeouts, credentials: async () => auth });
    await port.fetch(never);
    expect(await readFile(path.join(await gitdir(), 'config'), 'utf8')).not.toMatch(/s3cret|ada/);
    server.setMode(mode);
    const error: unknown = await port.fetch(never).catch((thrown: unknown) => thrown);
    const seen = asSeen(error) + JSON.stringify(log.mock.calls);
    expect(error).toMatchObject({ name: 'GitError' });
    for (const secret of ['s3cret', encoded]) expect(seen).not.toContain(secret);
  });

  it('do not follow a redirect to another server', async () => {
    const revision = await repository.commit({ a: '1' });
    const [front, back] = [await serve(), await serve()];
    front.setMode({ kind: 'redirect', to: back.url });
    const port = open(front, { credentials: async () => auth });
    expect((await port.fetch(never)).revision).toBe(revision);
    expect(front.requests.every(({ authorization }) => authorization === `Basic ${encoded}`)).toBe(true);
    expect(back.requests.map(({ authorization }) => authorization)).toEqual(back.requests.map(() => undefined));
    expect(back.requests.some(({ method }) => method === 'POST')).toBe(true);
  });
});

it('grows no list of stores in a folder that holds other things', async () => {
  await repository.commit({ a: '1' });
  const server = await serve();
  await open(server).fetch(never);
  await appendFile(at('cache', 'notes'), 'mine');
  await open(server).fetch(never);
  expect((await readdir(at('cache'))).sort()).toEqual(['notes', 'store-1']);
});
