import type { Plan, Step } from '../model/plan.ts';

/** The steps of a plan that wait for no other one, in the plan's order. `running`: ids of those under way. */
export function freeSteps({ steps, later }: Plan, running: ReadonlySet<string> = new Set()): readonly Step[] {
  const unfinished = new Set([...steps, ...later.map(({ step }) => step)].map(({ id }) => id));
  const isDone = (id: string) => !unfinished.has(id) && !running.has(id);
  return steps.filter((step) => !running.has(step.id) && step.after.every(isDone));
}
