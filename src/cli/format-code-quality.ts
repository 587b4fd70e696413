import type { Problem } from '../model/problem.ts';
import { fingerprints, ruleOf } from './problem-rules.ts';

/**
 * A GitLab Code Quality report. @param folder of the tree in its repository: '' or `fleet/`
 *
 * https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function formatCodeQuality(problems: readonly Problem[], folder: string): string {
  const prints = fingerprints(problems);
  const report = problems.map((problem, index) => ({
    description: problem.message,
    check_name: `fairlead/${ruleOf(problem).id}`,
    fingerprint: prints[index],
    severity: problem.severity === 'error' ? 'blocker' : 'minor',
    location: { path: `${folder}${problem.file}`, lines: { begin: problem.line } },
  }));
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
