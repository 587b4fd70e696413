import type { UpgradeRule } from '../model/upgrade-rule.ts';
import { FREELY, type UpgradeDecision, type UpgradeFacts, type UpgradeProgress } from './decision.ts';
import { findText } from './earlier-text.ts';
import { outOfDate, type Goal } from './goal.ts';
import type { Standing, Standings } from './standing.ts';

interface Stopped {
  readonly facts: UpgradeFacts;
  readonly standings: Standings;
  readonly rule: UpgradeRule | undefined;
  readonly from: readonly string[];
}

/** What is upgraded stays, the rest stays as it was, until the next commit (contract 8.4). */
export function stopped(goal: Goal, { facts, standings, rule, from }: Stopped): UpgradeDecision {
  const all = [...standings.values()];
  const upgraded = all.filter(({ kind }) => kind !== 'outdated' && kind !== 'absent');
  const servicesOf = (some: readonly Standing[]) => new Set(some.map(({ desired }) => desired.name.service));
  const [begun, old] = [servicesOf(upgraded), servicesOf(all.filter((one) => isOfKnownText(one, facts)))];
  const isWhole = rule?.method === 'stop-and-restart' && all.every(({ kind }) => kind !== 'outdated');
  const stays = all.filter(({ kind, desired: { name } }) => {
    // One that is gone comes back as its neighbours are, in the old version where that can be.
    const comesAnew = isWhole || (begun.has(name.service) && !old.has(name.service));
    return kind === 'outdated' || (kind === 'absent' && !comesAnew);
  });
  const { application, aborted } = goal;
  const base = { from: aborted?.from ?? from, method: rule?.method ?? 'per-service', batch: 0, batches: 0 } as const;
  const reasons = [aborted?.reason ?? '', goal.noWayBack].filter((one) => one !== '');
  const words = { waitingFor: '', healthyAt: undefined, reason: reasons.join('; ') };
  const progress: UpgradeProgress = {
    ...{ state: 'aborted', to: application.version ?? '', ...base, ...words },
    done: upgraded.length,
    left: all.length - upgraded.length,
    waiting: stays.map(({ desired }) => desired.key),
    proving: [],
  };
  return {
    ...FREELY,
    application,
    forget: outOfDate(goal, facts),
    turns: new Map(stays.map(({ desired }) => [desired.key, { kind: 'stay' }])),
    surplus: { kind: 'stay' },
    progress,
  };
}

function isOfKnownText({ kind, observed }: Standing, { earlier }: UpgradeFacts): boolean {
  return kind === 'outdated' && observed !== undefined && findText(observed, earlier) !== undefined;
}
