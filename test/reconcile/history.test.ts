import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalRepository } from '../../src/git/local.ts';
import type { GitPort } from '../../src/git/port.ts';
import { findEarlierVersions } from '../../src/reconcile/earlier-versions.ts';
import { allowsPrune, isPruneAllowed } from '../../src/reconcile/prune-permission.ts';
import { createTreeLoader, type TreeLoader } from '../../src/reconcile/tree-loader.ts';
import { createHttpTransport } from '../../src/git/http/http-transport.ts';
import { openRemoteRepository } from '../../src/git/remote.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { createRepository, type CommitOptions, type TestRepository } from '../git/git-repo.ts';
import { startGitServer, type GitServer } from '../git/git-server.ts';

// What is read from the history of a real repository: last good texts and permissions to remove.

const SHOP = 'tenants/acme/applications/shop.yaml';
const signal = new AbortController().signal;
let folder: string;
let repository: TestRepository;
let git: GitPort;
let loader: TreeLoader;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-history-'));
  repository = await createRepository(join(folder, 'repo'));
  git = openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
  loader = createTreeLoader(git);
});

afterEach(() => rm(folder, { recursive: true }));

const text = (version: string, name = 'shop') =>
  `name: ${name}\nversion: "${version}"\nservices:\n  - name: web\n    containers: [{ name: main, image: x }]\n`;

async function earlier(head: string, running: readonly string[] = []) {
  const runningRevisions = () => Promise.resolve(running);
  const found = await findEarlierVersions(await loader.load(head), {
    git,
    loader,
    limit: 100,
    runningRevisions,
    signal,
  });
  return found.map(({ revision, parsed }) => ({
    revision,
    versions: parsed.documents.map((document) => 'version' in document.spec && document.spec.version),
  }));
}

async function resolve(head: string) {
  const catalog = await loader.load(head);
  const runningRevisions = () => Promise.resolve([]);
  return resolveCatalog(
    catalog,
    await findEarlierVersions(catalog, { git, loader, limit: 100, runningRevisions, signal }),
  );
}

