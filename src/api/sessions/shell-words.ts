/** Why a text is no command; the message completes a sentence that begins with what it is. */
export class ShellWordsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShellWordsError';
  }
}

/** What a backslash escapes between double quotes; before anything else it stands for itself. */
const ESCAPED_IN_QUOTES = new Set(['$', '`', '"', '\\', '\n']);

interface Cursor {
  readonly text: string;
  at: number;
}

/**
 * Splits a command into words by the quoting rules of a POSIX shell (2.2 Quoting). Nothing is expanded: `$HOME`, `*` and `|`
 * stand for themselves, as there is no shell to give them a meaning.
 * @throws ShellWordsError where a quote is not closed
 */
export function splitWords(text: string): readonly string[] {
  const cursor: Cursor = { text, at: 0 };
  const words: string[] = [];
  let word: string | undefined;
  while (cursor.at < text.length) {
    const character = text[cursor.at] ?? '';
    cursor.at += 1;
    if (character === '\\' && text[cursor.at] === '\n') {
      // A line that is continued leaves nothing, not even an empty word.
      cursor.at += 1;
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + readPart(character, cursor);
    }
  }
  return word === undefined ? words : [...words, word];
}

function readPart(character: string, cursor: Cursor): string {
  switch (character) {
    case "'":
      return readLiteral(cursor);
    case '"':
      return readQuoted(cursor);
    case '\\':
      return readEscaped(cursor);
    default:
      return character;
  }
}

/** Up to the next single quote, nothing in it means anything. */
function readLiteral(cursor: Cursor): string {
  const end = cursor.text.indexOf("'", cursor.at);
  if (end === -1) throw new ShellWordsError("has a ' that is not closed");
  const literal = cursor.text.slice(cursor.at, end);
  cursor.at = end + 1;
  return literal;
}

function readQuoted(cursor: Cursor): string {
  let quoted = '';
  while (cursor.at < cursor.text.length) {
    const character = cursor.text[cursor.at] ?? '';
    const next = cursor.text[cursor.at + 1] ?? '';
    cursor.at += 1;
    if (character === '"') return quoted;
    if (character !== '\\' || !ESCAPED_IN_QUOTES.has(next)) {
      quoted += character;
      continue;
    }
    cursor.at += 1;
    quoted += next === '\n' ? '' : next;
  }
  throw new ShellWordsError('has a " that is not closed');
}

/** A backslash at the end stands for itself. */
function readEscaped(cursor: Cursor): string {
  const next = cursor.text[cursor.at];
  cursor.at += 1;
  return next ?? '\\';
}
