import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../setup.mjs';
import { run } from '../setup/run.mjs';

/**
 * Fairlead as JavaScript, because from its sources it takes a second longer to start: too long to be killed in the
 * middle of anything.
 *
 * @param {string} directory below the checkout, so that its packages are found
 * @returns {Promise<string>} the program
 */
export async function buildFairlead(directory) {
  await mkdir(directory, { recursive: true });
  const dist = path.join(directory, 'dist');
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const config = path.join(root, 'tsconfig.build.json');
  await run(process.execPath, [compiler, '-p', config, '--noCheck', '--outDir', dist], { timeoutMs: 300_000 });
  await copyFile(path.join(root, 'package.json'), path.join(directory, 'package.json'));
  return path.join(dist, 'main.js');
}
