import { describe, expect, it } from 'vitest';
import { planHost } from '../../src/plan/plan-host.ts';
import { checkHistories } from './check-histories.ts';
import type { LawName } from './laws.ts';

describe('upgrades in batches, whatever befalls', { timeout: 280_000 }, () => {
  it('keep every law over 50,000 steps', async () => {
    const { steps, failure } = await checkHistories(['per-service'], 600);
    expect(failure).toBeUndefined();
    expect(steps).toBeGreaterThan(50_000);
  });

  it.each<LawName>(['in-parallel', 'healthy-time'])(
    'are caught breaking the law %s by a planner that knows no turns',
    async (law) => {
      // It plans as if every upgrade needed no coordination.
      const planner: typeof planHost = (input, former) => {
        const uncoordinated = Object.entries(input.desired.applications).map(
          ([key, one]) => [key, { ...one, upgradeFrom: [] }] as const,
        );
        return planHost(
          { ...input, desired: { ...input.desired, applications: Object.fromEntries(uncoordinated) } },
          former,
        );
      };
      const { failure } = await checkHistories(['per-service'], 60, { planner, laws: [law] });
      expect(failure).toContain(`[${law}]`);
    },
  );
});
