import { describe, expect, it } from 'vitest';
import type { UpgradeRule } from '../../src/model/upgrade-rule.ts';
import { planHost } from '../../src/plan/plan-host.ts';
import { checkHistories } from './check-histories.ts';
import type { LawName } from './laws.ts';

/** A planner that takes upgrade procedures for others than they are. */
function planningWith(change: (rules: readonly UpgradeRule[]) => readonly UpgradeRule[]): typeof planHost {
  return ({ desired, ...input }, former) => {
    const applications = Object.entries(desired.applications).map(
      ([key, one]) => [key, { ...one, upgradeFrom: change(one.upgradeFrom) }] as const,
    );
    return planHost({ ...input, desired: { ...desired, applications: Object.fromEntries(applications) } }, former);
  };
}

const withoutCoordination = planningWith(() => []);
const withoutPatience = planningWith((rules) =>
  rules.map((rule) => ({ ...rule, services: rule.services.map((one) => ({ ...one, healthyTimeMs: 0 })) })),
);

describe('upgrades in batches, whatever befalls', { timeout: 280_000 }, () => {
  it('keep every law over 50,000 steps', async () => {
    const { steps, failure } = await checkHistories(['per-service'], 600);
    expect(failure).toBeUndefined();
    expect(steps).toBeGreaterThan(50_000);
  });

  it.each<[LawName, typeof planHost]>([
    ['in-parallel', withoutCoordination],
    ['healthy-time', withoutPatience],
  ])('are caught by the law %s when they break it', async (law, planner) => {
    const { failure } = await checkHistories(['per-service'], 200, { planner, laws: [law] });
    expect(failure ?? 'nothing was found').toContain(`[${law}]`);
  });
});
