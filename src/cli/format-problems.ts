import type { Problem } from '../model/problem.ts';
import { formatAnnotations } from './format-annotations.ts';
import { formatCodeQuality } from './format-code-quality.ts';
import { formatExcerpt, PLAIN, type Paint } from './format-excerpt.ts';
import { formatSarif } from './format-sarif.ts';
import { formatTable } from './format-table.ts';
import { printable } from '../model/printable.ts';

export const PROBLEM_FORMATS = ['text', 'json', 'github', 'gitlab', 'markdown', 'sarif'] as const;
export type ProblemFormat = (typeof PROBLEM_FORMATS)[number];

/** What is known beside the problems. */
export interface ProblemContext {
  /** How many files were looked at. */
  readonly files: number;
  /** Of Fairlead. */
  readonly version: string;
  /** Where the tree is in its git repository: `` or `fleet/`. Forges name files from the root of the repository. */
  readonly folder: string;
  /** The lines of a file; undefined shows no excerpt of it. */
  readonly linesOf: (file: string) => readonly string[] | undefined;
  readonly paint: Paint;
}

const NOTHING_KNOWN: ProblemContext = {
  files: 0,
  version: '0.0.0',
  folder: '',
  linesOf: () => undefined,
  paint: PLAIN,
};

/**
 * Problems for a person, a program, a forge or a comment; '' or lines that each end in a line break. Only `text` holds
 * anything of the files beside what the messages say.
 */
export function formatProblems(
  problems: readonly Problem[],
  format: ProblemFormat,
  known: Partial<ProblemContext> = {},
): string {
  const context = { ...NOTHING_KNOWN, ...known };
  const ofRepository = () => problems.map((problem) => ({ ...problem, file: `${context.folder}${problem.file}` }));
  switch (format) {
    case 'text':
      return problems.map((problem) => formatText(problem, context)).join('');
    case 'json':
      return `${JSON.stringify(problems, undefined, 2)}\n`;
    case 'github':
      return formatAnnotations(ofRepository());
    case 'gitlab':
      return formatCodeQuality(problems, context.folder);
    case 'markdown':
      return formatTable(problems, context.files);
    case 'sarif':
      return formatSarif(problems, context);
    default:
      return format satisfies never;
  }
}

/** `path:line:column: message`, and what stands there. */
function formatText(problem: Problem, { linesOf, paint }: ProblemContext): string {
  const { file, line, column, message, severity } = problem;
  const place = paint.place(`${printable(file)}:${line}:${column}:`);
  const prefix = severity === 'warning' ? `${paint.warning('warning:')} ` : '';
  const lines = linesOf(file);
  return `${place} ${prefix}${printable(message)}\n${lines === undefined ? '' : formatExcerpt(lines, problem, paint)}`;
}
