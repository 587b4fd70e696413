import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openRepository, parseLocation } from '../../src/git/open.ts';
import { createRepository } from './git-repo.ts';

const options = { branch: 'main', treePath: '.', directory: '/nowhere' };

describe('the location of a repository', () => {
  it.each(['https://h/x.git', 'HTTP://h/x', 'http://u:p@h:1/x'])('%s is remote', (location) => {
    expect(parseLocation(location)).toMatchObject({ kind: 'remote' });
  });

  it.each(['/srv/r', './r', 'r', '../r.git', './a:b', '/srv/a:b'])('%s is a local path', (location) => {
    expect(parseLocation(location)).toEqual({ kind: 'local', path: location });
  });

  it.each([
    'ssh://git:s3cret@h/x',
    'git@h:x.git',
    's3cret@h:x',
    'h:x',
    'git://h/x',
    'ftp://h/x',
    'ext::sh -c id',
    'https://',
  ])('%s is refused with a sentence, without what stands before the @', (location) => {
    expect(() => openRepository(location, options)).toThrow(/local paths are supported|valid URL/);
    expect(() => openRepository(location, options)).not.toThrow(/s3cret/);
  });

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
