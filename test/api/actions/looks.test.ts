import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../src/journal/run-document.ts';
import { AmbiguousRevisionError } from '../../../src/reconcile/find-revision.ts';
import type { RevisionOutcome } from '../../../src/status/document-types.ts';
import { ELSEWHERE } from '../elsewhere.ts';
import { errorWith, serve } from '../served.ts';
import { snapshot } from '../snapshot-builders.ts';

const RUN: RunDocument = {
  ...{ id: '20260102t030405678z-5f3a9c01', kind: 'sync', trigger: 'api' },
  ...{ 'started-at': '2026-01-02T03:04:05.678Z', outcome: 'running' },
};
const SHA = '8b137891791fe96927ad78e64b0aad7bded08bdc';
const WAITING: RevisionOutcome = {
  ...{ revision: SHA, outcome: 'waiting', 'judged-revision': SHA },
  reasons: ['acme.shop: web-1 is not ready, starting'],
};

async function start() {
  const principals: unknown[] = [];
  const asked: string[] = [];
  let standing = WAITING;
  const served = await serve(snapshot({}), {
    actions: {
      ...ELSEWHERE.actions,
      sync: async (principal) => {
        principals.push(principal);
        return RUN;
      },
    },
    judge: async (revision) => {
      asked.push(revision);
      if (revision === 'aaaaaaa') throw new AmbiguousRevisionError(revision);
      return standing;
    },
  });
  return { ...served, principals, asked, become: (next: RevisionOutcome) => void (standing = next) };
}

describe('POST /v1/state/repository/sync', () => {
  it('answers 202 with its run, and says who asked', async () => {
    const { ask, principals } = await start();
    const answer = await ask('/v1/state/repository/sync', { method: 'POST', as: 'deaf' });
    expect([answer.status, answer.body, answer.headers.get('fairlead-run')]).toEqual([202, RUN, RUN.id]);
    expect(principals).toEqual([{ name: 'deaf' }]);
  });

  it('needs the right to operate, and is the site provider’s', async () => {
    const { ask, principals } = await start();
    for (const as of ['provider', 'acme', 'operate'] as const)
      expect((await ask('/v1/state/repository/sync', { method: 'POST', as })).status).toBe(403);
    expect(principals).toEqual([]);
  });
});

describe('/v1/state/repository/revisions/{revision}', () => {
  it('says how a commit stands, and only that it is as before while it is', async () => {
    const { ask, asked, become } = await start();
    const path = `/v1/state/repository/revisions/${SHA.slice(0, 7).toUpperCase()}`;
    const first = await ask(path);
    expect([first.status, first.body]).toEqual([200, WAITING]);
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    const again = await ask(path, { headers });
    expect([again.status, again.text]).toEqual([304, '']);
    become({ ...WAITING, outcome: 'applied', reasons: [] });
    expect((await ask(path, { headers })).body).toMatchObject({ outcome: 'applied' });
    expect(new Set(asked)).toEqual(new Set([SHA.slice(0, 7)]));
  });

  it('is 400 for what is no commit, 409 for what may be several, and the site provider’s', async () => {
    const { ask, asked } = await start();
    for (const name of ['main', 'abc123', `${SHA}0`, 'HEAD~1'])
      expect((await ask(`/v1/state/repository/revisions/${name}`)).status).toBe(400);
    const several = await ask('/v1/state/repository/revisions/aaaaaaa');
    expect([several.status, several.body]).toEqual([
      409,
      errorWith('several commits begin with aaaaaaa; name more of it'),
    ]);
    expect((await ask(`/v1/state/repository/revisions/${SHA}`, { as: 'acme' })).status).toBe(403);
    expect(asked).toEqual(['aaaaaaa']);
  });
});
