import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpTransport } from '../../src/git/http/http-transport.ts';
import { openLocalRepository } from '../../src/git/local.ts';
import type { GitPort } from '../../src/git/port.ts';
import type { RemoteRepositoryOptions } from '../../src/git/remote-options.ts';
import { openRemoteRepository } from '../../src/git/remote.ts';
import { eventually } from '../eventually.ts';
import { createRepository, type TestRepository } from './git-repo.ts';
import { startGitServer, type GitServer } from './git-server.ts';

const never = new AbortController().signal;
const PULL = 'refs/pull/12/head';
let directory: string;
let repository: TestRepository;
let server: GitServer;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-git-'));
  repository = await createRepository(path.join(directory, 'served', 'r.git'), { bare: true });
  server = await startGitServer({ root: path.join(directory, 'served') });
});
afterEach(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const openLocal = (): GitPort => openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
const openRemote = (options: Partial<RemoteRepositoryOptions> = {}): GitPort =>
  openRemoteRepository({
    transport: createHttpTransport({ url: `${server.url}/r.git`, credentials: async () => undefined }),
    branch: 'main',
    treePath: '.',
    directory: path.join(directory, 'cache'),
    ...options,
  });

/** A commit on no branch, as a forge keeps that of a pull request. */
async function propose(name: string, content: string | Uint8Array, ref = PULL): Promise<string> {
  const oid = await repository.commit({ [name]: content }, 'proposed', {
    branch: 'proposal',
    parent: repository.head(),
  });
  await repository.git('update-ref', ref, oid);
  await repository.deleteBranch('proposal');
  return oid;
}
const bytesSent = () => server.requests.splice(0).reduce((sum, { sent }) => sum + sent, 0);

describe.each([
  ['local', openLocal],
  ['remote', openRemote],
] as const)('a ref of a %s repository', (_, open) => {
  it('is a branch, a tag, a full name, HEAD or a commit', async () => {
    const main = await repository.commit({ a: '1' });
    const feature = await repository.commit({ a: '2', b: '1' }, 'x', { branch: 'team/feature', parent: main });
    const pull = await propose('c', '1');
    await repository.git('tag', 'v1', main);
    await repository.git('tag', '-a', 'v2', '-m', 'two', feature);
    await repository.git('tag', '-a', 'v3', '-m', 'a tag of a tag', 'v2');
    const port = open();
    await port.fetch(never);
    const wanted: [string, string][] = [
      ['main', main],
      ['HEAD', main],
      ['team/feature', feature],
      ['refs/heads/team/feature', feature],
      ['v1', main],
      ['v2', feature],
      ['refs/tags/v3', feature],
      [PULL, pull],
      ['pull/12/head', pull],
      [main, main],
      [pull, pull],
    ];
    for (const [name, oid] of wanted) expect([name, await port.fetchRef(name, never)]).toEqual([name, oid]);
    expect([...(await port.readTree(pull)).keys()].sort()).toEqual(['a', 'c']);
    expect((await port.readCommit(feature, never))!.parents).toEqual([main]);
    expect([...(await port.compareTrees(main, feature)).keys()].sort()).toEqual(['a', 'b']);
  });

  it('changes nothing about the branch', async () => {
    await repository.commit({ a: '1' });
    const port = open();
    const { revision } = await port.fetch(never);
    const pull = await propose('b', '1');
    expect(await port.fetchRef(PULL, never)).toBe(pull);
    expect(await port.fetch(never)).toEqual({ revision, forced: false });
    const next = await repository.commit({ a: '2' });
    expect(await port.fetch(never)).toEqual({ revision: next, forced: false });
    expect((await port.readCommit(next, never))!.parents).toEqual([revision]);
    await repository.git('update-ref', 'refs/heads/main', pull);
    expect(await port.fetch(never)).toEqual({ revision: pull, forced: true });
  });

  it('is followed where it moves', async () => {
    await repository.commit({ a: '1' });
    const port = open();
    await port.fetch(never);
    for (const content of ['1', '2', '3']) {
      const pull = await propose(`b${content}`, content);
      expect(await port.fetchRef(PULL, never)).toBe(pull);
      expect((await port.readTree(pull)).has(`b${content}`)).toBe(true);
    }
  });

  it('that nothing has, or that is no commit, is missing', async () => {
    await repository.commit({ a: '1' });
    await repository.git('tag', 'blob', await repository.git('rev-parse', 'main:a'));
    const port = open();
    await port.fetch(never);
    for (const name of ['gone', 'refs/heads/gone', 'mai', 'main2', 'blob', '0'.repeat(40)]) {
      await expect(port.fetchRef(name, never)).rejects.toMatchObject({ code: 'ref-missing' });
    }
  });

  it.each(['', '../main', '--upload-pack=x', 'a b', 'main~1', 'main^{}', 'a\nb', 'refs/heads/*', '/etc', 'x.lock'])(
    'cannot be called %j',
    async (name) => {
      await repository.commit({ a: '1' });
      const port = open();
      await port.fetch(never);
      await expect(port.fetchRef(name, never)).rejects.toMatchObject({ code: 'ref-missing', message: /no name/ });
    },
  );

  it('is ambiguous where branch and tag of its name differ', async () => {
    const main = await repository.commit({ a: '1' });
    await repository.commit({ a: '2' }, 'x', { branch: 'twice', parent: main });
    await repository.git('tag', 'twice', main);
    await repository.git('tag', '-a', '-m', 'one', 'main', main);
    const port = open();
    await port.fetch(never);
    await expect(port.fetchRef('twice', never)).rejects.toMatchObject({
      code: 'ref-ambiguous',
      message: /refs\/heads\/twice and refs\/tags\/twice/,
    });
    expect(await port.fetchRef('refs/tags/twice', never)).toBe(main);
    expect(await port.fetchRef('main', never)).toBe(main);
  });
});

describe('a ref of a remote repository', () => {
  it('costs one listing while it stays where it is', async () => {
    await repository.commit({ a: '1' });
    await propose('b', '1');
    const port = openRemote();
    await port.fetch(never);
    await port.fetchRef(PULL, never);
    server.requests.length = 0;
    await port.fetchRef(PULL, never);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  it('costs what it changes, once the history around it is here', async () => {
    for (let n = 0; n < 5; n += 1) await repository.commit({ [`f${n}`]: randomBytes(50_000) });
    const port = openRemote();
    await port.fetch(never);
    await port.deepen(100, never);
    bytesSent();
    for (let n = 0; n < 3; n += 1) {
      const pull = await propose(`small${n}`, 'small');
      await port.fetchRef(PULL, never);
      expect(bytesSent()).toBeLessThan(5_000);
      expect((await port.readTree(pull)).size).toBe(6);
    }
  });

  it('brings 50 commits of a history of its own, not all', async () => {
    await repository.commit({ a: '1' });
    const port = openRemote();
    await port.fetch(never);
    for (let n = 0; n < 60; n += 1) {
      await repository.commit({ [`f${n}`]: String(n) }, 'x', { branch: 'long', ...(n === 0 && { parent: null }) });
    }
    let oid: string | undefined = await port.fetchRef('long', never);
    expect((await port.readTree(oid)).size).toBe(60);
    let depth = 0;
    server.requests.length = 0;
    for (; oid !== undefined; depth += 1) oid = (await port.readCommit(oid, never))?.parents[0];
    expect(depth).toBe(50);
    expect(server.requests).toEqual([]);
  });

  it('is fetched whole from a server that knows no shallow clones', async () => {
    await repository.commit({ a: '1' });
    server.setMode({ kind: 'no-shallow' });
    const port = openRemote();
    await port.fetch(never);
    const pull = await propose('b', '1');
    expect(await port.fetchRef(PULL, never)).toBe(pull);
    expect((await port.readTree(pull)).size).toBe(2);
  });

  it('is missing where the server does not give that commit', async () => {
    await repository.commit({ a: '1' });
    const dropped = await repository.commit({ a: '2' });
    await repository.amend({ a: '3' });
    const port = openRemote();
    const { revision } = await port.fetch(never);
    await expect(port.fetchRef(dropped, never)).rejects.toMatchObject({ code: 'ref-missing' });
    await repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    expect(await port.fetchRef(dropped, never)).toBe(dropped);
    expect(await port.fetch(never)).toEqual({ revision, forced: false });
  });

  it('is unreachable with its server, and cut off it leaves the branch as it was', async () => {
    const main = await repository.commit({ a: '1' });
    const port = openRemote({ timeouts: { pollMs: 20_000, transferMs: 20_000, idleMs: 3_000 } });
    await port.fetch(never);
    const pull = await propose('big', randomBytes(300_000));
    for (const mode of ['cut', 'stall'] as const) {
      server.setMode({ kind: mode, afterBytes: 100_000 });
      await expect(port.fetchRef(PULL, never)).rejects.toMatchObject({ code: 'unreachable' });
      expect((await port.readTree(main)).size).toBe(1);
    }
    server.setMode({ kind: 'black-hole' });
    await expect(port.fetchRef(PULL, never)).rejects.toMatchObject({ code: 'unreachable' });
    server.setMode({ kind: 'ok' });
    expect(await port.fetch(never)).toEqual({ revision: main, forced: false });
    expect(await port.fetchRef(PULL, never)).toBe(pull);
    expect((await port.readTree(pull)).size).toBe(2);
  });

  it('gives way to news of the branch, and is fetched after it', async () => {
    await repository.commit({ a: '1' });
    const port = openRemote();
    await port.fetch(never);
    const pull = await propose('big', randomBytes(300_000));
    server.setMode({ kind: 'stall', afterBytes: 100_000 });
    const asking = port.fetchRef(PULL, never);
    await eventually(() => expect(server.requests.at(-1)?.sent).toBeGreaterThan(100_000));
    server.setMode({ kind: 'ok' });
    const revision = await repository.commit({ a: '2' });
    expect(await port.fetch(never)).toEqual({ revision, forced: false });
    expect(await asking).toBe(pull);
  });

  it('does not make the store grow without end', async () => {
    await repository.commit({ a: '1' });
    const port = openRemote({ maxAskedBytes: 300_000 });
    await port.fetch(never);
    for (let n = 0; n < 8; n += 1) {
      const pull = await propose('big', randomBytes(100_000));
      expect(await port.fetchRef(PULL, never)).toBe(pull);
      expect((await port.readTree(pull)).size).toBe(2);
      const [store, ...others] = await readdir(path.join(directory, 'cache'));
      expect(others).toEqual([]);
      const packs = await readdir(path.join(directory, 'cache', store!, 'objects', 'pack'));
      expect(packs.filter((name) => name.endsWith('.pack')).length).toBeLessThanOrEqual(4);
    }
    expect((await port.fetch(never)).forced).toBe(false);
  });

  it('may be asked for by many at once', async () => {
    await repository.commit({ a: '1' });
    const port = openRemote();
    await port.fetch(never);
    const pulls: (readonly [string, string])[] = [];
    for (const ref of ['refs/pull/1/head', 'refs/pull/2/head', 'refs/pull/3/head'])
      pulls.push([ref, await propose(ref.replaceAll('/', '-'), 'x', ref)]);
    expect(await Promise.all(pulls.map(([ref]) => port.fetchRef(ref, never)))).toEqual(pulls.map(([, oid]) => oid));
  });
});
