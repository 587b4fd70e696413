import { expect, it } from 'vitest';
import { checkHistories } from './check-histories.ts';

it(
  'upgrades by either method, mixed and one after the other, keep every law over 50,000 steps',
  { timeout: 280_000 },
  async () => {
    const { steps, failure } = await checkHistories(['per-service', 'stop-and-restart'], 600);
    expect(failure).toBeUndefined();
    expect(steps).toBeGreaterThan(50_000);
  },
);
