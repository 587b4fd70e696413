import { expect, test } from 'vitest';
import { formatExcerpt, PLAIN } from '../../src/cli/format-excerpt.ts';

function excerpt(text: string, line: number, column: number): string[] {
  return formatExcerpt(text.split('\n'), { line, column, severity: 'error' }, PLAIN).split('\n').slice(0, -1);
}

test('a problem is shown with a caret under its column, between its neighbours', () => {
  expect(excerpt('name: shop\nversion: 1\nservices: x\nnetwork: y\n', 3, 11)).toEqual([
    '    2 | version: 1',
    '  > 3 | services: x',
    '      |           ^',
    '    4 | network: y',
  ]);
});

test('the first and the last line of a file have one neighbour', () => {
  expect(excerpt('a: 1\nb: 2\n', 1, 1)).toEqual(['  > 1 | a: 1', '      | ^', '    2 | b: 2']);
  expect(excerpt('a: 1\nb: 2\n', 2, 4)).toEqual(['    1 | a: 1', '  > 2 | b: 2', '      |    ^']);
});

test('numbers of lines are as wide as the widest', () => {
  expect(excerpt('\n'.repeat(8) + 'a: 1\nb: 2', 9, 1)).toEqual([
    '     8 |',
    '  >  9 | a: 1',
    '       | ^',
    '    10 | b: 2',
  ]);
});

test('there is none of an empty file, nor of a line that is not there', () => {
  expect(excerpt('', 1, 1)).toEqual([]);
  expect(excerpt('\n \n', 1, 1)).toEqual([]);
  expect(excerpt('a: 1\n', 7, 1)).toEqual([]);
});

test('of a long line what is near the column is shown', () => {
  const [line = '', caret = ''] = excerpt(`${'x'.repeat(500)}HERE${'y'.repeat(500)}`, 1, 501);
  expect(line.length).toBeLessThan(120);
  expect(line.slice(caret.indexOf('^'), caret.indexOf('^') + 4)).toBe('HERE');
  expect(line).toMatch(/ …x+HEREy+…$/);
});

test('tabs, wide characters and marks do not move the caret, control characters do not reach a terminal', () => {
  const [line = '', caret = ''] = excerpt('\ta: \u001b日é HERE\r\n', 1, '\ta: \u001b日é '.length + 1);
  expect(line).toBe('  > 1 |     a: ·日é HERE');
  // The ideograph takes two columns, the accent none.
  expect(caret).toBe(`      |${' '.repeat(13)}^`);
});
