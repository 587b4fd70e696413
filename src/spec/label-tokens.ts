/** A piece of a label expression. */
export interface LabelToken {
  readonly kind: '(' | ')' | '=' | '~' | 'empty' | 'word' | 'quoted' | 'end';
  /** Of a quoted text: what stands between the quotes, escapes resolved. */
  readonly text: string;
  /** Characters before it, counted from 0. */
  readonly position: number;
}

/** An expression that makes no sense, with the place where it stops doing so. */
export class LabelExpressionError extends Error {
  /** Counted from 0. */
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.name = 'LabelExpressionError';
    this.position = position;
  }
}

const MAX_LENGTH = 4096;
const BLANK = /^[ \t\r\n]*/;
const WORD = /^[^ \t\r\n()=~"'{}]+/;
const QUOTED = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')/s;
const EMPTY = /^\{[ \t\r\n]*\}/;

const HINTS: readonly { readonly found: RegExp; readonly hint: string }[] = [
  { found: /^(!=|<>)/, hint: 'to say "is not", write `not label = value`' },
  { found: /^==/, hint: 'a comparison is written with one `=`' },
  { found: /^["']/, hint: 'the quote is not closed' },
];

/** Cuts an expression into its tokens; the last one is `end`. @throws LabelExpressionError */
export function readLabelTokens(text: string): readonly LabelToken[] {
  if (text.length > MAX_LENGTH)
    throw new LabelExpressionError(`it is longer than ${MAX_LENGTH} characters`, MAX_LENGTH);
  const tokens: LabelToken[] = [];
  let position = skipBlanks(text, 0);
  while (position < text.length) {
    const { token, length } = readToken(text, position);
    tokens.push(token);
    position = skipBlanks(text, position + length);
  }
  return [...tokens, { kind: 'end', text: '', position: text.length }];
}

function readToken(text: string, position: number): { token: LabelToken; length: number } {
  const rest = text.slice(position);
  const quoted = QUOTED.exec(rest);
  if (quoted !== null) {
    const inner = quoted[1]?.replace(/\\(["\\])/g, '$1') ?? quoted[2] ?? '';
    return { token: { kind: 'quoted', text: inner, position }, length: quoted[0].length };
  }
  const hint = HINTS.find(({ found }) => found.test(rest))?.hint;
  if (hint !== undefined) throw new LabelExpressionError(hint, position);
  const sign = rest.charAt(0);
  if (sign === '(' || sign === ')' || sign === '=' || sign === '~') {
    return { token: { kind: sign, text: sign, position }, length: 1 };
  }
  const empty = EMPTY.exec(rest);
  if (empty !== null) return { token: { kind: 'empty', text: '{}', position }, length: empty[0].length };
  const word = WORD.exec(rest);
  if (word === null) throw new LabelExpressionError(`\`${sign}\` means nothing here`, position);
  return { token: { kind: 'word', text: word[0], position }, length: word[0].length };
}

function skipBlanks(text: string, position: number): number {
  return position + (BLANK.exec(text.slice(position))?.[0].length ?? 0);
}