describe('the last good text of a broken file', () => {
  it('is its newest valid version, past commits that do not concern it and earlier broken ones', async () => {
    await repository.commit({ [SHOP]: text('1.0') });
    const good = await repository.commit({ [SHOP]: text('1.1') });
    const unrelated = await repository.commit({ 'README.md': 'x' });
    await repository.commit({ [SHOP]: 'name: [' });
    const head = await repository.commit({ [SHOP]: 'name: {' });
    const found = await earlier(head);
    expect(found.at(-1)).toEqual({ revision: unrelated, versions: ['1.1'] });
    expect(good).not.toBe(unrelated);
  });

  it('is not looked for before a commit in which the file was gone: what it held had been removed', async () => {
    await repository.commit({ [SHOP]: text('1.0') });
    await repository.commit({ [SHOP]: null, other: 'x' });
    const head = await repository.commit({ [SHOP]: 'name: [' });
    expect(await earlier(head)).toEqual([]);
  });

  it('is found through the labels of what runs when history was rewritten', async () => {
    const old = await repository.commit({ [SHOP]: text('1.0') });
    const head = await repository.commit({ [SHOP]: 'name: [' }, 'anew', { parent: null });
    expect(await earlier(head, [old, 'f'.repeat(40)])).toEqual([{ revision: old, versions: ['1.0'] }]);
  });

  it('is none that was rejected at its own commit because of another file', async () => {
    const copy = SHOP.replace('shop', 'a-copy');
    const good = await repository.commit({ [SHOP]: text('1.0') });
    await repository.commit({ [copy]: text('9.9') });
    const head = await repository.commit({ 'README.md': 'x' });
    const resolved = await resolve(head);
    expect(resolved.applications['acme.shop']).toMatchObject({
      revision: good,
      document: { spec: { version: '1.0' } },
    });
    await repository.commit({ [copy]: null });
    const broken = await repository.commit({ [SHOP]: 'name: [' });
    expect((await resolve(broken)).applications['acme.shop']?.document.spec.version).toBe('1.0');
  });

  it('is none from while another file that is gone since contradicted it', async () => {
    const copy = SHOP.replace('shop', 'a-copy');
    const good = await repository.commit({ [SHOP]: text('1.0') });
    await repository.commit({ [copy]: text('9.9') });
    const head = await repository.commit({ [SHOP]: 'name: [', [copy]: null });
    expect((await resolve(head)).applications['acme.shop']).toMatchObject({ revision: good });
  });

  it('of a deployment is none from while another deployment of its application contradicted it', async () => {
    const file = (name: string) => `tenants/acme/application-deployments/${name}.yaml`;
    const of = (name: string, more = '') => `name: ${name}\napplication: shop\nplacement: { all-sites: {} }\n${more}`;
    const good = await repository.commit({ [file('one')]: of('one') });
    await repository.commit({ [file('another')]: of('another') });
    const head = await repository.commit({ 'README.md': 'x' });
    const { deployments } = await resolve(head);
    expect(Object.entries(deployments).map(([key, { revision }]) => [key, revision])).toEqual([['acme.one', good]]);
  });

  it('is found without reading the trees of commits that changed none of the files in question', async () => {
    const copy = SHOP.replace('shop', 'a-copy');
    const good = await repository.commit({ [SHOP]: text('1.0') });
    await repository.commit({ [copy]: text('9.9') });
    for (let n = 0; n < 20; n += 1) await repository.commit({ 'README.md': String(n) });
    const loaded: string[] = [];
    const counting: TreeLoader = { ...loader, load: (oid) => (loaded.push(oid), loader.load(oid)) };
    const catalog = await loader.load(repository.head());
    const none = () => Promise.resolve([]);
    const found = await findEarlierVersions(catalog, {
      git,
      loader: counting,
      limit: 100,
      runningRevisions: none,
      signal,
    });
    expect(found.map(({ revision }) => revision)).toEqual([good]);
    expect(loaded).toEqual([good]);
  });

  it('is not asked for when nothing is rejected', async () => {
    const head = await repository.commit({ [SHOP]: text('1.0') });
    expect(await earlier(head)).toEqual([]);
  });
});

describe('a tree', () => {
  it('tells of links, of files too large to read and of mistyped folders', async () => {
    const head = await repository.commit({
      'tenants/acme/applications/link.yaml': { symlink: '/etc/passwd' },
      'tenants/acme/applications/big.yaml': 'x'.repeat(2 << 20),
      'tenants/acme/aplications/shop.yaml': text('1.0'),
    });
    const { problems, documents } = await loader.load(head);
    expect(documents).toEqual([]);
    expect(problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      expect.stringContaining('did you mean `applications`?'),
      expect.stringContaining('big.yaml: the file is larger than 1 MiB'),
      expect.stringContaining('link.yaml: this is a symlink, which is not followed'),
    ]);
  });

  it('parses a file once, whatever commit it is read from', async () => {
    const first = await repository.commit({
      [SHOP]: text('1.0'),
      'tenants/acme/applications/till.yaml': text('1.0', 'till'),
    });
    const second = await repository.commit({ [SHOP]: text('1.1') });
    const find = async (revision: string) =>
      (await loader.load(revision)).documents.find(({ name }) => name === 'till');
    expect(await find(second)).toBe(await find(first));
  });
});

describe('permission to remove most of what runs', () => {
  it.each([
    ['remove all\n\nFairlead-Allow-Prune: true\n', true],
    ['remove all\n\nwhy\n\nSigned-off-by: x\nFairlead-Allow-Prune: true', true],
    ['remove all\n\nFairlead-Allow-Prune: true\n\nand a last paragraph', false],
    ['remove all\n\nFairlead-Allow-Prune: false', false],
    ['Fairlead-Allow-Prune: true', false],
    ['remove all', false],
  ])('is a trailer: %j', (message, allowed) => {
    expect(allowsPrune(message)).toBe(allowed);
  });
});

