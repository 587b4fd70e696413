import type { Ongoing, Step } from '../model/plan.ts';

/**
 * A step is planned from what is seen now, and half-way through a replacement that is "a container is missing". The
 * people who read the story want to hear why it began, so the words of an operation last until its target is at rest.
 * What goes on beside an operation keeps its own.
 */
export function keepWords(
  steps: readonly Step[],
  ongoing: readonly Ongoing[],
  desiredHash: (application: string) => string,
): readonly Step[] {
  if (ongoing.length === 0) return steps;
  const begun = new Map(ongoing.map((operation) => [operation.target, operation]));
  return steps.map((step) => {
    const operation = step.aside === true ? undefined : begun.get(step.target);
    if (operation?.desiredHash !== desiredHash(step.application)) return step;
    const { intent, reason } = operation;
    return { ...step, intent, reason };
  });
}
