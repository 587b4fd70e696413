import type { Problem } from '../model/problem.ts';
import { LIMITS } from './limits.ts';

/** By file, line, column; errors before warnings of the same place. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    compareTexts(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareTexts(a.severity, b.severity) ||
    compareTexts(a.message, b.message)
  );
}

/** By code units: the same on every machine, whatever its language. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first problems of one file; how many more there are stands at the end. */
export function limitProblems(problems: readonly Problem[]): readonly Problem[] {
  const shown = problems.slice(0, LIMITS.problemsPerFile);
  const last = shown.at(-1);
  const hidden = problems.slice(LIMITS.problemsPerFile);
  if (last === undefined || hidden.length === 0) return shown;
  // An error among the hidden ones must not end up as a mere warning.
  const severity = hidden.some((problem) => problem.severity === 'error') ? 'error' : 'warning';
  const rule = 'file/too-many-problems';
  return [...shown, { ...last, message: `… and ${hidden.length} more problems in this file`, severity, rule }];
}
