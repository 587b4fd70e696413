import type { Log, Notification, Region, ReportingDescriptor, Result } from 'sarif';
import type { Problem } from '../model/problem.ts';
import { countOf } from './count-of.ts';
import { fingerprints, ruleOf } from './problem-rules.ts';

interface SarifContext {
  readonly version: string;
  readonly folder: string;
  readonly linesOf: (file: string) => readonly string[] | undefined;
}

/** GitHub keeps so many of a run, and refuses a run of five times as many. */
const RESULTS = 5000;

/**
 * SARIF 2.1.0 with what GitHub code scanning wants of it. Beyond RESULTS, errors go before warnings, and a notification
 * says how many are missing.
 *
 * https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function formatSarif(problems: readonly Problem[], { version, folder, linesOf }: SarifContext): string {
  const kept = problems
    .toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
    .slice(0, RESULTS);
  const rules = [...new Map(kept.map((problem) => [ruleOf(problem).id, toDescriptor(problem)])).values()];
  const prints = fingerprints(kept);
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Fairlead', semanticVersion: version, rules } },
        automationDetails: { id: 'fairlead-validate/' },
        columnKind: 'utf16CodeUnits',
        invocations: [
          { executionSuccessful: true, toolExecutionNotifications: notesOn(problems.length - kept.length) },
        ],
        results: kept.map((problem, index) => ({
          ...toResult(problem, `${folder}${problem.file}`, linesOf(problem.file)),
          ruleIndex: rules.findIndex(({ id }) => id === ruleOf(problem).id),
          partialFingerprints: { 'fairleadProblem/v1': prints[index] ?? '' },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function notesOn(missing: number): Notification[] {
  if (missing === 0) return [];
  const text = `${countOf(missing, 'more problem')} that this file has no room for; fairlead validate lists all of them`;
  return [{ level: 'warning', message: { text } }];
}

function toDescriptor(problem: Problem): ReportingDescriptor {
  const { id, description, help } = ruleOf(problem);
  return {
    id,
    shortDescription: { text: description },
    fullDescription: { text: description },
    help: { text: help },
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['configuration'], precision: 'very-high', 'problem.severity': 'error' },
  };
}

function toResult(problem: Problem, path: string, lines: readonly string[] | undefined): Result {
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return {
    ruleId: ruleOf(problem).id,
    level: problem.severity,
    message: { text: problem.message },
    locations: [
      { physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region: regionOf(problem, lines) } },
    ],
  };
}

/** Up to the end of the word that begins there. */
function regionOf({ line, column }: Problem, lines: readonly string[] | undefined): Region {
  const word = /^\S*/.exec(lines?.[line - 1]?.slice(column - 1) ?? '')?.[0] ?? '';
  return { startLine: line, startColumn: column, endLine: line, endColumn: column + Math.max(1, word.length) };
}
