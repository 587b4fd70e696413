import fs from 'node:fs';
import git from 'isomorphic-git';

/** Makes a folder the root of an empty repository. */
export async function initializeRepository(dir: string, branch: string): Promise<void> {
  await git.init({ fs, dir, defaultBranch: branch });
}
