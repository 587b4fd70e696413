import fs from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import git from 'isomorphic-git';

/**
 * A git repository with a work tree, as a team would have it; isomorphic-git, because a bare machine has no git.
 *
 * @typedef {Awaited<ReturnType<typeof createSiteRepository>>} SiteRepository
 * @param {string} dir
 * @param {string} example the folder its first commit is made of
 */
export async function createSiteRepository(dir, example) {
  await cp(example, dir, { recursive: true });
  await git.init({ fs, dir, defaultBranch: 'main' });
  for (const [key, value] of Object.entries({ 'user.name': 'Demo', 'user.email': 'demo@example.com' })) {
    await git.setConfig({ fs, dir, path: key, value });
  }
  return {
    dir,
    /** Commits the work tree as it is. @param {string} message @returns {Promise<string>} the commit */
    async commit(message) {
      await git.add({ fs, dir, filepath: '.' });
      return git.commit({ fs, dir, message });
    },
    /**
     * Replaces every occurrence of a text in a file of the work tree.
     *
     * @param {string} file
     * @param {string} before
     * @param {string} after
     * @returns {Promise<string[]>} the changed lines, `- ` and `+ ` before them
     */
    async edit(file, before, after) {
      const target = path.join(dir, file);
      const old = await readFile(target, 'utf8');
      const text = old.replaceAll(before, after);
      if (text === old) throw new Error(`${file} does not hold ${before}`);
      await writeFile(target, text);
      return changedLines(old.split('\n'), text.split('\n'));
    },
  };
}

/**
 * @param {string[]} before
 * @param {string[]} after as many
 */
function changedLines(before, after) {
  return before.flatMap((line, i) => (line === after[i] ? [] : [`- ${line.trim()}`, `+ ${(after[i] ?? '').trim()}`]));
}
