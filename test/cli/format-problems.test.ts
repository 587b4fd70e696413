import { expect, test } from 'vitest';
import { formatProblems } from '../../src/cli/format-problems.ts';
import type { Problem } from '../../src/model/problem.ts';

const problems: readonly Problem[] = [
  {
    file: 'tenants/acme/applications/a.yaml',
    line: 3,
    column: 5,
    message: '`name` is missing',
    severity: 'error',
    rule: 'schema/required',
  },
  { file: 'a:b,c\n.yaml', line: 1, column: 1, message: '100% | \u001b[31mred\nline', severity: 'warning' },
];

function problem(file: string, line: number, severity: Problem['severity'] = 'error'): Problem {
  return { file: `tenants/acme/applications/${file}.yaml`, line, column: 1, message: 'it is wrong', severity };
}

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

test('github: names files from the root of the repository', () => {
  expect(formatProblems([problem('a', 1)], 'github', { folder: 'fleet/' })).toBe(
    '::error file=fleet/tenants/acme/applications/a.yaml,line=1,col=1::it is wrong\n',
  );
});

test('github: of more errors than are shown, some of every file are, and the log has all of them', () => {
  const many = ['a', 'b'].flatMap((file) => Array.from({ length: 8 }, (_, n) => problem(file, n + 1)));
  const lines = formatProblems([...many, problem('b', 9, 'warning')], 'github')
    .trimEnd()
    .split('\n');
  const annotations = lines.filter((line) => line.startsWith('::error file='));
  expect(annotations.map((line) => /(\w).yaml,line=(\d)/.exec(line)?.slice(1).join(''))).toEqual(
    'a1 b1 a2 b2 a3 b3 a4 b4 a5'.split(' '),
  );
  expect(lines).toContain('::error::7 more errors; the log of this step lists all of them');
  expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10);
  expect(lines.filter((line) => line.startsWith('::warning'))).toHaveLength(1);
  expect(lines.filter((line) => /^tenants.*: (error|warning): it is wrong$/.test(line))).toHaveLength(17);
});

test('github: nothing in the list of all problems is a command', () => {
  const many = Array.from({ length: 11 }, (_, n) => ({ ...problem('a', n), message: '##[add-path]/tmp' }));
  const lines = formatProblems(many, 'github').trimEnd().split('\n');
  const [stop, resume] = [lines.findIndex((line) => line.startsWith('::stop-commands::')), lines.length - 2];
  const token = lines[stop]?.replace('::stop-commands::', '');
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(lines.slice(resume)).toEqual([`::${token}::`, '::endgroup::']);
  expect(lines.slice(stop + 1, resume).filter((line) => line.includes('##['))).toHaveLength(11);
  expect(lines.slice(stop + 1, resume).filter((line) => line.includes(token ?? ''))).toEqual([]);
});

test('markdown: a line that sums up, then a table', () => {
  expect(formatProblems(problems, 'markdown', { files: 14 }).split('\n')).toEqual([
    '**Fairlead validate:** 1 error and 1 warning in 2 of 14 files',
    '',
    '| | where | what |',
    '|---|---|---|',
    '| error | tenants/acme/applications/a.yaml:3:5 | `name` is missing |',
    String.raw`| warning | a:b,c\\u000a.yaml:1:1 | 100% \| \\u001b\[31mred\\u000aline |`,
    '',
  ]);
  expect(formatProblems([], 'markdown', { files: 14 })).toBe('**Fairlead validate:** no problems in 14 files\n');
});

test('markdown: calls nobody', () => {
  const text = formatProblems([{ ...problem('a', 1), message: 'unknown "@acme/ops"' }], 'markdown');
  expect(text).toContain('unknown "@<!-- -->acme/ops"');
});

test('markdown: a long table is folded, and one that is too long for a comment ends with how much is missing', () => {
  const text = formatProblems(
    Array.from({ length: 130 }, (_, n) => problem('a', n)),
    'markdown',
  );
  expect(text).toMatch(/^\*\*Fairlead validate:\*\* 130 errors in 1 file\n\n<details>/);
  expect(text.split('\n').filter((line) => line.startsWith('| error'))).toHaveLength(100);
  expect(text).toContain('… and 30 more: `fairlead validate` lists all of them.\n\n</details>\n');
});

test('gitlab: a Code Quality report', () => {
  const report: unknown = JSON.parse(formatProblems(problems, 'gitlab', { folder: 'fleet/' }));
  expect(report).toEqual([
    {
      description: '`name` is missing',
      check_name: 'fairlead/schema/required',
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      severity: 'blocker',
      location: { path: 'fleet/tenants/acme/applications/a.yaml', lines: { begin: 3 } },
    },
    expect.objectContaining({ check_name: 'fairlead/file/misplaced', severity: 'minor' }),
  ]);
});

test('gitlab: no fingerprint is there twice, and none changes when lines are put before', () => {
  const prints = (...given: Problem[]) =>
    (JSON.parse(formatProblems(given, 'gitlab')) as { fingerprint: string }[]).map(({ fingerprint }) => fingerprint);
  const before = prints(problem('a', 1), problem('a', 2), problem('b', 1));
  expect(new Set(before).size).toBe(3);
  expect(prints(problem('a', 11), problem('a', 12), problem('b', 1))).toEqual(before);
});
