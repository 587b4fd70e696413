import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { measureFetches, type GitFetch } from '../../src/git/measure-fetches.ts';
import { openRepository } from '../../src/git/open.ts';
import { createRepository } from './git-repo.ts';

const signal = new AbortController().signal;

async function measured(location?: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const repository = await createRepository(path.join(folder, 'repo'));
  const commit = await repository.commit({ 'a.yaml': 'a: 1\n' });
  const fetches: GitFetch[] = [];
  const options = { branch: 'main', treePath: '.', directory: path.join(folder, 'store') };
  let clock = 0;
  const git = measureFetches(openRepository(location ?? repository.path, options), {
    onFetch: (fetch) => fetches.push(fetch),
    elapsed: () => (clock += 5),
  });
  return { git, commit, fetches };
}

describe('measured looks at a repository', () => {
  it('are told with their time, and everything else is as before', async () => {
    const { git, commit, fetches } = await measured();
    const { revision } = await git.fetch(signal);
    expect(revision).toBe(commit);
    expect([...(await git.readTree(revision)).keys()]).toEqual(['a.yaml']);
    expect(fetches).toEqual([{ outcome: 'ok', ms: 5 }]);
  });

  it('that fail are told with their code', async () => {
    const { git, fetches } = await measured('/no/such/repository');
    await expect(git.fetch(signal)).rejects.toThrow();
    expect(fetches).toEqual([{ outcome: 'not-found', ms: 5 }]);
  });

  it('of a remote repository can be measured as well', async () => {
    const { git, fetches } = await measured('http://127.0.0.1:9/fleet.git');
    await expect(git.fetch(signal)).rejects.toThrow();
    expect(fetches).toEqual([{ outcome: 'unreachable', ms: 5 }]);
  });
});
