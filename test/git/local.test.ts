import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLocalRepository } from '../../src/git/local.ts';
import type { Watcher } from '../../src/git/port.ts';
import { eventually } from '../eventually.ts';
import { cpuMsOf } from '../cpu-time.ts';
import { createRepository, runGit } from './git-repo.ts';

const never = new AbortController().signal;
let directory: string;
const watchers: Watcher[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-git-'));
});
afterEach(async () => {
  await Promise.all(watchers.splice(0).map((watcher) => watcher.close()));
  await rm(directory, { recursive: true, force: true });
});

const at = (...names: string[]) => path.join(directory, ...names);
const open = (location: string, treePath = '.') => openLocalRepository({ path: location, branch: 'main', treePath });
const asText = (bytes: Uint8Array | 'too-large') => (bytes === 'too-large' ? bytes : Buffer.from(bytes).toString());

describe('a local repository', () => {
  it.each([{ bare: true }, { bare: false }])('is read at the head of its branch (bare: $bare)', async ({ bare }) => {
    const repository = await createRepository(at('r'), { bare });
    const revision = await repository.commit({ 'a.yaml': 'a', 'deep/er/b.yaml': 'b' });
    const port = open(at('r'));
    expect(await port.fetch(never)).toEqual({ revision, forced: false });
    const tree = await port.readTree(revision);
    expect([...tree.keys()].sort()).toEqual(['a.yaml', 'deep/er/b.yaml']);
    const entry = await port.readTreeEntry(revision, 'deep/er/b.yaml');
    expect(entry).toEqual(tree.get('deep/er/b.yaml'));
    expect(asText(await port.readBlob(entry!.oid, 10))).toBe('b');
  });

  it('shows committed state only', async () => {
    const repository = await createRepository(at('r'));
    const revision = await repository.commit({ 'a.yaml': 'committed' });
    await writeFile(at('r', 'a.yaml'), 'edited');
    await writeFile(at('r', 'new.yaml'), 'added');
    await repository.git('add', '-A');
    const port = open(at('r'));
    expect((await port.fetch(never)).revision).toBe(revision);
    const tree = await port.readTree(revision);
    expect([...tree.keys()]).toEqual(['a.yaml']);
    expect(asText(await port.readBlob(tree.get('a.yaml')!.oid, 100))).toBe('committed');
  });

  it('is found through the .git file of a linked work tree', async () => {
    const repository = await createRepository(at('r'));
    await repository.commit({ 'a.yaml': 'a' });
    await repository.git('worktree', 'add', '-q', '-b', 'other', at('linked'));
    const revision = await repository.commit({ 'a.yaml': 'b' });
    expect((await open(at('linked')).fetch(never)).revision).toBe(revision);
  });

  it('borrows objects from the repository it was cloned from with --shared', async () => {
    const repository = await createRepository(at('r'));
    const revision = await repository.commit({ 'a.yaml': 'a' });
    await runGit(directory, ['clone', '-q', '--shared', '--bare', at('r'), at('shared')]);
    const port = open(at('shared'));
    await port.fetch(never);
    expect((await port.readTree(revision)).size).toBe(1);
  });

  it('tells symbolic links and submodules from files and keeps every name as it is', async () => {
    const repository = await createRepository(at('r'));
    const submodule = '1'.repeat(40);
    const revision = await repository.commit({
      link: { symlink: '/etc/passwd' },
      sub: { submodule },
      'a\\b "c"\n.yaml': 'x',
      'søk/ü.yaml': 'y',
    });
    const tree = await open(at('r')).readTree(revision);
    expect([...tree].map(([name, { type }]) => [name, type]).sort()).toEqual([
      ['a\\b "c"\n.yaml', 'file'],
      ['link', 'symlink'],
      ['sub', 'submodule'],
      ['søk/ü.yaml', 'file'],
    ]);
    expect(tree.get('sub')!.oid).toBe(submodule);
  });

  it('reads below the tree folder only, and a missing folder is an error, never an empty tree', async () => {
    const repository = await createRepository(at('r'));
    const revision = await repository.commit({ 'fleet/prod/a.yaml': 'a', 'b.yaml': 'b', link: { symlink: 'fleet' } });
    const port = open(at('r'), './fleet/prod/');
    expect([...(await port.readTree(revision)).keys()]).toEqual(['a.yaml']);
    expect(await port.readTreeEntry(revision, 'a.yaml')).toBeDefined();
    expect(await port.readTreeEntry(revision, '../../b.yaml')).toBeUndefined();
    for (const folder of ['gone', 'b.yaml', 'link', '../r']) {
      await expect(open(at('r'), folder).readTree(revision)).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  it('tells where two commits differ, whole folders and what changed its kind included', async () => {
    const repository = await createRepository(at('r'));
    const before = await repository.commit({
      'd/same': '0',
      'd/changed': '1',
      gone: '2',
      'old/deep/a': '3',
      was: '4',
      'folder/x': '5',
    });
    const now = await repository.commit({
      'd/changed': '11',
      gone: null,
      'old/deep/a': null,
      'new/deep/b': '3',
      was: { symlink: 'd' },
      'folder/x': null,
      folder: 'a file now',
    });
    const port = open(at('r'));
    const differences = async (from: string, to: string) =>
      [...(await port.compareTrees(from, to))].map(([file, entry]) => [file, entry?.type]).sort();
    expect(await differences(before, now)).toEqual([
      ['d/changed', 'file'],
      ['folder', 'file'],
      ['folder/x', undefined],
      ['gone', undefined],
      ['new/deep/b', 'file'],
      ['old/deep/a', undefined],
      ['was', 'symlink'],
    ]);
    expect((await port.compareTrees(before, now)).get('d/changed')).toEqual(await port.readTreeEntry(now, 'd/changed'));
    expect((await differences(now, before)).map(([file]) => file)).toHaveLength(7);
    expect(await differences(now, now)).toEqual([]);
  });

  it('tells of differences below the tree folder only, where a commit without it has no files', async () => {
    const repository = await createRepository(at('r'));
    const before = await repository.commit({ other: '1' });
    const now = await repository.commit({ other: '2', 'fleet/a.yaml': 'a' });
    const port = open(at('r'), 'fleet');
    expect([...(await port.compareTrees(before, now)).keys()]).toEqual(['a.yaml']);
    expect([...(await port.compareTrees(now, before))]).toEqual([['a.yaml', undefined]]);
  });

  it('gives no blob beyond the limit', async () => {
    const repository = await createRepository(at('r'));
    const revision = await repository.commit({ big: 'x'.repeat(1001) });
    const port = open(at('r'));
    const entry = await port.readTreeEntry(revision, 'big');
    expect(await port.readBlob(entry!.oid, 1000)).toBe('too-large');
    expect(asText(await port.readBlob(entry!.oid, 1001))).toHaveLength(1001);
  });

  it('reads commits with parents, time and message, and undefined for one it does not have', async () => {
    const repository = await createRepository(at('r'));
    const first = await repository.commit({ a: '1' }, 'first');
    const second = await repository.commit({ a: '2' }, 'second\n\nFairlead-Allow-Prune: true');
    const port = open(at('r'));
    const commit = await port.readCommit(second, never);
    expect(commit).toMatchObject({ oid: second, parents: [first], time: 1_700_000_002_000 });
    expect(commit!.message.trimEnd()).toBe('second\n\nFairlead-Allow-Prune: true');
    expect((await port.readCommit(first, never))!.parents).toEqual([]);
    expect(await port.readCommit('0'.repeat(40), never)).toBeUndefined();
  });

  it('ends its history where a shallow clone does', async () => {
    const repository = await createRepository(at('r'));
    await repository.commit({ a: '1' });
    const second = await repository.commit({ a: '2' });
    await runGit(directory, ['clone', '-q', '--bare', '--depth=1', `file://${at('r')}`, at('shallow')]);
    expect((await open(at('shallow')).readCommit(second, never))!.parents).toEqual([]);
  });

  it('keeps reading through packed refs, repacking and pruning', async () => {
    const repository = await createRepository(at('r'), { bare: true });
    const port = open(at('r'));
    for (let round = 1; round <= 3; round += 1) {
      const revision = await repository.commit({ [`file-${round}`]: String(round) });
      await repository.git('pack-refs', '--all');
      expect((await port.fetch(never)).revision).toBe(revision);
      await repository.git('gc', '-q', '--prune=now');
      const tree = await port.readTree(revision);
      for (const [name, { oid }] of tree) expect(`file-${asText(await port.readBlob(oid, 10))}`).toBe(name);
      expect(tree.size).toBe(round);
    }
    expect(await readdir(at('r', 'refs', 'heads'))).toEqual([]);
  });

  it('says forced when the former head is no ancestor of the new one', async () => {
    const repository = await createRepository(at('r'));
    const port = open(at('r'));
    await repository.commit({ a: '1' });
    await repository.commit({ a: '2' });
    expect((await port.fetch(never)).forced).toBe(false);
    await repository.revert();
    expect((await port.fetch(never)).forced).toBe(false);
    await repository.amend({ a: '3' });
    expect((await port.fetch(never)).forced).toBe(true);
    expect((await port.fetch(never)).forced).toBe(false);
  });

  it.each([
    ['a folder that is not there', 'not-found', () => Promise.resolve()],
    ['a folder that is no repository', 'not-found', () => runGit('/', ['init', '-q', at('r', 'x')])],
    ['a branch that is not there', 'branch-missing', () => createRepository(at('r'))],
    ['SHA-256 object names', 'corrupt', () => runGit('/', ['init', '-q', '--object-format=sha256', at('r')])],
  ])('rejects %s with %s', async (_, code, arrange) => {
    await arrange();
    await expect(open(at('r')).fetch(never)).rejects.toMatchObject({ name: 'GitError', code });
  });

  it('costs little when one file of 5,000 in one folder changes', async () => {
    const repository = await createRepository(at('r'), { bare: true });
    const files = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`d/${n % 50}/f${n}.yaml`, `v: ${n}`]));
    await repository.commit(files);
    await repository.git('gc', '-q');
    const port = open(at('r'));
    const read = async () => {
      expect((await port.readTree((await port.fetch(never)).revision)).size).toBe(5000);
    };
    const wholeMs = await cpuMsOf(read);
    await repository.commit({ 'd/7/f7.yaml': 'changed' });
    const changedMs = await cpuMsOf(read);
    expect(changedMs).toBeLessThan(wholeMs / 4);
  });
});

