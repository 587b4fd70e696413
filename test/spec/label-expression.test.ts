import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  type LabelExpression,
  LabelExpressionError,
  matchesLabels,
  parseLabelExpression,
} from '../../src/spec/label-expression.ts';
import { cpuMsOf } from '../cpu-time.ts';

const labels = { 'system/type': 'edge', 'example.com/host_size': 'medium', color: 'dark red', 'a.b': '' };

describe('matching', () => {
  test.each([
    ['system/type = edge', true],
    ['system/type=edge', true],
    ['system/type = Edge', false],
    ['system/type = "edge"', true],
    ["color = 'dark red'", true],
    ['color = "dark red"', true],
    ['color ~ ^dark', true],
    ['color ~ red', true],
    ['color ~ ^red', false],
    ['color ~ "^(dark|light) red$"', true],
    ['missing ~ .', false],
    ['color', true],
    ['a.b', true],
    ['missing', false],
    ['toString', false],
    ['{}', false],
    ['not {}', true],
    ['not missing', true],
    ['not not color', true],
    ['not(color = blue)', true],
    ['missing or color and system/type = edge', true],
    ['color or missing and missing', true],
    ['(color or missing) and missing', false],
    ['not missing and missing', false],
    ['\n  color\n  and system/type = edge\n', true],
    ['(foo and not(bar = xx)) or (baz = \'red\') or baz = "blue" or {}', false],
  ])('%s is %s', (text, expected) => expect(matchesLabels(parseLabelExpression(text), labels)).toBe(expected));

  test('`{}` holds for a thing without labels', () => {
    expect(matchesLabels(parseLabelExpression('{ }'), {})).toBe(true);
  });

  test('inside double quotes a backslash escapes a quote and a backslash', () => {
    expect(parseLabelExpression(String.raw`a = "x\"y\\z"`)).toEqual({ kind: 'equals', label: 'a', value: 'x"y\\z' });
  });
});

describe('mistakes are told with their place', () => {
  test.each([
    ['', 0, 'a label is missing before the end'],
    ['a =', 3, 'a value after `=` is missing before the end'],
    ['a and', 5, 'a label is missing before the end'],
    ['a b', 2, '`and`, `or` or the end is missing before `b`'],
    ['(a', 2, '`)` is missing before the end'],
    ['a == b', 2, 'a comparison is written with one `=`'],
    ['a != b', 2, 'to say "is not", write `not label = value`'],
    ['a = "b', 4, 'the quote is not closed'],
    ['a ~ "("', 4, '`(` is not a regular expression: missing closing ): `(`'],
    ['a ~ "(?=x)"', 4, '`(?=x)` is not a regular expression: invalid or unsupported Perl syntax: `(?=`'],
    ['and = b', 0, 'a label is missing before `and`'],
    ['ä = b', 0, '`ä` is not a label'],
  ])('%j', (text, position, message) => {
    const parse = () => parseLabelExpression(text);
    expect(parse).toThrow(LabelExpressionError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ position }));
  });
});

test('length and depth are bounded, and a long chain is not deep', () => {
  expect(() => parseLabelExpression(`${'('.repeat(1000)}a`)).toThrow('nested deeper than 64 levels');
  expect(() => parseLabelExpression(`${'not '.repeat(1000)}a`)).toThrow('nested deeper than 64 levels');
  expect(() => parseLabelExpression('a '.repeat(3000))).toThrow('longer than 4096 characters');
  expect(matchesLabels(parseLabelExpression(Array(800).fill('b').join(' or ')), { b: '' })).toBe(true);
});

test('a pattern that ruins backtracking engines costs nothing', async () => {
  const expression = parseLabelExpression('a ~ "(x+x+)+y"');
  const spentMs = await cpuMsOf(() => {
    expect(matchesLabels(expression, { a: 'x'.repeat(5000) })).toBe(false);
  });
  expect(spentMs).toBeLessThan(5000);
});

const label = fc.constantFrom('a', 'b', 'example.com/c_d');
const expressions: fc.Arbitrary<LabelExpression> = fc.letrec<{ expression: LabelExpression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constant('equals' as const), label, value: fc.string() }),
    fc.record({ kind: fc.constant('present' as const), label }),
    fc.constant({ kind: 'empty' as const }),
    fc.record({ kind: fc.constant('not' as const), expression: tie('expression') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('expression'),
      right: tie('expression'),
    }),
  ),
})).expression;

function print(expression: LabelExpression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return `(${print(expression.left)} ${expression.kind} ${print(expression.right)})`;
    case 'not':
      return `not(${print(expression.expression)})`;
    case 'equals':
      return `${expression.label} = "${expression.value.replace(/["\\]/g, '\\$&')}"`;
    case 'matches':
      return `${expression.label} ~ "${expression.pattern}"`;
    case 'present':
      return expression.label;
    case 'empty':
      return '{}';
    default:
      return expression satisfies never;
  }
}

test('what is printed is read back as it was', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      expect(parseLabelExpression(print(expression))).toEqual(expression);
    }),
  );
});

test('any text is an expression or a LabelExpressionError', () => {
  const words = fc.constantFrom('and', 'or', 'not', '(', ')', '=', '~', '{}', '"x"', 'a', '[', '\\', '{');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words).map((all) => all.join(' ')),
      ),
      (text) => {
        try {
          matchesLabels(parseLabelExpression(text), labels);
        } catch (error) {
          expect(error).toBeInstanceOf(LabelExpressionError);
        }
      },
    ),
  );
});
