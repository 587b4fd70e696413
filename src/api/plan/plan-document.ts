import type { LaterStep, Plan, Step } from '../../model/plan.ts';
import type { LaterStepDocument, PlanDocument, StepDocument } from '../../status/documents.ts';
import { formatTime } from '../../status/format.ts';

// The plan as the API shows it: kebab-case keys, and of an action its kind alone, since containers carry environment
// variables that are nobody's business here.

export function toPlanDocument({ revision, steps, later, held, blocked, wakeAt }: Plan): PlanDocument {
  return {
    revision,
    steps: steps.map(toStepDocument),
    later: later.map(toLaterDocument),
    held,
    blocked: Object.entries(blocked).map(([application, reason]) => ({ application, reason })),
    ...(wakeAt === undefined ? {} : { 'wake-at': formatTime(wakeAt) }),
  };
}

function toStepDocument({ id, action, target, application, intent, reason, after }: Step): StepDocument {
  return { id, action: action.kind, target, application, intent, reason, after };
}

function toLaterDocument({ step, at, waitingFor }: LaterStep): LaterStepDocument {
  return { ...toStepDocument(step), ...(at === undefined ? {} : { at: formatTime(at) }), 'waiting-for': waitingFor };
}
