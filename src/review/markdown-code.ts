import { printable } from '../model/printable.ts';

// Text that somebody else wrote, in Markdown: inside code nothing is markup, and nobody is mentioned.

/** In a line: between more backticks than the text has in a row. */
export function code(text: string): string {
  const line = printable(text);
  const fence = '`'.repeat(longestRun(line) + 1);
  return /^`|`$|^ .* $/.test(line) || line === '' ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** As a block of lines. */
export function fenced(language: string, lines: readonly string[]): string {
  const body = lines.map(printable).join('\n');
  const fence = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}${language}\n${body}\n${fence}`;
}

/** Within HTML, where Markdown has no say. */
export function htmlCode(text: string): string {
  const escaped = printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<code>${escaped}</code>`;
}

function longestRun(text: string): number {
  return [...text.matchAll(/`+/g)].reduce((longest, [run]) => Math.max(longest, run.length), 0);
}
