import type { Step } from '../model/plan.ts';
import type { ApplicationInput } from './plan-application.ts';
import { planForgottenLingering, type PlannedLingering } from './plan-lingering.ts';
import { planEndedRestarts } from './restarts.ts';

/** What is over, or soon will be: old instances, and what is noted about some that are gone. */
export function planPast(input: ApplicationInput, lingering: readonly PlannedLingering[]): readonly Step[] {
  const forgotten = [...planForgottenLingering(input), ...planEndedRestarts(input.name, input.observed)];
  const steps = [...lingering.flatMap((one) => one.steps), ...forgotten];
  return steps.filter(({ target }) => !input.busy.has(target));
}
