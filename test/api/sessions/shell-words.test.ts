import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../src/api/sessions/shell-words.ts';

describe('splitting a command into words', () => {
  it.each([
    ['ps aux', ['ps', 'aux']],
    ['  ps\taux\n', ['ps', 'aux']],
    [`echo 'a b' "c d"`, ['echo', 'a b', 'c d']],
    [`a'b'"c"d`, ['abcd']],
    [`echo '' ""`, ['echo', '', '']],
    [String.raw`a\ b \'c\'`, ['a b', "'c'"]],
    [String.raw`"a\"b" "\$HOME" "\n" "\\"`, ['a"b', '$HOME', String.raw`\n`, '\\']],
    [String.raw`'a\b'`, [String.raw`a\b`]],
    ['a\\\nb "c\\\nd"', ['ab', 'cd']],
    ['echo $HOME *.txt | wc', ['echo', '$HOME', '*.txt', '|', 'wc']],
    ['a\\', ['a\\']],
    [' ', []],
  ])('%j', (text, words) => expect(splitWords(text)).toEqual(words));

  it.each([`'a`, `"a`, `a "b\\"`, `it's`])('refuses %j, of which a quote is open', (text) => {
    expect(() => splitWords(text)).toThrow('that is not closed');
  });

  it('agrees with a shell, wherever that expands nothing', () => {
    const part = fc.constantFrom('a', ' ', "'", '"', '\\', '\n', 'b', '  ', "' '", '" "', 'ü');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const asked = askShell(text);
        if (asked === undefined) expect(() => splitWords(text)).toThrow();
        else expect(splitWords(text)).toEqual(asked);
      }),
      { numRuns: 150 },
    );
  });
});

/** undefined: it is no command. */
function askShell(text: string): readonly string[] | undefined {
  // A line end ends a command there, and is a space here.
  const line = text.replace(/(?<!\\)\n/g, ' ');
  if (line !== text || line.endsWith('\\')) return splitOrNot(text);
  try {
    const out = execFileSync('/bin/sh', ['-c', `set -- ${line}\nfor word; do printf '%s\\0' "$word"; done`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return String(out).split('\0').slice(0, -1);
  } catch {
    return undefined;
  }
}

function splitOrNot(text: string): readonly string[] | undefined {
  try {
    return splitWords(text);
  } catch {
    return undefined;
  }
}
