// npm test: everything from a clean clone to `N passed, N failed`. Arguments go to vitest: npm test -- --project unit plan
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { enginePrograms, ensureDependencies, ensurePrograms, root, SetupError } from './setup.mjs';
import { sweepGrounds } from './setup/ground.mjs';
import { until } from './setup/run.mjs';
import { summarizeResults } from './setup/test-results.mjs';

const resultsFile = path.join(root, '.work', `test-results-${process.pid}.json`); // two runs may be under way
const filters = process.argv.slice(2);

try {
  await ensureDependencies();
  await ensurePrograms(['git']);
  if (process.getuid?.() === 0 && !onlyUnitTests()) await ensurePrograms([...enginePrograms, 'busybox']);
  await mkdir(path.dirname(resultsFile), { recursive: true });
  const exitCode = await runVitest();
  const text = await readFile(resultsFile, 'utf8').catch(() => '{}');
  await rm(resultsFile, { force: true });
  const byName = filters.some((filter) => /^(-t|--testNamePattern)/.test(filter)); // what a name filter leaves out is not skipped
  const summary = summarizeResults(JSON.parse(text), { exitCode, skippedIsFailure: !byName });
  for (const problem of summary.problems) console.log(problem);
  process.exitCode = summary.failed === 0 ? 0 : 1;
  console.log(`${summary.passed} passed, ${summary.failed} failed`);
} catch (error) {
  if (!(error instanceof SetupError)) console.error(error);
  console.log(error instanceof SetupError ? error.message : 'the tests could not be run');
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}

function onlyUnitTests() {
  const projects = filters.flatMap((filter, i) =>
    filter === '--project' ? [filters[i + 1]] : (/^--project=(.*)/.exec(filter)?.[1] ?? []),
  );
  return projects.length > 0 && projects.every((project) => project === 'unit');
}

/** @returns {Promise<number>} vitest's exit code */
async function runVitest() {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`];
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  // A process group of its own: a Ctrl-C on the terminal reaches it once, from here.
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...filters], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const stop = () => signalGroup(child.pid, 'SIGKILL');
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop);
  const [code] = await once(child, 'exit');
  if (code === null) {
    const gone = () => !signalGroup(child.pid, 'SIGKILL'); // its workers too, where only it was killed
    await until(gone, { timeoutMs: 10_000, sentence: 'the workers of vitest do not end' });
    await sweepGrounds(); // the engines it had no time to stop
  }
  return code ?? 1;
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 * @returns {boolean} whether there was anything to signal
 */
function signalGroup(pid, signal) {
  try {
    return pid !== undefined && process.kill(-pid, signal);
  } catch {
    return false;
  }
}
