import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstat, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The checkout this file belongs to. */
export const root = path.resolve(import.meta.dirname, '../..');

/**
 * Installs the npm packages of the lock file, unless `node_modules` holds exactly those already.
 * A stamp in `node_modules` carries the hash of the lock file it was installed from.
 *
 * @param {{ directory?: string, production?: boolean }} [options] directory: default, the checkout this file is in;
 *   production: only what runs, without install scripts
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function ensureDependencies({ directory = root, production = false } = {}) {
  const stamp = path.join(directory, 'node_modules', '.fairlead-lock');
  const lock = createHash('sha256')
    .update(await readFile(path.join(directory, 'package-lock.json')))
    .digest('hex');
  if ((await readFile(stamp, 'utf8').catch(() => '')).trim() === lock) return false;

  // npm would empty what the link leads to, which may be another checkout's.
  if ((await lstat(path.dirname(stamp)).catch(() => undefined))?.isSymbolicLink() === true)
    throw new Error(
      'node_modules is a link and does not hold what package-lock.json names; remove the link and try again.',
    );

  // NODE_ENV=production would leave out the tools; output goes to stderr to keep stdout for results.
  const which = production ? ['--omit=dev', '--ignore-scripts'] : ['--include=dev'];
  console.error(`setup: npm ci ${which.join(' ')}`);
  const npm = spawn('npm', ['ci', ...which, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: directory,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  const [code] = await once(npm, 'exit');
  if (code !== 0) throw new Error('npm ci failed; its messages stand above.');
  await writeFile(stamp, lock);
  return true;
}
