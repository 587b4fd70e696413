// npm run check: format, lint, types, generated files, unit tests; the output of what fails and nothing else.
// Arguments choose among them: npm run check -- lint types
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ensureDependencies, ensurePrograms, root, SetupError, unitPrograms } from './setup.mjs';

const cache = path.join(root, 'node_modules/.cache');

/** Minutes of generated histories: `npm test` plays them. */
const model = 'test/upgrade/model-*';

/** The longest first: a free lane takes the next. */
const all = [
  { name: 'unit', command: ['vitest', 'run', '--project', 'unit', '--silent=passed-only', '--exclude', model] },
  { name: 'lint', command: ['eslint', '.', '--max-warnings=0', '--cache', '--cache-location', `${cache}/eslint/`] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  {
    name: 'format',
    command: ['prettier', '--check', '--log-level=warn', '--cache', `--cache-location=${cache}/prettier-cache`, '.'],
  },
  { name: 'generated', command: ['tsx', 'scripts/generate.ts', '--check'] },
];
const wanted = process.argv.slice(2);
const checks = all.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

try {
  const unknown = wanted.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0)
    throw new SetupError(`no such check: ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`);
  await ensureDependencies();
  await ensurePrograms(unitPrograms);
  const failed = await runChecks();
  console.log(failed.length === 0 ? 'check: clean' : `check: failed (${failed.join(', ')})`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}

/** @returns {Promise<string[]>} the names of those that failed */
async function runChecks() {
  const waiting = [...checks];
  /** @type {string[]} */
  const failed = [];
  const lane = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      if (!(await passes(check))) failed.push(check.name);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, os.availableParallelism()) }, lane));
  return failed;
}

/** @param {{ name: string, command: string[] }} check */
async function passes({ name, command: [tool = '', ...args] }) {
  const begin = performance.now();
  const child = spawn(path.join(root, 'node_modules/.bin', tool), args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 600_000,
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(16)} ${seconds.padStart(5)} s`);
  if (code !== 0) console.log(`${stdout}${stderr}`.trimEnd());
  return code === 0;
}
