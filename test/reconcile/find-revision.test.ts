import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLocalRepository } from '../../src/git/local.ts';
import type { GitPort } from '../../src/git/port.ts';
import { createFindRevision } from '../../src/reconcile/find-revision.ts';
import { createRepository } from '../git/git-repo.ts';

const FILE = (text: string) => ({ 'a.txt': text });

async function start(limit = 100) {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-find-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const repository = await createRepository(join(folder, 'repo'));
  const git = openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
  let reads = 0;
  const counting: GitPort = {
    ...git,
    readCommit: (...args) => {
      reads += 1;
      return git.readCommit(...args);
    },
  };
  const find = createFindRevision({ git: counting, limit, signal: new AbortController().signal });
  return { repository, find, reads: () => reads };
}

describe('a commit', () => {
  it('is in force when it is the one, or an ancestor of it, by as little of its name as means it', async () => {
    const { repository, find, reads } = await start();
    const first = await repository.commit(FILE('1'));
    await repository.commit(FILE('2'));
    const head = await repository.commit(FILE('3'));
    expect(await find(head, head)).toEqual({ kind: 'in-force', revision: head });
    expect(reads()).toBe(0);
    expect(await find(first, head)).toEqual({ kind: 'in-force', revision: first });
    expect(await find(first.slice(0, 7), head)).toEqual({ kind: 'in-force', revision: first });
    expect(await find(head.slice(0, 8), head)).toEqual({ kind: 'in-force', revision: head });
    expect(reads()).toBe(3);
  });

  it('is so when it came by a merge', async () => {
    const { repository, find } = await start();
    const base = await repository.commit(FILE('1'));
    const side = await repository.commit({ 'b.txt': 'side' }, 'side', { branch: 'side', parent: base });
    await repository.commit(FILE('2'));
    const tree = await repository.git('rev-parse', `${repository.head()}^{tree}`);
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid'];
    const parents = ['-p', repository.head(), '-p', side];
    const merge = await repository.git(...identity, 'commit-tree', tree, ...parents, '-m', 'merge');
    expect(await find(side, merge)).toEqual({ kind: 'in-force', revision: side });
  });

  it('of another branch is not there, nor is one that nobody knows', async () => {
    const { repository, find } = await start();
    const base = await repository.commit(FILE('1'));
    const other = await repository.commit(FILE('x'), 'other', { branch: 'other', parent: base });
    const head = await repository.commit(FILE('2'));
    expect(await find(other, head)).toEqual({ kind: 'not-there', walked: 2, whole: true });
    expect(await find('0'.repeat(40), head)).toEqual({ kind: 'not-there', walked: 2, whole: true });
  });

  it('further back than is walked may be there, and that is said', async () => {
    const { repository, find } = await start(2);
    const first = await repository.commit(FILE('1'));
    await repository.commit(FILE('2'));
    const head = await repository.commit(FILE('3'));
    expect(await find(first, head)).toEqual({ kind: 'not-there', walked: 2, whole: false });
  });
});
