import { describe, expect, it } from 'vitest';
import { createRevisionAges } from '../../src/reconcile/revision-ages.ts';

describe('the ages of revisions', () => {
  it('begin when a revision is first wanted, and end when it is applied', () => {
    const ages = createRevisionAges();
    expect(ages('', '', 100)).toEqual({ wantedSince: 0, outdatedSince: 0 });
    expect(ages('r1', '', 200)).toEqual({ wantedSince: 200, outdatedSince: 200 });
    expect(ages('r1', '', 300)).toEqual({ wantedSince: 200, outdatedSince: 200 });
    expect(ages('r1', 'r1', 400)).toEqual({ wantedSince: 200, outdatedSince: 0 });
  });

  it('tell a delay that newer commits do not hide', () => {
    const ages = createRevisionAges();
    ages('r1', 'r1', 100);
    expect(ages('r2', 'r1', 200)).toEqual({ wantedSince: 200, outdatedSince: 200 });
    expect(ages('r3', 'r1', 300)).toEqual({ wantedSince: 300, outdatedSince: 200 });
    expect(ages('r3', 'r2', 400)).toEqual({ wantedSince: 300, outdatedSince: 200 });
    expect(ages('r3', 'r3', 500)).toEqual({ wantedSince: 300, outdatedSince: 0 });
  });

  it('begin again when the branch goes back', () => {
    const ages = createRevisionAges();
    ages('r2', 'r2', 100);
    expect(ages('r1', 'r2', 200)).toEqual({ wantedSince: 200, outdatedSince: 200 });
  });
});
