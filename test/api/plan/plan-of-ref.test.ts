import { describe, expect, it } from 'vitest';
import { createReviewDesk } from '../../../src/api/plan/review-desk.ts';
import { GitError, type GitErrorCode } from '../../../src/git/port.ts';
import { NotReadYetError } from '../../../src/reconcile/review-live.ts';
import { NoSiteError } from '../../../src/reconcile/review-revisions.ts';
import type { ReviewDocument } from '../../../src/status/documents.ts';
import { serve } from '../served.ts';
import { snapshot } from '../snapshot-builders.ts';

const REVIEW: ReviewDocument = {
  against: 'running',
  base: { ref: '', revision: 'a'.repeat(40) },
  head: { ref: 'refs/heads/next', revision: 'b'.repeat(40) },
  changed: false,
  summary: 'No changes.',
  documents: [],
  sites: [],
  rejected: [],
  problems: [],
  mended: [],
  warnings: [],
  notes: [],
};
const PATTERNS = ['refs/heads/*', 'refs/pull/*/merge'];

/** The API with a desk whose plans are made by `review`. */
async function ask(review: (ref: string) => Promise<ReviewDocument>, elapsed: () => number = () => 0) {
  const reviews = createReviewDesk({ patterns: PATTERNS, review, elapsed });
  const { ask: send } = await serve(snapshot({}), { reviews });
  return (ref: string) => send(`/v1/state/plan?ref=${encodeURIComponent(ref)}`);
}

describe('the plan for a ref, asked of the state API', () => {
  it('is the review of what merging it would do; a plain name is a branch', async () => {
    const asked: string[] = [];
    const send = await ask((ref) => {
      asked.push(ref);
      return Promise.resolve(REVIEW);
    });
    expect((await send('next')).body).toEqual(REVIEW);
    expect((await send('refs/pull/7/merge')).status).toBe(200);
    expect(asked).toEqual(['refs/heads/next', 'refs/pull/7/merge']);
  });

  it('is refused for what no pattern of the configuration allows, before anything is fetched', async () => {
    const send = await ask(() => Promise.reject(new Error('it was asked')));
    const answer = await send('refs/pull/7/head');
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([403, expect.stringContaining('refs/pull/*/merge')]);
  });

  it('says why there is none', async () => {
    const git = (code: GitErrorCode) => new GitError(code, 'because of git');
    const rows: readonly (readonly [Error, number])[] = [
      [git('ref-missing'), 404],
      [git('ref-ambiguous'), 409],
      [new NoSiteError('there is no site'), 409],
      [git('unreachable'), 503],
      [new NotReadYetError(), 503],
    ];
    for (const [error, status] of rows) {
      const send = await ask(() => Promise.reject(error));
      const answer = await send('next');
      expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(error.message)]);
    }
  });

  it('is made ten times at once for one token, and then once every 6 s', async () => {
    let elapsed = 0;
    const send = await ask(
      () => Promise.resolve(REVIEW),
      () => elapsed,
    );
    for (let count = 0; count < 10; count += 1) expect((await send('next')).status).toBe(200);
    const refused = await send('next');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '6']);
    elapsed += 6_000;
    expect((await send('next')).status).toBe(200);
    expect((await send('next')).status).toBe(429);
  });

  it('is made one at a time, whoever asks, and a failure holds up nobody', async () => {
    let under = 0;
    let most = 0;
    const desk = createReviewDesk({
      patterns: ['*'],
      elapsed: () => 0,
      review: async (ref) => {
        under += 1;
        most = Math.max(most, under);
        await new Promise((resolve) => setImmediate(resolve));
        under -= 1;
        if (ref.endsWith('broken')) throw new Error('broken');
        return REVIEW;
      },
    });
    const names = ['one', 'broken', 'two', 'three'];
    const { signal } = new AbortController();
    const ends = await Promise.allSettled(names.map((name) => desk.ask(name, name, signal)));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(most).toBe(1);
  });

  it('lets few wait', async () => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    const desk = createReviewDesk({ patterns: ['*'], elapsed: () => 0, review: () => held.then(() => REVIEW) });
    const { signal } = new AbortController();
    const ask = (name: number) => desk.ask('next', `token ${name}`, signal);
    const waiting = Array.from({ length: 8 }, (_, name) => ask(name));
    await expect(ask(8)).rejects.toMatchObject({ status: 429 });
    finish();
    expect(await Promise.all(waiting)).toHaveLength(8);
    expect(await ask(9)).toEqual(REVIEW);
  });
});
