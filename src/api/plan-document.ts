import type { ActionKind, HeldRemoval, Intent, LaterStep, Plan, Step } from '../model/plan.ts';
import { formatTime } from '../status/format.ts';

// The plan as the API shows it: kebab-case keys, and of an action its kind alone, since containers carry environment
// variables that are nobody's business here.

export interface StepDocument {
  readonly id: string;
  readonly action: ActionKind;
  readonly target: string;
  readonly application: string;
  readonly intent: Intent;
  readonly reason: string;
  readonly after: readonly string[];
}

export interface LaterStepDocument extends StepDocument {
  /** RFC 3339; absent: when what it waits for comes to pass. */
  readonly at?: string;
  readonly 'waiting-for': string;
}

export interface PlanDocument {
  readonly revision: string;
  readonly steps: readonly StepDocument[];
  readonly later: readonly LaterStepDocument[];
  readonly held: readonly HeldRemoval[];
  readonly blocked: readonly { readonly application: string; readonly reason: string }[];
  /** RFC 3339; absent: only an event makes Fairlead look again. */
  readonly 'wake-at'?: string;
}

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
