import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShellWordsError, splitWords } from '../../../src/api/sessions/shell-words.ts';

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
    ['\\\n', []],
    ['a \\\n b', ['a', 'b']],
    ['a\\', ['a\\']],
    [' ', []],
  ])('%j', (text, words) => expect(splitWords(text)).toEqual(words));

  it.each([`'a`, `"a`, `a "b\\"`, `it's`])('refuses %j, of which a quote is open', (text) => {
    expect(() => splitWords(text)).toThrow('that is not closed');
  });

  it('agrees with a shell, wherever that expands nothing', () => {
    const part = fc.constantFrom('a', ' ', "'", '"', '\\', 'b', '\t', "' '", '" "', 'ü');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        // There the line would go on.
        fc.pre(!text.endsWith('\\'));
        const asked = askShell(text);
        if (asked === undefined) expect(() => splitWords(text)).toThrow(ShellWordsError);
        else expect(splitWords(text)).toEqual(asked);
      }),
      { numRuns: 150 },
    );
  });
});

/** undefined: it is no command. */
function askShell(text: string): readonly string[] | undefined {
  const script = `set -- ${text}\nfor word; do printf '%s\\0' "$word"; done`;
  try {
    const said = execFileSync('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    return String(said).split('\0').slice(0, -1);
  } catch {
    return undefined;
  }
}
