import { type LabelToken, LabelExpressionError, readLabelTokens } from './label-tokens.ts';
import { parseRegexp, RegexpError } from './regexp.ts';

export { LabelExpressionError } from './label-tokens.ts';

/** A condition on labels as plain JSON. `empty` holds for a thing without any label. */
export type LabelExpression =
  | { readonly kind: 'and' | 'or'; readonly left: LabelExpression; readonly right: LabelExpression }
  | { readonly kind: 'not'; readonly expression: LabelExpression }
  | { readonly kind: 'equals'; readonly label: string; readonly value: string }
  | { readonly kind: 'matches'; readonly label: string; readonly pattern: string }
  | { readonly kind: 'present'; readonly label: string }
  | { readonly kind: 'empty' };

/** Parentheses, `not` and chained operators together; evaluation recurses as deep. */
const MAX_DEPTH = 64;
const LABEL = /^[A-Za-z0-9_]([A-Za-z0-9_./-]*[A-Za-z0-9_])?$/;
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not']);

/**
 * Parses `label = value`, `label ~ regexp`, `label`, `{}` with `not`, `and`, `or` (binding in this order, contract 8.2)
 * and parentheses. Line breaks are blanks.
 * @throws LabelExpressionError
 */
export function parseLabelExpression(text: string): LabelExpression {
  const reader: Reader = { tokens: readLabelTokens(text), next: 0, depth: 0 };
  const expression = parseOr(reader);
  const rest = reader.tokens[reader.next];
  if (rest !== undefined && rest.kind !== 'end') throw unexpected(rest, '`and`, `or` or the end');
  return expression;
}

/** Whether labels fulfil the condition. Matching is case sensitive. */
export function matchesLabels(expression: LabelExpression, labels: Readonly<Record<string, string>>): boolean {
  switch (expression.kind) {
    case 'and':
      return matchesLabels(expression.left, labels) && matchesLabels(expression.right, labels);
    case 'or':
      return matchesLabels(expression.left, labels) || matchesLabels(expression.right, labels);
    case 'not':
      return !matchesLabels(expression.expression, labels);
    case 'equals':
      return Object.hasOwn(labels, expression.label) && labels[expression.label] === expression.value;
    case 'matches':
      return Object.hasOwn(labels, expression.label) && parseRegexp(expression.pattern)(labels[expression.label] ?? '');
    case 'present':
      return Object.hasOwn(labels, expression.label);
    case 'empty':
      return Object.keys(labels).length === 0;
    default:
      return expression satisfies never;
  }
}

/** Where the parser stands. */
interface Reader {
  readonly tokens: readonly LabelToken[];
  next: number;
  depth: number;
}

function parseOr(reader: Reader): LabelExpression {
  return parseChain(reader, 'or', parseAnd);
}

function parseAnd(reader: Reader): LabelExpression {
  return parseChain(reader, 'and', parseNot);
}

/** The tree of a long chain is balanced, so that its depth stays small. */
function parseChain(
  reader: Reader,
  kind: 'and' | 'or',
  parseOperand: (reader: Reader) => LabelExpression,
): LabelExpression {
  const operands = [parseOperand(reader)];
  while (takeWord(reader, kind)) operands.push(parseOperand(reader));
  return balance(kind, operands);
}

function balance(kind: 'and' | 'or', operands: readonly LabelExpression[]): LabelExpression {
  const [only] = operands;
  if (only !== undefined && operands.length === 1) return only;
  const middle = Math.ceil(operands.length / 2);
  return {
    kind,
    left: balance(kind, operands.slice(0, middle)),
    right: balance(kind, operands.slice(middle)),
  };
}

function parseNot(reader: Reader): LabelExpression {
  const start = peek(reader);
  if (!takeWord(reader, 'not')) return parsePrimary(reader);
  return nested(reader, start, () => ({ kind: 'not', expression: parseNot(reader) }));
}

function parsePrimary(reader: Reader): LabelExpression {
  const token = take(reader);
  if (token.kind === 'empty') return { kind: 'empty' };
  if (token.kind === '(') {
    return nested(reader, token, () => {
      const inner = parseOr(reader);
      const closing = take(reader);
      if (closing.kind !== ')') throw unexpected(closing, '`)`');
      return inner;
    });
  }
  if (token.kind !== 'word' || KEYWORDS.has(token.text)) throw unexpected(token, 'a label');
  return parseCondition(reader, token);
}

function parseCondition(reader: Reader, label: LabelToken): LabelExpression {
  if (!LABEL.test(label.text)) throw new LabelExpressionError(`\`${label.text}\` is not a label`, label.position);
  const operator = peek(reader).kind;
  if (operator !== '=' && operator !== '~') return { kind: 'present', label: label.text };
  take(reader);
  const value = take(reader);
  if (value.kind !== 'word' && value.kind !== 'quoted') throw unexpected(value, `a value after \`${operator}\``);
  if (operator === '=') return { kind: 'equals', label: label.text, value: value.text };
  checkPattern(value);
  return { kind: 'matches', label: label.text, pattern: value.text };
}

function checkPattern(value: LabelToken): void {
  try {
    parseRegexp(value.text);
  } catch (error) {
    if (!(error instanceof RegexpError)) throw error;
    throw new LabelExpressionError(`\`${value.text}\` is not a regular expression: ${error.message}`, value.position);
  }
}

function nested(reader: Reader, start: LabelToken, parse: () => LabelExpression): LabelExpression {
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) {
    throw new LabelExpressionError(`it is nested deeper than ${MAX_DEPTH} levels`, start.position);
  }
  const expression = parse();
  reader.depth -= 1;
  return expression;
}

function peek(reader: Reader): LabelToken {
  return reader.tokens[reader.next] ?? { kind: 'end', text: '', position: 0 };
}

function take(reader: Reader): LabelToken {
  const token = peek(reader);
  if (token.kind !== 'end') reader.next += 1;
  return token;
}

function takeWord(reader: Reader, word: string): boolean {
  const token = peek(reader);
  if (token.kind !== 'word' || token.text !== word) return false;
  reader.next += 1;
  return true;
}

function unexpected(token: LabelToken, wanted: string): LabelExpressionError {
  const found = token.kind === 'end' ? 'the end' : `\`${token.text}\``;
  return new LabelExpressionError(`${wanted} is missing before ${found}`, token.position);
}
