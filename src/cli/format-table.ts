import type { Problem } from '../model/problem.ts';
import { countOf } from './count-of.ts';
import { printable } from '../model/printable.ts';

/** Rows that are shown without a click. */
const OPEN = 10;
/** Rows at most: a comment may have 65,536 characters on GitHub. */
const ROWS = 100;

/** A comment of a pull request: a line that sums up, and a table, folded where it is long. */
export function formatTable(problems: readonly Problem[], files: number): string {
  const summary = `**Fairlead validate:** ${summarize(problems, files).replace(/^N/, 'n')}`;
  if (problems.length === 0) return `${summary}\n`;
  const rows = problems.slice(0, ROWS).map(formatRow);
  const table = ['| | where | what |', '|---|---|---|', ...rows].join('\n');
  const hidden = problems.length - rows.length;
  const rest = hidden === 0 ? '' : `\n\n… and ${hidden} more: \`fairlead validate\` lists all of them.`;
  if (problems.length <= OPEN) return `${summary}\n\n${table}${rest}\n`;
  return `${summary}\n\n<details><summary>Show them</summary>\n\n${table}${rest}\n\n</details>\n`;
}

/** `2 errors and 1 warning in 2 of 14 files` */
export function summarize(problems: readonly Problem[], files: number): string {
  const of = files === 0 ? '' : countOf(files, 'file');
  if (problems.length === 0) return `No problems${of === '' ? '' : ` in ${of}`}`;
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const { length } = problems.filter((problem) => problem.severity === severity);
    return length === 0 ? [] : [countOf(length, severity)];
  });
  const touched = new Set(problems.map(({ file }) => file)).size;
  const where = of === '' ? countOf(touched, 'file') : `${touched} of ${of}`;
  return `${counts.join(' and ')} in ${where}`;
}

function formatRow({ file, line, column, message, severity }: Problem): string {
  return `| ${severity} | ${cell(file)}:${line}:${column} | ${cell(message)} |`;
}

/** The text itself, in which nothing is markup, ends the cell or calls a person. */
function cell(text: string): string {
  return printable(text)
    .replace(/[\\|<>*_[\]~]/g, '\\$&')
    .replaceAll('@', '@<!-- -->');
}
