import { expect, test } from 'vitest';
import { formatProblems } from '../../src/cli/format-problems.ts';
import type { Problem } from '../../src/model/problem.ts';

const problems: readonly Problem[] = [
  { file: 'tenants/acme/applications/a.yaml', line: 3, column: 5, message: '`name` is missing', severity: 'error' },
  { file: 'a:b,c\n.yaml', line: 1, column: 1, message: '100% | \u001b[31mred\nline', severity: 'warning' },
];

test('text: one line a problem, control characters made visible', () => {
  expect(formatProblems(problems, 'text')).toBe(
    'tenants/acme/applications/a.yaml:3:5: `name` is missing\n' +
      'a:b,c\\u000a.yaml:1:1: warning: 100% | \\u001b[31mred\\u000aline\n',
  );
});

test('json: the problems as they are', () => {
  expect(JSON.parse(formatProblems(problems, 'json'))).toEqual(problems);
});

test('github: annotations, escaped so that no text can end one', () => {
  expect(formatProblems(problems, 'github').split('\n')).toEqual([
    '::error file=tenants/acme/applications/a.yaml,line=3,col=5::`name` is missing',
    '::warning file=a%3Ab%2Cc%0A.yaml,line=1,col=1::100%25 | \u001b[31mred%0Aline',
    '',
  ]);
});

test('markdown: a table, or a sentence when there is nothing to tell', () => {
  expect(formatProblems(problems, 'markdown').split('\n')).toEqual([
    '| | where | what |',
    '|---|---|---|',
    '| error | tenants/acme/applications/a.yaml:3:5 | `name` is missing |',
    String.raw`| warning | a:b,c\\u000a.yaml:1:1 | 100% \| \\u001b\[31mred\\u000aline |`,
    '',
  ]);
  expect(formatProblems([], 'markdown')).toBe('No problems found.\n');
});
