import type { ProblemRule } from '../model/problem.ts';
import { nearest } from './nearest.ts';

/** The way to a value: keys of mappings and indexes of sequences. */
export type Path = readonly (string | number)[];

/** Something a check has to say about a value of a document, before it is known where that stands in the text. */
export interface Finding {
  readonly path: Path;
  /** Whether to point at the value or at the key before it. */
  readonly target: 'key' | 'value';
  readonly message: string;
  readonly severity: 'error' | 'warning';
  readonly rule?: ProblemRule;
  /** Points at the first `${NAME}` inside the value, where the text has it as it stands. */
  readonly reference?: string;
}

/** Something that is wrong at a place in the text. */
export interface SyntaxFinding {
  readonly offset: number;
  readonly message: string;
}

/** The same findings, of a rule. */
export function ofRule(rule: ProblemRule, findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => ({ ...finding, rule }));
}

/** An error at a value; the sentence follows the path. */
export function errorAt(path: Path, sentence: string, target: Finding['target'] = 'value'): Finding {
  return {
    path,
    target,
    message: path.length === 0 ? sentence : `${formatPath(path)}: ${sentence}`,
    severity: 'error',
  };
}

/** `services[0].containers[1].memory`; keys that are no plain words stand in brackets and quotes. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[A-Za-z0-9_-]{1,128}$/.test(step)) return `${text}[${quote(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

const SHOWN = 60;

/** A text of the user as it may stand in a message: in quotes, on one line, shortened. */
export function quote(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

/** An error at a name that stands for nothing: `there is no volume "cach" (did you mean `cache`?)`. */
export function unknownName(
  { path, text }: { readonly path: Path; readonly text: string },
  noun: string,
  known: Iterable<string>,
): Finding {
  const close = nearest(text, known);
  const hint = close === undefined ? '' : ` (did you mean \`${close}\`?)`;
  return errorAt(path, `there is no ${noun} ${noun.includes(' ') ? 'called ' : ''}${quote(text)}${hint}`);
}
