import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import type { Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import { formatProblems, type ProblemContext } from '../../src/cli/format-problems.ts';
import type { Problem } from '../../src/model/problem.ts';

const problems: readonly Problem[] = [
  {
    file: 'sites/a.yaml',
    line: 1,
    column: 1,
    message: 'not supported yet: hosts',
    severity: 'warning',
    rule: 'schema/not-supported-yet',
  },
  { file: 'tenants/acme/applications/a b.yaml', line: 3, column: 5, message: 'no size', severity: 'error' },
  { file: 'tenants/acme/applications/a b.yaml', line: 4, column: 1, message: 'no size', severity: 'error' },
];

function sarif(given: readonly Problem[], known: Partial<ProblemContext> = {}): Log {
  const log = JSON.parse(formatProblems(given, 'sarif', { version: '1.2.3', ...known })) as Log;
  expect(violations(log)).toEqual([]);
  return log;
}

/** The schema that OASIS published. */
const schema = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
    'utf8',
  ),
) as object;
// Nothing in it is peculiar to draft 4, which it names.
const rules: object = { ...schema, $schema: undefined, id: undefined };
const isUri = (text: string) => /^[a-z]+:\/\/[^\s]+$/.test(text);
const isReference = (text: string) => /^[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]*$/.test(text);
const check = new Ajv({
  strict: false,
  unicodeRegExp: false,
  allErrors: true,
  formats: { uri: isUri, 'uri-reference': isReference, 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) },
}).compile(rules);

function violations(log: unknown): readonly unknown[] {
  return check(log) ? [] : (check.errors ?? []);
}

describe('SARIF', () => {
  it('follows the official schema', () => {
    sarif(problems);
    sarif([]);
    expect(violations({ version: '2.1.0', runs: [{}] })).not.toEqual([]);
    expect(violations({ version: '2.1.0', runs: [], more: 1 })).not.toEqual([]);
  });

  it('has for each problem what code scanning asks for', () => {
    const [run] = sarif(problems, { folder: 'fleet/', linesOf: () => ['', '', 'a:  x1 y', 'b'] }).runs;
    expect(run?.tool.driver).toMatchObject({ name: 'Fairlead', semanticVersion: '1.2.3' });
    expect(run?.results?.[0]).toEqual({
      ruleId: 'schema/value',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'no size' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'fleet/tenants/acme/applications/a%20b.yaml', uriBaseId: '%SRCROOT%' },
            region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 7 },
          },
        },
      ],
      partialFingerprints: { 'fairleadProblem/v1': expect.stringMatching(/^[0-9a-f]{32}$/) as string },
    });
    const prints = run?.results?.map(({ partialFingerprints }) => partialFingerprints?.['fairleadProblem/v1']);
    expect(new Set(prints).size).toBe(problems.length);
  });

  it('describes every rule it names, once', () => {
    const [run] = sarif(problems).runs;
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual(['schema/value', 'schema/not-supported-yet']);
    for (const rule of run?.tool.driver.rules ?? []) {
      expect([rule.shortDescription?.text, rule.fullDescription?.text, rule.help?.text]).not.toContain(undefined);
    }
    expect(run?.results?.map(({ ruleIndex }) => ruleIndex)).toEqual([0, 0, 1]);
  });

  it('holds no more than code scanning takes, errors first, and says so', () => {
    const warning = (n: number): Problem => ({ ...problems[0]!, line: n, message: `${n}` });
    const many = [...Array.from({ length: 5000 }, (_, n) => warning(n + 1)), problems[1]!];
    const [run] = sarif(many).runs;
    expect(run?.results).toHaveLength(5000);
    expect(run?.results?.[0]?.level).toBe('error');
    expect(run?.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toMatch(/^1 more problem /);
  });
});
