import { createHash } from 'node:crypto';
import type { Problem } from '../model/problem.ts';
import { countOf } from './count-of.ts';
import { printable } from '../model/printable.ts';

/** GitHub shows the first 10 errors and the first 10 warnings of a step; the others only its log has. */
const SHOWN = 10;

/**
 * Annotations of a GitHub Actions log, errors first. Where there are more than are shown, those that are come from as
 * many files as can be, the last one says how many there are beside them, and a list of all of them follows.
 *
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function formatAnnotations(problems: readonly Problem[]): string {
  const severities = ['error', 'warning'] as const;
  const groups = severities.map((severity) => problems.filter((problem) => problem.severity === severity));
  const lines = groups.flatMap(annotate);
  const isComplete = groups.every(({ length }) => length <= SHOWN);
  return [...lines, ...(isComplete ? [] : listOf(problems))].map((line) => `${line}\n`).join('');
}

/** @param problems of one severity */
function annotate(problems: readonly Problem[]): readonly string[] {
  const [first] = problems;
  if (first === undefined || problems.length <= SHOWN) return problems.map(formatAnnotation);
  const chosen = spread(problems).slice(0, SHOWN - 1);
  const rest = countOf(problems.length - chosen.length, `more ${first.severity}`);
  return [...chosen.map(formatAnnotation), `::${first.severity}::${rest}; the log of this step lists all of them`];
}

/** The first of every file, then the second of every file, … */
function spread(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map<string, number>();
  const ranked = problems.map((problem) => {
    const rank = seen.get(problem.file) ?? 0;
    seen.set(problem.file, rank + 1);
    return { problem, rank };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ problem }) => problem);
}

function formatAnnotation({ file, line, column, message, severity }: Problem): string {
  const escape = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const path = escape(file).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${severity} file=${path},line=${line},col=${column}::${escape(message)}`;
}

/** Nothing in it is a command, whatever the names of files and the texts in messages are. */
function listOf(problems: readonly Problem[]): readonly string[] {
  const lines = problems.map(({ file, line, column, message, severity }) =>
    printable(`${file}:${line}:${column}: ${severity}: ${message}`),
  );
  // A text cannot hold its own hash.
  const token = createHash('sha256').update(lines.join('\n')).digest('hex');
  return [
    `::group::All ${problems.length} problems`,
    `::stop-commands::${token}`,
    ...lines,
    `::${token}::`,
    '::endgroup::',
  ];
}
