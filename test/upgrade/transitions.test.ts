import { describe, expect, it } from 'vitest';
import type { UpgradeProgress } from '../../src/upgrade/decision.ts';
import { transitionsOf } from '../../src/upgrade/transitions.ts';

const at = (fields: Partial<UpgradeProgress> = {}): UpgradeProgress => ({
  ...{ state: 'upgrading', from: ['1.0'], to: '2.0', method: 'per-service', batch: 1, batches: 2, done: 0, left: 2 },
  ...{ waitingFor: '', healthyAt: undefined, reason: '', waiting: [], proving: [] },
  ...fields,
});
const told = (...looks: readonly (UpgradeProgress | 'unknown' | undefined)[]) =>
  looks
    .slice(1)
    .flatMap((look, index) =>
      transitionsOf(looks[index], look === 'unknown' ? undefined : look).map(({ transition, batch }) =>
        batch === 0 ? transition : `${transition} ${batch}`,
      ),
    );

describe('what is told of an upgrade', () => {
  it('is its beginning, each batch and its end, each once', () => {
    expect(told(undefined, at(), at({ done: 1 }), at({ batch: 2 }), at({ batch: 2, done: 2 }), undefined)).toEqual([
      ...['begun', 'batch 1', 'batch 2', 'ended'],
    ]);
  });

  it('is that it was aborted and taken back', () => {
    const back = at({ state: 'rolling-back', from: ['2.0'], to: '1.0', batch: 0 });
    const last = at({ state: 'rolled-back', from: ['2.0'], to: '1.0', batch: 0 });
    expect(told(at(), at({ state: 'aborted', batch: 0 }), undefined)).toEqual(['aborted']);
    expect(told(at(), back, last, undefined)).toEqual(['rolling-back', 'rolled-back']);
  });

  it('is that another version is gone to in its middle', () => {
    expect(told(at({ batch: 2 }), at({ to: '3.0' }))).toEqual(['begun', 'batch 1']);
  });

  it('is, by a daemon that has just come, that it goes on with it, and nothing of what has been so for long', () => {
    expect(told('unknown', at())).toEqual(['continued']);
    expect(told('unknown', at({ state: 'aborted' }))).toEqual([]);
  });
});
