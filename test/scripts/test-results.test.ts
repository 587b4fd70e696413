import { describe, expect, it } from 'vitest';
import { summarizeResults } from '../../scripts/setup/test-results.mjs';

const strict = { exitCode: 0, skippedIsFailure: true };

describe('the last line of npm test', () => {
  it('counts what passed and what failed', () => {
    const results = { numPassedTests: 3, numFailedTests: 2 };
    expect(summarizeResults(results, { ...strict, exitCode: 1 })).toEqual({ passed: 3, failed: 2, problems: [] });
  });

  it('counts a run without any test as failed', () => {
    expect(summarizeResults({}, strict)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('counts a skipped test as failed, unless only tests of one name were asked for', () => {
    const results = { numPassedTests: 3, numPendingTests: 1 };
    expect(summarizeResults(results, strict)).toMatchObject({ passed: 3, failed: 1 });
    expect(summarizeResults(results, { ...strict, skippedIsFailure: false })).toMatchObject({ failed: 0 });
  });

  it('counts a file that does not load', () => {
    const file = { name: 'plan.test.ts', status: 'failed', assertionResults: [] };
    const summary = summarizeResults({ numPassedTests: 3, testResults: [file] }, { ...strict, exitCode: 1 });
    expect(summary).toMatchObject({ passed: 3, failed: 1, problems: ['plan.test.ts fails outside of its tests'] });
  });

  it('counts an error outside of every test', () => {
    expect(summarizeResults({ numPassedTests: 3 }, { ...strict, exitCode: 1 })).toMatchObject({ passed: 3, failed: 1 });
  });
});
