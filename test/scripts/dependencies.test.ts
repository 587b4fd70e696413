import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ensureDependencies } from '../../scripts/setup/dependencies.mjs';

it('packages are not installed through a link: what it leads to may be another checkout’s', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-dependencies-'));
  try {
    const [theirs, directory] = [path.join(folder, 'theirs'), path.join(folder, 'checkout')];
    await mkdir(theirs);
    await mkdir(directory);
    await writeFile(path.join(theirs, 'kept'), '');
    await writeFile(path.join(directory, 'package-lock.json'), '{}');
    await symlink(theirs, path.join(directory, 'node_modules'));
    await expect(ensureDependencies({ directory })).rejects.toThrow('node_modules is a link');
    expect(await readdir(theirs)).toEqual(['kept']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
