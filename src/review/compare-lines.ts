/** The part of a text of several lines that differs. */
export interface DifferentLines {
  /** The first line that does, from 1. */
  readonly line: number;
  readonly old: string;
  readonly new: string;
}

/** From the first line that differs to the last; undefined where that is not less than all of it. */
export function compareLines(old: unknown, now: unknown): DifferentLines | undefined {
  if (typeof old !== 'string' || typeof now !== 'string') return undefined;
  const [before, after] = [old.split('\n'), now.split('\n')];
  const shorter = Math.min(before.length, after.length);
  const firstDifference = before.findIndex((line, index) => line !== after[index]);
  const start = firstDifference === -1 ? shorter : Math.min(firstDifference, shorter);
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  if (start + same === 0) return undefined;
  const part = (lines: readonly string[]) => lines.slice(start, lines.length - same).join('\n');
  return { line: start + 1, old: part(before), new: part(after) };
}
