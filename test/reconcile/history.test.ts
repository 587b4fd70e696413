import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalRepository } from '../../src/git/local.ts';
import type { GitPort } from '../../src/git/port.ts';
import { findEarlierVersions } from '../../src/reconcile/earlier-versions.ts';
import { allowsPrune, isPruneAllowed } from '../../src/reconcile/prune-permission.ts';
import { createTreeLoader, type TreeLoader } from '../../src/reconcile/tree-loader.ts';
import { createRepository, type TestRepository } from '../git/git-repo.ts';

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

  it('may stand in any commit from the first that removes, and in none before', async () => {
    const trailer = 'go\n\nFairlead-Allow-Prune: true\n';
    const deployed = new Map<string, readonly string[]>();
    const commit = async (applications: readonly string[], message: string) => {
      const oid = await repository.commit({ state: applications.join() + message }, message);
      deployed.set(oid, applications);
      return oid;
    };
    await commit(['a', 'b', 'c', 'd'], trailer);
    const removing = await commit(['a'], 'oops');
    const after = await commit(['a'], 'unrelated');
    const deployedAt = (oid: string) => Promise.resolve(new Set(deployed.get(oid)));
    const options = { git, limit: 100, deployedAt, signal };
    expect(await isPruneAllowed(removing, ['b', 'c', 'd'], options)).toBe(false);
    expect(await isPruneAllowed(after, ['b', 'c', 'd'], options)).toBe(false);
    const meant = await commit(['a'], trailer);
    expect(await isPruneAllowed(meant, ['b', 'c', 'd'], options)).toBe(true);
    expect(await isPruneAllowed(await commit(['a'], 'later'), ['b', 'c', 'd'], options)).toBe(true);
  });
});
