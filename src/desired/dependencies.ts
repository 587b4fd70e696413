import type { DesiredApplication } from '../model/desired.ts';

/**
 * What each application waits for, without what would have applications wait for one another: no revision has a circle
 * in it, but texts of several revisions may be in force together, and then nobody may wait for ever.
 */
export function acyclicDependencies(
  applications: Readonly<Record<string, DesiredApplication>>,
): Readonly<Record<string, readonly string[]>> {
  const of = (key: string) => applications[key]?.dependsOn ?? [];
  const dependent = Object.values(applications).filter(({ dependsOn }) => dependsOn.length > 0);
  return Object.fromEntries(
    dependent.map(({ key }) => {
      const needed = [...new Set(of(key))].filter((one) => !reaches(one, key, of));
      return [key, needed.sort()] as const;
    }),
  );
}

/** Whether the way from one to what it needs, and on, leads to `goal`. */
function reaches(start: string, goal: string, of: (key: string) => readonly string[]): boolean {
  const seen = new Set([start]);
  for (const key of seen) {
    if (key === goal) return true;
    for (const next of of(key)) seen.add(next);
  }
  return false;
}
