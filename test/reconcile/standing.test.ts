import { describe, expect, it } from 'vitest';
import { hindranceOf, standingOf, type Hindrances } from '../../src/reconcile/standing.ts';
import type { UpgradeProgress, UpgradeState } from '../../src/upgrade/decision.ts';
import { application, resolved } from '../builders.ts';

const [IN_FORCE] = Object.values(resolved([application('shop')]).applications);
const REJECTED = {
  ...IN_FORCE!,
  rejected: { kind: 'application', tenant: 'acme', file: 'shop.yaml', name: 'shop', problems: [] },
} as const;
const NONE: Hindrances = { leftAlone: undefined, choice: undefined, blocked: undefined, held: undefined };
const UNKNOWN = { kind: 'unknown', reason: 'no such version' } as const;
const SUSPENDED = { cause: 'suspended', why: 'x', until: undefined, waiting: 'nothing', version: '1.0' } as const;
const AWAITED = { kind: 'awaited', reason: 'still looked for' } as const;

function upgrade(state: UpgradeState): UpgradeProgress {
  const figures = { method: 'per-service', batch: 0, batches: 0, done: 1, left: 0 } as const;
  const rest = { waitingFor: '', healthyAt: undefined, reason: 'it ended', waiting: [], proving: [] };
  return { state, from: ['1.0'], to: '2.0', ...figures, ...rest };
}

describe('how an application stands', () => {
  it.each([
    ['free', 'nothing stands in its way', NONE, undefined],
    ['rejected', 'no good text of it is known', { ...NONE, leftAlone: 'rejected' }, undefined],
    ['blocked', 'its version is not known', { ...NONE, choice: UNKNOWN }, undefined],
    ['blocked', 'it cannot go on by itself', { ...NONE, blocked: 'the network pool is full' }, undefined],
    ['held', 'its removal needs a permission', { ...NONE, held: 'too many' }, undefined],
    ['awaited', 'its version is looked for', { ...NONE, choice: AWAITED }, undefined],
    ['upgrading', 'an upgrade is under way', NONE, upgrade('upgrading')],
    ['upgrading', 'it is taken back', NONE, upgrade('rolling-back')],
    ['aborted', 'an upgrade failed', NONE, upgrade('aborted')],
    ['aborted', 'it was taken back', NONE, upgrade('rolled-back')],
    ['blocked', 'it cannot go on in the middle of an upgrade', { ...NONE, blocked: 'full' }, upgrade('upgrading')],
  ] as const)('is %s when %s', (standing, _when, hindrances, progress) => {
    expect(standingOf(hindrances, { inForce: IN_FORCE, upgrade: progress, hold: undefined })).toBe(standing);
  });

  it('is waiting when something holds it, unless its upgrade failed', () => {
    const standing = (progress?: UpgradeProgress) =>
      standingOf(NONE, { inForce: IN_FORCE, upgrade: progress, hold: SUSPENDED });
    expect(standing()).toBe('waiting');
    expect(standing(upgrade('upgrading'))).toBe('waiting');
    expect(standing(upgrade('aborted'))).toBe('aborted');
  });

  it('is rejected while its last good text runs, whatever else is the matter', () => {
    const facts = { inForce: REJECTED, upgrade: upgrade('upgrading'), hold: undefined };
    expect(standingOf({ ...NONE, held: 'too many' }, facts)).toBe('rejected');
  });

  it('goes with the sentence of the first hindrance', () => {
    expect(hindranceOf({ leftAlone: 'a', choice: UNKNOWN, blocked: 'c', held: 'd' })).toBe('a');
    expect(hindranceOf({ ...NONE, choice: UNKNOWN, held: 'd' })).toBe('no such version');
    expect(hindranceOf({ ...NONE, choice: AWAITED, held: 'd' })).toBe('d');
    expect(hindranceOf(NONE)).toBeUndefined();
  });
});
