import { describe, expect, it } from 'vitest';
import { UNTRIED } from '../../src/reconcile/host-loop.ts';
import { reportRevisions } from '../../src/reconcile/revision-reports.ts';
import type { Snapshot } from '../../src/store/store.ts';
import { snapshot } from '../api/snapshot-builders.ts';

function report(repository: Partial<Snapshot['repository']>) {
  const seen = snapshot({});
  const both = { ...seen, site: 'berlin', repository: { ...seen.repository, ...repository } };
  const host = { ...UNTRIED, host: 'local' };
  return reportRevisions({ snapshot: both, host, branch: 'main' }, { dryRun: false, now: 0 });
}

describe('what is told of commits', () => {
  it('is how the one in force stands', () => {
    expect(report({ 'wanted-revision': 'a', 'fetched-revision': 'a' })).toMatchObject([
      { revision: 'a', site: 'berlin', state: 'pending' },
    ]);
  });

  it('is, before it, why a newer one is not in force', () => {
    const apart = { 'wanted-revision': 'b', 'fetched-revision': 'a' };
    const verification = {
      mode: 'commit',
      'verified-revision': 'a',
      'error-message': 'commit b is not signed',
    } as const;
    expect(report({ ...apart, verification })[0]).toEqual({
      ...{ revision: 'b', site: 'berlin', state: 'failure', reasons: ['commit b is not signed'] },
    });
    expect(report({ ...apart, 'error-message': 'too large' })[0]).toMatchObject({
      ...{ revision: 'b', state: 'failure', reasons: ['too large'] },
    });
    expect(report(apart)).toMatchObject([{ revision: 'b', state: 'pending' }, { revision: 'a' }]);
  });

  it('is nothing while nothing is known', () => {
    expect(report({ 'wanted-revision': '', 'fetched-revision': '' })).toEqual([]);
  });
});
