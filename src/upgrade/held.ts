import type { Turn, UpgradeDecision, UpgradeProgress } from './decision.ts';
import type { Hold } from './hold.ts';

const STAY: Turn = { kind: 'stay' };

/** As was decided, had it not to wait: nothing begins or goes on, but what has failed is noted. */
export function heldDecision(decision: UpgradeDecision, hold: Hold): UpgradeDecision {
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
    progress: decision.progress && heldProgress(decision.progress, isBeginning, hold),
  };
}

/** One that has not begun is none yet. What is under way waits like everything else. */
function heldProgress(progress: UpgradeProgress, isBeginning: boolean, { why }: Hold): UpgradeProgress | undefined {
  switch (progress.state) {
    case 'upgrading':
      return isBeginning ? undefined : { ...progress, waitingFor: why, healthyAt: undefined };
    case 'rolling-back':
      return { ...progress, waitingFor: why, healthyAt: undefined };
    case 'aborted':
    case 'rolled-back':
      return progress;
    default:
      return progress.state satisfies never;
  }
}
