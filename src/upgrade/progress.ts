import type { ObservedMarker } from '../model/markers.ts';
import type { UpgradeRule } from '../model/upgrade-rule.ts';
import type { UpgradeFacts, UpgradeProgress } from './decision.ts';
import type { Goal } from './goal.ts';
import type { Turns } from './per-service.ts';
import type { Stage } from './stages.ts';
import { isHealthy, type Standings } from './standing.ts';

/** A coordinated upgrade that has begun, and how everything in it stands. */
export interface UnderWay {
  readonly goal: Goal;
  readonly facts: UpgradeFacts;
  readonly standings: Standings;
  readonly rule: UpgradeRule;
  readonly began: ObservedMarker<'upgrade'>;
}

/** How far it is. */
export function progressOf(upgrade: UnderWay, stages: readonly Stage[], turns: Turns): UpgradeProgress {
  const { goal, facts, standings, rule, began } = upgrade;
  const all = stages.flatMap((stage) =>
    stage.batches.flatMap(({ instances }) =>
      instances.map((desired) => ({ stage, standing: standings.get(desired.key) })),
    ),
  );
  const isDone = ({ stage, standing }: (typeof all)[number]) => {
    if (standing === undefined || standing.kind === 'absent' || standing.kind === 'outdated') return false;
    return standing.kind === 'current' || isHealthy(standing, stage.healthyTimeMs, facts.now);
  };
  const isLeft = ({ standing }: (typeof all)[number]) => standing?.kind === 'outdated' || standing?.kind === 'absent';
  const waiting = [...turns.turns].flatMap(([key, turn]) => (turn.kind === 'later' ? [key] : []));
  return {
    state: goal.failed === undefined ? 'upgrading' : 'rolling-back',
    from: began.from,
    to: goal.application.version ?? '',
    method: rule.method,
    batch: turns.batch,
    batches: Math.max(0, ...stages.flatMap(({ batches }) => batches.map(({ number }) => number))),
    done: all.filter(isDone).length,
    left: all.filter(isLeft).length,
    waitingFor: turns.awaits,
    healthyAt: turns.until,
    reason: goal.failed?.reason ?? '',
    waiting,
    proving: turns.proving,
  };
}

/** An upgrade that failed and was taken back: so it stays until the next commit. */
export function rolledBack(
  { application }: Goal,
  { to: failed, reason }: ObservedMarker<'upgrade-aborted'>,
  standings: Standings,
): UpgradeProgress {
  const base = { state: 'rolled-back', from: [failed], to: application.version ?? '', method: 'per-service' } as const;
  const none = {
    batch: 0,
    batches: 0,
    left: 0,
    waitingFor: '',
    healthyAt: undefined,
    waiting: [],
    proving: [],
  } as const;
  return { ...base, ...none, done: standings.size, reason };
}
