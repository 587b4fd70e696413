import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../src/journal/run-document.ts';
import { errorWith, serve } from '../served.ts';
import { application, snapshot } from '../snapshot-builders.ts';

const BEGAN = { 'started-at': '2026-01-02T03:04:05.678Z' };
const WEBHOOK: RunDocument = { id: 'r3', kind: 'webhook', trigger: 'github', ...BEGAN, outcome: 'running' };
const ACME: RunDocument = {
  id: 'r2',
  kind: 'restart',
  trigger: 'api',
  principal: { name: 'jane' },
  ...{ tenant: 'acme', application: 'shop', 'service-instance': 'web-1' },
  ...{ ...BEGAN, 'ended-at': '2026-01-02T03:04:07.678Z', outcome: 'failed', 'error-message': 'no such image' },
};
const BETA: RunDocument = { ...ACME, id: 'r1', tenant: 'beta' };

const start = () =>
  serve(snapshot({ applications: [application('acme.shop'), application('beta.shop')] }), {
    runs: { list: () => [WEBHOOK, ACME, BETA] },
  });

describe('/v1/state/runs', () => {
  it('lists what was triggered, newest first', async () => {
    const { ask } = await start();
    expect((await ask('/v1/state/runs')).body).toEqual([WEBHOOK, ACME, BETA]);
    expect((await ask('/v1/state/runs?keys')).body).toEqual(['r3', 'r2', 'r1']);
    expect((await ask('/v1/state/runs?fields=id,principal/name')).body).toEqual([
      { id: 'r3' },
      { id: 'r2', principal: { name: 'jane' } },
      { id: 'r1', principal: { name: 'jane' } },
    ]);
  });

  it('shows one', async () => {
    const { ask } = await start();
    expect((await ask('/v1/state/runs/r3')).body).toEqual(WEBHOOK);
  });

  it('shows a tenant its own, and of another’s nothing but that there is none', async () => {
    const { ask } = await start();
    expect((await ask('/v1/state/runs', { as: 'acme' })).body).toEqual([ACME]);
    expect((await ask('/v1/state/tenants/beta/runs')).body).toEqual([BETA]);
    for (const id of ['r1', 'r3', 'r9']) {
      const answer = await ask(`/v1/state/runs/${id}`, { as: 'acme' });
      expect([answer.status, answer.body]).toEqual([404, errorWith(`no run ${id}`)]);
    }
  });
});