describe('watching a local repository', () => {
  async function watching(location: string) {
    const changed = vi.fn();
    watchers.push(await open(location).watch(changed));
    return changed;
  }
  const told = async (changed: ReturnType<typeof vi.fn>) => {
    await eventually(() => expect(changed).toHaveBeenCalled());
    changed.mockClear();
  };

  it('tells of commits, packed refs and branches that go and come', async () => {
    const repository = await createRepository(at('r'));
    await repository.commit({ a: '1' });
    const changed = await watching(at('r'));
    await repository.commit({ a: '2' });
    await told(changed);
    await repository.git('pack-refs', '--all');
    await told(changed);
    await repository.commit({ a: '3' });
    await told(changed);
    await repository.deleteBranch('main');
    await told(changed);
    await repository.commit({ a: '4' }, 'again');
    await told(changed);
  });

  it('outlives the repository being moved away and put back', async () => {
    const repository = await createRepository(at('r.git'), { bare: true });
    await repository.commit({ a: '1' });
    const changed = await watching(at('r.git'));
    await rename(at('r.git'), at('away'));
    await told(changed);
    await rename(at('away'), at('r.git'));
    await told(changed);
    await repository.commit({ a: '2' });
    await told(changed);
  });

  it('may be asked for where there is nothing at all', async () => {
    watchers.push(await open(at('no', 'such', 'folder')).watch(() => undefined));
  });

  it('may be asked for before the repository is there', async () => {
    const changed = await watching(at('later.git'));
    const repository = await createRepository(at('later.git'), { bare: true });
    await repository.commit({ a: '1' });
    await told(changed);
  });
});
