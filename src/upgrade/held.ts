import type { Turn, UpgradeDecision, UpgradeProgress } from './decision.ts';

const STAY: Turn = { kind: 'stay' };

/** Nothing else stops an upgrade that has begun. */
const WAITING = { waitingFor: 'its suspension to end', healthyAt: undefined } as const;

/** As was decided, had it not to wait: nothing begins or goes on, but what has failed is noted. */
export function heldDecision(decision: UpgradeDecision): UpgradeDecision {
  const { application, notes } = decision;
  const isBeginning = notes.some(({ kind }) => kind === 'upgrade');
  return {
    ...decision,
    upgrade: isBeginning ? '' : decision.upgrade,
    notes: notes.filter(({ kind }) => kind === 'upgrade-aborted'),
    forget: [],
    turns: new Map(application.instances.map(({ key }) => [key, STAY])),
    surplus: STAY,
    end: undefined,
    progress: decision.progress && heldProgress(decision.progress, isBeginning),
  };
}

/** One that has not begun is none yet. What is under way waits like everything else. */
function heldProgress(progress: UpgradeProgress, isBeginning: boolean): UpgradeProgress | undefined {
  switch (progress.state) {
    case 'upgrading':
      return isBeginning ? undefined : { ...progress, ...WAITING };
    case 'rolling-back':
      return { ...progress, ...WAITING };
    case 'aborted':
    case 'rolled-back':
      return progress;
    default:
      return progress.state satisfies never;
  }
}
