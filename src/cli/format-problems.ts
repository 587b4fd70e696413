import type { Problem } from '../model/problem.ts';

export type ProblemFormat = 'text' | 'json' | 'github' | 'markdown';

/** Problems for a terminal, a program, a GitHub Actions log or a comment; '' or lines that each end in a line break. */
export function formatProblems(problems: readonly Problem[], format: ProblemFormat): string {
  switch (format) {
    case 'text':
      return problems.map((problem) => `${formatLine(problem)}\n`).join('');
    case 'json':
      return `${JSON.stringify(problems, undefined, 2)}\n`;
    case 'github':
      return problems.map((problem) => `${formatAnnotation(problem)}\n`).join('');
    case 'markdown':
      return formatTable(problems);
    default:
      return format satisfies never;
  }
}

/** `path:line:column: message` */
function formatLine({ file, line, column, message, severity }: Problem): string {
  const prefix = severity === 'warning' ? 'warning: ' : '';
  return `${printable(file)}:${line}:${column}: ${prefix}${printable(message)}`;
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function formatAnnotation({ file, line, column, message, severity }: Problem): string {
  const escape = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const path = escape(file).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${severity} file=${path},line=${line},col=${column}::${escape(message)}`;
}

function formatTable(problems: readonly Problem[]): string {
  if (problems.length === 0) return 'No problems found.\n';
  const cell = (text: string) => printable(text).replace(/[\\|<>*_[\]]/g, '\\$&');
  const rows = problems.map(
    ({ file, line, column, message, severity }) =>
      `| ${severity} | ${cell(file)}:${line}:${column} | ${cell(message)} |\n`,
  );
  return `| | where | what |\n|---|---|---|\n${rows.join('')}`;
}

/** Names of files come from a repository: control characters must not reach a terminal or begin a line. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
