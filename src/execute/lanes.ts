import type { ActionKind, Plan, Step } from '../model/plan.ts';

// Which steps may start now. Pure, so that a test can say it.

export type Lane = 'engine' | 'pull' | 'stop';

/** More than four to eight parallel starts gain nothing on an engine (engine-notes K); a stop only waits. */
export const LANE_WIDTH: Readonly<Record<Lane, number>> = { engine: 6, pull: 4, stop: 64 };

export function laneOf(kind: ActionKind): Lane {
  if (kind === 'pull-image') return 'pull';
  return kind === 'stop-container' ? 'stop' : 'engine';
}

/** The steps of a plan whose predecessors are done and for which their lane has room, in the plan's order. */
export function startableSteps(plan: Plan, inFlight: readonly Step[]): readonly Step[] {
  const running = new Set(inFlight.map((step) => step.id));
  const unfinished = new Set([...plan.steps, ...plan.later.map(({ step }) => step)].map((step) => step.id));
  const room = { ...LANE_WIDTH };
  for (const step of inFlight) room[laneOf(step.action.kind)] -= 1;
  return plan.steps.filter((step) => {
    if (running.has(step.id) || step.after.some((id) => unfinished.has(id) || running.has(id))) return false;
    const lane = laneOf(step.action.kind);
    if (room[lane] <= 0) return false;
    room[lane] -= 1;
    return true;
  });
}
