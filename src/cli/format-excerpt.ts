import type { Problem } from '../model/problem.ts';

/** How the parts of a problem are coloured. */
export type Paint = Readonly<Record<'place' | 'warning' | 'gutter' | 'error' | 'dim', (text: string) => string>>;

const asIs = (text: string) => text;
export const PLAIN: Paint = { place: asIs, warning: asIs, gutter: asIs, error: asIs, dim: asIs };

/** Characters of a line that are shown, beyond which only what is near the column is. */
const WIDTH = 100;

/** The line of a problem with a caret under its column, between its neighbours; '' where the file is empty there. */
export function formatExcerpt(
  lines: readonly string[],
  { line, column, severity }: Pick<Problem, 'line' | 'column' | 'severity'>,
  paint: Paint,
): string {
  const source = lines[line - 1];
  if (source === undefined || lines.every((text) => text.trim() === '')) return '';
  const last = Math.min(line + 1, lines.length);
  const digits = String(last).length;
  const gutter = (label: string, isMarked = false) => `  ${isMarked ? '>' : ' '} ${label.padStart(digits)} |`;
  const neighbour = (number: number) => {
    const text = lines[number - 1];
    // What follows the last line break of a file is no line.
    if (text === undefined || (number === lines.length && text === '')) return [];
    return [paint.dim(`${gutter(String(number))} ${shown(windowOf(text, column).text)}`.trimEnd())];
  };
  const { text, before } = windowOf(source, column);
  const caret = `${' '.repeat(columnsOf(shown(before)))}${paint[severity]('^')}`;
  return [
    ...neighbour(line - 1),
    `${paint.gutter(gutter(String(line), true))} ${shown(text)}`.trimEnd(),
    `${paint.gutter(gutter(''))} ${caret}`,
    ...neighbour(line + 1),
  ]
    .map((row) => `${row}\n`)
    .join('');
}

/** As much of a line as is shown, and what of that stands before the column. */
function windowOf(line: string, column: number): { readonly text: string; readonly before: string } {
  const source = line.replace(/\r$/, '');
  const start = source.length <= WIDTH ? 0 : Math.max(0, Math.min(column - 1 - WIDTH / 2, source.length - WIDTH));
  const lead = start === 0 ? '' : '…';
  const tail = start + WIDTH < source.length ? '…' : '';
  return {
    text: `${lead}${source.slice(start, start + WIDTH)}${tail}`,
    before: `${lead}${source.slice(start, Math.max(start, column - 1))}`,
  };
}

/** Characters that steer must not reach a terminal, and must not move what follows them. */
function shown(text: string): string {
  return text.replaceAll('\t', '    ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '·');
}

/** How many columns of a terminal a text takes, nearly: marks none, ideographs and pictures two. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/[\p{M}\p{Cf}]/u.test(character)) continue;
    columns += /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}]/u.test(character) ? 2 : 1;
  }
  return columns;
}
