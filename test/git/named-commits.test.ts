import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNamedCommits } from '../../src/git/named-commits.ts';
import { createRepository, runGit, type TestRepository } from './git-repo.ts';

let folder: string;
let repository: TestRepository;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fairlead-names-'));
  repository = await createRepository(path.join(folder, 'repo'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** main: a - b - c; next grew from b: d - e, and c was merged into it: f. */
async function branches() {
  const a = await repository.commit({ 'a.txt': 'a' });
  const b = await repository.commit({ 'a.txt': 'b' });
  const c = await repository.commit({ 'a.txt': 'c' });
  const d = await repository.commit({ 'd.txt': 'd' }, 'd', { branch: 'next', parent: b });
  const e = await repository.commit({ 'd.txt': 'e' }, 'e', { branch: 'next' });
  return { a, b, c, d, e };
}

describe('a commit', () => {
  it('is named as git names it', async () => {
    const { a, b, c, e } = await branches();
    await repository.git('tag', '-a', 'v1', '-m', 'one', b);
    await repository.git('update-ref', 'refs/remotes/origin/main', c);
    const commits = await openNamedCommits(repository.path);
    for (const name of [
      'HEAD',
      '@',
      'main',
      'next',
      'origin/main',
      'v1',
      'refs/heads/next',
      'HEAD~',
      'HEAD~2',
      'next^',
      'next~1^1',
      'v1^0',
      a,
      a.slice(0, 9),
    ]) {
      expect(await commits.resolve(name), name).toBe(await repository.git('rev-parse', `${name}^{commit}`));
    }
    expect(await commits.resolve('next')).toBe(e);
  });

  it('is that of the work tree where several share a repository', async () => {
    const { e } = await branches();
    const other = path.join(folder, 'other');
    await repository.git('worktree', 'add', '-q', other, 'next');
    expect(await (await openNamedCommits(other)).resolve('HEAD')).toBe(e);
  });

  it('that is not there is an error that names it', async () => {
    await branches();
    const commits = await openNamedCommits(repository.path);
    await expect(commits.resolve('nowhere')).rejects.toThrow(/^there is no branch, tag or commit nowhere in /);
    await expect(commits.resolve('main~7')).rejects.toThrow(/^there is no main~7: .* has no such parent$/);
    await expect(commits.resolve('f'.repeat(40))).rejects.toThrow(
      /^there is no commit f+ here: it may not have been fetched \(git fetch origin f+\)$/,
    );
    const blob = await repository.git('rev-parse', 'main:a.txt');
    await expect(commits.resolve(blob)).rejects.toThrow(`${blob} is a blob, no commit`);
  });
});

describe('where two lines part', () => {
  it('is found as git finds it', async () => {
    const { a, c, e } = await branches();
    await repository.git('checkout', '-qf', 'next');
    await repository.git('merge', '-q', '-m', 'f', 'main');
    const f = await repository.git('rev-parse', 'HEAD');
    const other = await repository.commit({ x: 'x' }, 'other', { branch: 'root', parent: null });
    const commits = await openNamedCommits(repository.path);
    for (const [base, head] of [
      [c, e],
      [a, e],
      [c, f],
      [f, c],
      [e, e],
    ] as const) {
      const found = await commits.mergeBase(base, head);
      expect(found).toEqual({ commit: await repository.git('merge-base', base, head), isCut: false });
    }
    expect(await commits.mergeBase(other, c)).toEqual({ commit: undefined, isCut: false });
  });

  it('is not known where history is not here', async () => {
    const { c, e } = await branches();
    const clone = path.join(folder, 'clone');
    await runGit(folder, ['clone', '-q', '--depth', '1', '--no-single-branch', `file://${repository.path}`, clone]);
    expect(await (await openNamedCommits(clone)).mergeBase(c, e)).toEqual({ commit: undefined, isCut: true });
  });
});

describe('the branch that others grow from', () => {
  it('is that of origin, whatever it is called', async () => {
    const { c } = await branches();
    await repository.git('update-ref', 'refs/remotes/origin/trunk', c);
    const commits = await openNamedCommits(repository.path);
    expect(await commits.defaultBranch()).toBe('main');
    await repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
    expect(await commits.defaultBranch()).toBe('origin/trunk');
  });
});
