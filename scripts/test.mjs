// npm test: everything from a clean clone to `N passed, N failed`. Arguments go to vitest: npm test -- --project unit plan
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { enginePrograms, ensureDependencies, ensurePrograms, root, SetupError, unitPrograms } from './setup.mjs';
import { sweepGrounds } from './setup/ground.mjs';
import { until } from './setup/run.mjs';
import { summarizeResults } from './setup/test-results.mjs';

const filters = process.argv.slice(2);
const byName = filters.some((filter) => /^(-t|--testNamePattern)/.test(filter)); // what a name filter leaves out is not skipped

/** All of them are two runs side by side: the tests on engines mostly wait, and the unit tests fill the time. */
const runs =
  filters.length === 0
    ? [
        ['--project', 'unit'],
        ['--project', 'engine'],
      ]
    : [filters];

try {
  await ensureDependencies();
  await ensurePrograms(unitPrograms);
  if (process.getuid?.() === 0 && !onlyUnitTests())
    await ensurePrograms([...enginePrograms, 'busybox', 'sshd', 'docker-registry']);
  await mkdir(path.join(root, '.work'), { recursive: true });
  const summaries = await Promise.all(runs.map((filter, i) => runVitest(filter, i < runs.length - 1)));
  for (const problem of summaries.flatMap(({ problems }) => problems)) console.log(problem);
  const passed = summaries.reduce((sum, one) => sum + one.passed, 0);
  const failed = summaries.reduce((sum, one) => sum + one.failed, 0);
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed`);
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

/**
 * @param {readonly string[]} filter
 * @param {boolean} held its output is shown when it is over, so that it does not mix with that of another
 */
async function runVitest(filter, held) {
  const resultsFile = path.join(root, '.work', `test-results-${randomUUID()}.json`); // several runs may be under way
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`];
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  // A process group of its own: a Ctrl-C on the terminal reaches it once, from here.
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...filter], {
    cwd: root,
    stdio: [
      'ignore',
      ...(held ? /** @type {const} */ (['pipe', 'pipe']) : /** @type {const} */ (['inherit', 'inherit'])),
    ],
    detached: true,
  });
  const stop = () => signalGroup(child.pid, 'SIGKILL');
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop);
  const output = Promise.all([child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream))));
  const [code] = await once(child, 'exit');
  process.stdout.write((await output).join(''));
  if (code === null) {
    const gone = () => !signalGroup(child.pid, 'SIGKILL'); // its workers too, where only it was killed
    await until(gone, { timeoutMs: 10_000, sentence: 'the workers of vitest do not end' });
    await sweepGrounds(); // the engines it had no time to stop
  }
  const results = await readFile(resultsFile, 'utf8').catch(() => '{}');
  await rm(resultsFile, { force: true });
  return summarizeResults(JSON.parse(results), { exitCode: code ?? 1, skippedIsFailure: !byName });
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
