import type { Problem } from '../model/problem.ts';

/** Those of `now` that `before` has not, as often as there are more of them. A problem that has only moved is the same. */
export function newProblems(before: readonly Problem[], now: readonly Problem[]): readonly Problem[] {
  const counts = new Map<string, number>();
  for (const problem of before) counts.set(keyOf(problem), (counts.get(keyOf(problem)) ?? 0) + 1);
  return now.filter((problem) => {
    const left = counts.get(keyOf(problem)) ?? 0;
    counts.set(keyOf(problem), left - 1);
    return left <= 0;
  });
}

function keyOf({ file, message, severity }: Problem): string {
  return JSON.stringify([file, severity, message]);
}
