import { onOneLine } from '../model/printable.ts';

/** What a commit has come to on a site, as forges call it. */
export type ReportState = 'pending' | 'success' | 'failure';

export interface RevisionReport {
  readonly revision: string;
  readonly site: string;
  readonly state: ReportState;
  /** What is missing, or what failed, the first of them most to the point; none for a success. */
  readonly reasons: readonly string[];
}

/** Of GitLab and Gitea; GitHub takes less. */
const LONGEST = 255;

const DEFAULTS = { pending: 'waits for its turn', success: 'applied, everything is ready', failure: 'failed' } as const;

/** One line, as forges show it behind a status. */
export function describe({ state, reasons: [first, ...others] }: RevisionReport): string {
  if (first === undefined) return DEFAULTS[state];
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${shorten(first, LONGEST - more.length)}${more}`;
}

/** On one line, without characters that steer terminals, and of at most so many UTF-16 units; never half a character. */
export function shorten(text: string, limit: number): string {
  const line = onOneLine(text).replace(/ +/g, ' ').trim();
  if (line.length <= limit) return line;
  return `${line.slice(0, Math.max(0, limit - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
