import type { UpgradeProgress, UpgradeState } from './decision.ts';

/** Something that has come to pass in an upgrade, to be told once. */
export interface UpgradeTransition {
  readonly transition: 'begun' | 'continued' | 'batch' | 'ended' | 'aborted' | 'rolling-back' | 'rolled-back';
  readonly from: readonly string[];
  readonly to: string;
  /** Counted from 1; 0 where it is none of a batch. */
  readonly batch: number;
  readonly batches: number;
  /** Why it was aborted; '' otherwise. */
  readonly reason: string;
}

/**
 * What has happened between two looks at an application. `before` undefined: there was no upgrade; 'unknown': nobody
 * looked, so what has been so for long is not told again.
 */
export function transitionsOf(
  before: UpgradeProgress | 'unknown' | undefined,
  after: UpgradeProgress | undefined,
): readonly UpgradeTransition[] {
  if (before === 'unknown') return after !== undefined && isMoving(after.state) ? [tell('continued', after)] : [];
  if (after === undefined) return before !== undefined && isMoving(before.state) ? [tell('ended', before)] : [];
  const isOther = before === undefined || before.to !== after.to || before.state !== after.state;
  if (isOther) return [tell(WORDS[after.state], after), ...batchOf(after, 0)];
  return batchOf(after, before.batch);
}

const WORDS: Readonly<Record<UpgradeState, UpgradeTransition['transition']>> = {
  upgrading: 'begun',
  aborted: 'aborted',
  'rolling-back': 'rolling-back',
  'rolled-back': 'rolled-back',
};

function batchOf(progress: UpgradeProgress, former: number): readonly UpgradeTransition[] {
  const { state, batch, batches } = progress;
  return isMoving(state) && batch > 0 && batches > 1 && batch !== former ? [tell('batch', progress)] : [];
}

function isMoving(state: UpgradeState): boolean {
  return state === 'upgrading' || state === 'rolling-back';
}

function tell(
  transition: UpgradeTransition['transition'],
  { from, to, batch, batches, reason }: UpgradeProgress,
): UpgradeTransition {
  return { transition, from, to, batch: transition === 'batch' ? batch : 0, batches, reason };
}
