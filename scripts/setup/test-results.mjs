/**
 * What vitest's JSON reporter writes, as far as it is read here.
 *
 * @typedef {object} TestResults
 * @property {number} [numPassedTests]
 * @property {number} [numFailedTests]
 * @property {number} [numPendingTests]
 * @property {number} [numTodoTests]
 * @property {readonly { name: string, status: string, assertionResults: readonly { status: string }[] }[]} [testResults]
 */

/**
 * The two numbers, and what makes a run fail beside failed tests: a file that fails to load or in a hook, a skipped test, no test
 * at all, an error outside of every test. Each of these counts as a failure, so that the numbers never look better than
 * the exit code.
 *
 * @param {TestResults} results
 * @param {{ exitCode: number, skippedIsFailure: boolean }} run
 * @returns {{ passed: number, failed: number, problems: string[] }}
 */
export function summarizeResults(results, { exitCode, skippedIsFailure }) {
  const passed = results.numPassedTests ?? 0;
  const problems = (results.testResults ?? [])
    .filter(failsOutsideTests)
    .map((file) => `${file.name} fails outside of its tests`);
  const skipped = (results.numPendingTests ?? 0) + (results.numTodoTests ?? 0);
  if (skippedIsFailure && skipped > 0) problems.push(`${skipped} tests were skipped`);
  const failed = (results.numFailedTests ?? 0) + problems.length;
  if (passed + failed === 0) return { passed, failed: 1, problems: ['no test was run'] };
  if (failed === 0 && exitCode !== 0)
    return { passed, failed: 1, problems: ['an error outside of the tests, see above'] };
  return { passed, failed, problems };
}

/** @param {{ status: string, assertionResults: readonly { status: string }[] }} file */
function failsOutsideTests(file) {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
}
