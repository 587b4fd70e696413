import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../src/api/sessions/shell-words.ts';
import { quoteWords } from '../../src/cli/quote-words.ts';

/** What programs can be started with: anything but NUL. */
const word = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', ' ', '\n', '*', '~', '#', '=', 'a') }),
  fc.constantFrom('', 'if', '-n', 'A=b', '$HOME', '$(id)', '{a,b}', '!'),
);

describe('words as one line', () => {
  it('are the same words again when a shell reads it', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 200 }), (words) => {
        // printf begins anew with its format while words are left.
        const line = quoteWords(['printf', String.raw`%s\0`, ...words]);
        const output = execFileSync('/bin/sh', ['-c', line]).toString();
        expect(output.split('\0').slice(0, -1)).toEqual(words.map((text) => Buffer.from(text).toString()));
      }),
      { numRuns: 40 },
    );
  });

  it('are the same words again when the server splits it, for a container without a shell', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(splitWords(quoteWords(words))).toEqual(words);
      }),
    );
  });

  it('are no keywords and no assignments', () => {
    expect(quoteWords(['if', 'A=b', "it's", ''])).toBe(String.raw`'if' 'A=b' 'it'\''s' ''`);
  });
});
