import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { formatReview, REVIEW_FORMATS } from '../../src/review/format-review.ts';
import type { ReviewDocument } from '../../src/status/documents.ts';
import { serve } from '../api/served.ts';
import { plan, snapshot, stopStep } from '../api/snapshot-builders.ts';
import { connectionTo, createTerminal, run, type Terminal } from './terminal.ts';

async function planned(made: Plan | undefined, ...args: readonly string[]): Promise<Terminal> {
  const { origin } = await serve(snapshot({ plan: made }));
  const terminal = createTerminal();
  await run(terminal, 'plan', ...args, ...(await connectionTo(origin)));
  return terminal;
}

const STEP = stopStep('acme.shop.web-1.nginx');
const FULL = plan({
  steps: [STEP],
  later: [{ step: stopStep('acme.shop.web-2.nginx'), at: 1, waitingFor: 'try 1 failed: x' }],
  held: [{ application: 'acme.old', reason: 'too many' }],
  blocked: { 'acme.big': 'full' },
});

describe('fairlead plan', () => {
  it('prints what the daemon would do, and ends with 3', async () => {
    const terminal = await planned(FULL);
    expect(terminal.stdout()).toBe(formatPlan(FULL));
    expect(terminal.exitCode()).toBe(3);
  });

  it('ends with 0 when that is nothing', async () => {
    const terminal = await planned(plan());
    expect(terminal.stdout()).toBe('No changes.\n');
    expect(terminal.exitCode()).toBe(0);
  });

  it('ends with 3 while something is only held or blocked: the host is not as the repository says', async () => {
    expect((await planned(plan({ held: FULL.held }))).exitCode()).toBe(3);
    expect((await planned(plan({ blocked: FULL.blocked }))).exitCode()).toBe(3);
  });

  it('prints JSON for programs', async () => {
    const terminal = await planned(plan({ steps: [STEP] }), '--format', 'json');
    expect(JSON.parse(terminal.stdout())).toMatchObject({ revision: 'r1', steps: [{ id: STEP.id }], blocked: [] });
    expect(terminal.exitCode()).toBe(3);
  });

  it('ends with 1 and a sentence when there is no plan yet', async () => {
    const terminal = await planned(undefined);
    expect(terminal.stderr()).toMatch(/^fairlead: no plan yet: /);
    expect(terminal.exitCode()).toBe(1);
  });
});

describe('fairlead plan --ref', () => {
  const review: ReviewDocument = {
    against: 'running',
    base: { ref: '', revision: 'a'.repeat(40) },
    head: { ref: 'refs/heads/next', revision: 'b'.repeat(40) },
    changed: true,
    summary: '1 application changes: 1 added',
    documents: [],
    sites: [],
    rejected: [],
    problems: [],
    mended: [],
    warnings: [],
    notes: ['a note'],
  };

  async function asked(...args: readonly string[]): Promise<Terminal & { readonly refs: readonly string[] }> {
    const refs: string[] = [];
    const ask = (ref: string) => {
      refs.push(ref);
      return Promise.resolve(review);
    };
    const { origin } = await serve(snapshot({}), { reviews: { ask } });
    const terminal = createTerminal();
    await run(terminal, 'plan', ...args, ...(await connectionTo(origin)));
    return { ...terminal, refs };
  }

  it('prints what merging it would do, in the form that is asked for, and ends with 3', async () => {
    for (const format of REVIEW_FORMATS) {
      const terminal = await asked('--ref', 'feature/x&y', '--format', format);
      expect([terminal.refs, terminal.stdout(), terminal.exitCode()]).toEqual([
        ['feature/x&y'],
        formatReview(review, format),
        3,
      ]);
    }
  });

  it('is not for what is looked at offline', async () => {
    const terminal = await asked('--ref', 'next', '--base', 'main');
    expect([terminal.refs, terminal.exitCode()]).toEqual([[], 2]);
    expect(terminal.stderr()).toContain('--ref asks a server');
  });
});
