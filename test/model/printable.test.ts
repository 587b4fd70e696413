import { expect, it } from 'vitest';
import { onOneLine, printable } from '../../src/model/printable.ts';

it.each([
  ['a terminal', '\u001b[2Jx\u009b', '\\u001b[2Jx\\u009b', ' [2Jx '],
  ['lines', 'a\r\nb\u2028c', 'a\\u000d\\u000ab\\u2028c', 'a b c'],
  ['the direction of writing', 'user\u202e // admin\u2066', 'user\\u202e // admin\\u2066', 'user  // admin '],
  ['nothing that can be seen', 'pass\u200bword\u{e0041}', 'pass\\u200bword\\ue0041', 'pass word '],
])('what steers %s is told by its number, or is a space on one line', (_, text, told, line) => {
  expect([printable(text), onOneLine(text)]).toEqual([told, line]);
});

it('what can be seen stays as it is', () => {
  expect([printable('Größe 1 → 2, 日本'), onOneLine('Größe 1 → 2')]).toEqual(['Größe 1 → 2, 日本', 'Größe 1 → 2']);
});
