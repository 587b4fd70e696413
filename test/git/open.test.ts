import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openRepository } from '../../src/git/open.ts';
import { GitError } from '../../src/git/port.ts';
import { createRepository } from './git-repo.ts';

const options = { branch: 'main', treePath: '.', directory: '/nowhere' };

describe('the location of a repository', () => {
  it.each(['git://h/x', 'https://', 'ssh://git:s3cret@h/x', 'git@h:x.git'])(
    '%s cannot be opened as it is',
    (location) => {
      expect(() => openRepository(location, options)).toThrow(GitError);
      expect(() => openRepository(location, options)).not.toThrow(/s3cret/);
    },
  );

  it('may be a file URL', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'fairlead-open-'));
    try {
      const revision = await (await createRepository(path.join(directory, 'r r'))).commit({ a: '1' });
      const port = openRepository(pathToFileURL(path.join(directory, 'r r')).href, options);
      expect((await port.fetch(new AbortController().signal)).revision).toBe(revision);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('that is missing shows at fetch, not before', async () => {
    const port = openRepository('/no/such/folder', options);
    await expect(port.fetch(new AbortController().signal)).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each(['', '../x', 'a..b', '/a', 'a/', 'a b', 'x.lock', '-x', '.x', 'a//b'])('needs a branch, not %j', (branch) => {
    expect(() => openRepository('/r', { ...options, branch })).toThrow(/no name of a branch/);
  });
});
