import type { ForeseenStep } from '../foresee/foresee.ts';
import type { OperationReview } from '../status/documents.ts';
import { formatDuration } from '../status/format.ts';

/** What is done to one thing for one reason stands together, in the order of its first step. */
export function toOperations(steps: readonly ForeseenStep[]): readonly OperationReview[] {
  const groups = new Map<string, ForeseenStep[]>();
  for (const timed of steps) {
    const { target, intent, reason } = timed.step;
    const key = JSON.stringify([target, intent, reason]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [timed]);
    else group.push(timed);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [toOperation(first, group)];
  });
}

function toOperation({ step, at }: ForeseenStep, group: readonly ForeseenStep[]): OperationReview {
  const { target, intent, reason } = step;
  return { target, intent, reason, begins: formatDuration(at), steps: group.map((one) => one.step.id) };
}