describe('the removal of most of what runs', () => {
  const TRAILER = 'go\n\nFairlead-Allow-Prune: true\n';
  const OLD = ['a', 'b', 'c', 'd'];
  let deployed: Map<string, readonly string[]>;
  beforeEach(() => void (deployed = new Map()));

  async function commit(applications: readonly string[], message: string, options: CommitOptions = {}) {
    const oid = await repository.commit({ state: `${applications.join()} ${message}` }, message, options);
    deployed.set(oid, applications);
    return oid;
  }

  async function merge(branch: string, applications: readonly string[]) {
    const [ours, theirs] = [repository.head(), repository.head(branch)];
    const tree = await repository.git('rev-parse', `${theirs}^{tree}`);
    const oid = await repository.git('commit-tree', tree, '-p', ours, '-p', theirs, '-m', 'Merge pull request #1');
    await repository.git('update-ref', 'refs/heads/main', oid);
    deployed.set(oid, applications);
    return oid;
  }

  interface Asked {
    readonly applications?: readonly string[];
    readonly running?: readonly string[];
    readonly limit?: number;
    readonly port?: GitPort;
  }
  const ask = (head: string, { applications = OLD, running = applications, limit = 100, port = git }: Asked = {}) => {
    const deployedAt = (oid: string) => Promise.resolve(new Set(deployed.get(oid)));
    return isPruneAllowed(head, { applications, running }, { git: port, limit, deployedAt, signal });
  };

  it('takes the trailer in a commit from the first that removes, and in none before', async () => {
    await commit(OLD, TRAILER);
    const removing = await commit(['x'], 'oops');
    const after = await commit(['x'], 'unrelated');
    expect(await ask(removing)).toBe(false);
    expect(await ask(after)).toBe(false);
    expect(await ask(await commit(['x'], TRAILER))).toBe(true);
    expect(await ask(await commit(['x'], 'later'))).toBe(true);
  });

  it('of no more than half needs none', async () => {
    await commit([...OLD, 'e', 'f', 'g', 'h'], 'all');
    const head = await commit(['e', 'f', 'g', 'h'], 'fewer');
    const running = [...OLD, 'e', 'f', 'g', 'h'];
    expect(await ask(head, { running })).toBe(true);
    expect(await ask(head, { running: running.slice(1, 8), applications: OLD })).toBe(false);
  });

  it('is not made smaller by what the same commit adds, nor by a commit after it', async () => {
    await commit(OLD, 'old');
    const running = [...OLD, 'n1', 'n2', 'n3', 'n4', 'n5'];
    const replacing = await commit(running.slice(4), 'replace all');
    expect(await ask(replacing, { running })).toBe(false);
    expect(await ask(await commit(running.slice(4), 'README'), { running })).toBe(false);
  });

  it('is not released by an old trailer when something runs that no commit ever deployed', async () => {
    await commit(['z'], 'first');
    await commit(OLD, TRAILER);
    const removing = await commit(['x'], 'oops');
    expect(await ask(removing, { applications: [...OLD, 'stray'] })).toBe(false);
    expect(await ask(removing, { applications: ['s1', 's2', 's3', 's4'] })).toBe(false);
    expect(await ask(await commit(['x'], TRAILER), { applications: ['s1', 's2', 's3', 's4'] })).toBe(true);
  });

  it('counts from the first of several commits that remove', async () => {
    await commit(OLD, 'all');
    await commit(['a', 'b'], TRAILER);
    expect(await ask(await commit(['x'], 'the rest'))).toBe(true);
  });

  it('takes the trailer in the commit of a merged pull request', async () => {
    const base = await commit(OLD, 'all');
    await commit(['x'], TRAILER, { branch: 'change', parent: base });
    await commit([...OLD, 'e'], 'meanwhile');
    expect(await ask(await merge('change', ['x']))).toBe(true);
  });

  it('does not take a trailer that a merged branch brings along from before', async () => {
    const base = await commit(OLD, TRAILER);
    await commit(OLD, 'more');
    await commit(['x'], 'no trailer', { branch: 'change', parent: base });
    expect(await ask(await merge('change', ['x']))).toBe(false);
  });

  it('takes the trailer in head itself even with no history at all', async () => {
    await commit(OLD, 'all');
    expect(await ask(await commit(['x'], TRAILER), { limit: 0 })).toBe(true);
    expect(await ask(await commit(['x'], 'none'), { limit: 0 })).toBe(false);
  });

  it('is judged by commits from before the tree folder as if they deployed nothing', async () => {
    await repository.commit({ 'README.md': 'x' });
    const head = await repository.commit({ 'deploy/tenants/README': 'x' });
    const inFolder = openLocalRepository({ path: repository.path, branch: 'main', treePath: 'deploy' });
    const folderLoader = createTreeLoader(inFolder);
    const deployedAt = async (oid: string) =>
      new Set((await folderLoader.load(oid)).documents.map(({ name }) => `acme.${name}`));
    const options = { git: inFolder, limit: 100, deployedAt, signal };
    expect(await isPruneAllowed(head, { applications: OLD, running: OLD }, options)).toBe(false);
  });

  describe('of a shallow clone', () => {
    let server: GitServer;
    beforeEach(async () => {
      server = await startGitServer({ root: folder });
    });
    afterEach(() => server.stop());

    async function clone() {
      const port = openRemoteRepository({
        transport: createHttpTransport({ url: `${server.url}/repo/.git`, credentials: async () => undefined }),
        branch: 'main',
        treePath: '.',
        directory: join(folder, 'cache'),
      });
      await port.fetch(signal);
      return port;
    }

    it('finds the trailer, in a merged branch too, in history that it fetches', async () => {
      const base = await commit(OLD, 'all');
      await commit(['x'], TRAILER, { branch: 'change', parent: base });
      const merged = await merge('change', ['x']);
      for (let n = 0; n < 60; n += 1) await commit(['x'], `later ${n}`, n === 0 ? { parent: merged } : {});
      const port = await clone();
      const head = repository.head();
      expect((await port.readCommit(head, signal))?.shallow).toBe(true);
      server.requests.length = 0;
      expect(await ask(head, { port })).toBe(true);
      expect(server.requests.length).toBeLessThanOrEqual(4);
      await commit(['x'], 'still readable');
      expect((await port.fetch(signal)).forced).toBe(false);
      expect(await ask(repository.head(), { port: await clone() })).toBe(true);
    });

    it('does not take a trailer from before', async () => {
      await commit(OLD, TRAILER);
      await commit(OLD, 'more');
      const head = await commit(['x'], 'oops');
      expect(await ask(head, { port: await clone() })).toBe(false);
    });

    it('rejects while the server is away, and is answered when it is back', async () => {
      await commit(OLD, 'all');
      await commit(['x'], TRAILER);
      const head = await commit(['x'], 'later');
      const port = await clone();
      server.setMode({ kind: 'drop' });
      await expect(ask(head, { port })).rejects.toMatchObject({ code: 'unreachable' });
      server.setMode({ kind: 'ok' });
      expect(await ask(head, { port })).toBe(true);
    });

    it('finds the last good text of a file that is broken at head', async () => {
      await repository.commit({ [SHOP]: text('1.0') });
      const good = await repository.commit({ [SHOP]: text('1.1') });
      const head = await repository.commit({ [SHOP]: 'name: [' });
      const port = await clone();
      const options = { git: port, loader: createTreeLoader(port), limit: 100, signal };
      const found = await findEarlierVersions(await options.loader.load(head), {
        ...options,
        runningRevisions: () => Promise.resolve([]),
      });
      expect(found.map(({ revision }) => revision)).toEqual([good]);
    });
  });
});
