import { freeSteps } from '../plan/free-steps.ts';
import type { Action, Plan, Step } from '../model/plan.ts';

// Which steps may start now. Pure, so that a test can say it.

export type Lane = 'engine' | 'pull' | 'copy' | 'wait';

/** More than four to eight parallel starts gain nothing on an engine (engine-notes K); a stop only waits, and so does a command in a container. */
export const LANE_WIDTH: Readonly<Record<Lane, number>> = { engine: 6, pull: 4, copy: 4, wait: 64 };

export function laneOf(action: Action): Lane {
  switch (action.kind) {
    case 'pull-image':
      return 'pull';
    case 'remove-container':
      return action.log === undefined ? 'engine' : 'copy';
    case 'stop-container':
    case 'announce-files':
    case 'begin-delayed-shutdown':
      return 'wait';
    default:
      return 'engine';
  }
}

/** The steps of a plan whose predecessors are done and for which their lane has room, in the plan's order. */
export function startableSteps(plan: Plan, inFlight: readonly Step[]): readonly Step[] {
  const running = new Set(inFlight.map((step) => step.id));
  const room = { ...LANE_WIDTH };
  for (const step of inFlight) room[laneOf(step.action)] -= 1;
  return freeSteps(plan, running).filter((step) => {
    const lane = laneOf(step.action);
    if (room[lane] <= 0) return false;
    room[lane] -= 1;
    return true;
  });
}
