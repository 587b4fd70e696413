import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalRepository } from '../../src/git/local.ts';
import { mergeTrees, type MergedTree } from '../../src/git/merged-tree.ts';
import { createRepository, type TestRepository } from './git-repo.ts';

let folder: string;
let repository: TestRepository;
let start: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fairlead-merge-'));
  repository = await createRepository(path.join(folder, 'repo'));
  start = await repository.commit({ 'tenants/a': '1', 'tenants/b': '1', 'tenants/c': '1', 'tenants/d': '1' });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const branch = (files: Parameters<TestRepository['commit']>[0]) =>
  repository.commit(files, 'on the branch', { branch: 'next', parent: start });

async function merge(base: string, head: string): Promise<MergedTree> {
  const git = openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
  return await mergeTrees(git, { base, head, mergeBase: start });
}

async function contents({ git }: MergedTree, commit: string): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const [file, { oid }] of await git.readTree(commit)) texts[file] = await readText(git, oid);
  return texts;
}

async function readText(git: MergedTree['git'], oid: string): Promise<string> {
  const blob = await git.readBlob(oid, 1_000);
  return blob === 'too-large' ? blob : Buffer.from(blob).toString();
}

describe('a branch that is merged without being merged', () => {
  it('has what both sides changed, added and removed', async () => {
    const head = await branch({ 'tenants/a': '2', 'tenants/c': null, 'tenants/e': 'new' });
    const base = await repository.commit({ 'tenants/b': '3', 'tenants/d': null, 'tenants/f': 'news' });
    const merged = await merge(base, head);
    expect(await contents(merged, head)).toEqual({
      'tenants/a': '2',
      'tenants/b': '3',
      'tenants/e': 'new',
      'tenants/f': 'news',
    });
    expect(merged.conflicts).toEqual([]);
    expect(await contents(merged, base)).not.toHaveProperty('tenants/e');
  });

  it('differs from the base by what it changed, and by nothing that came since', async () => {
    const head = await branch({ 'tenants/a': '2' });
    const base = await repository.commit({ 'tenants/b': '3' });
    const { git } = await merge(base, head);
    expect([...(await git.compareTrees(base, head)).keys()]).toEqual(['tenants/a']);
    expect(await git.readTreeEntry(head, 'tenants/b')).toEqual(await git.readTreeEntry(base, 'tenants/b'));
  });

  it('has its own way where both sides changed a file, and says so, unless they changed it alike', async () => {
    const head = await branch({ 'tenants/a': 'ours', 'tenants/b': 'same', 'tenants/c': null });
    const base = await repository.commit({ 'tenants/a': 'theirs', 'tenants/b': 'same', 'tenants/c': 'kept' });
    const merged = await merge(base, head);
    expect(merged.conflicts).toEqual(['tenants/a', 'tenants/c']);
    expect(await contents(merged, head)).toEqual({ 'tenants/a': 'ours', 'tenants/b': 'same', 'tenants/d': '1' });
  });

  it('is as it stands where nothing came since', async () => {
    const head = await branch({ 'tenants/a': '2' });
    const merged = await merge(start, head);
    expect(await contents(merged, head)).toMatchObject({ 'tenants/a': '2', 'tenants/b': '1' });
  });
});
