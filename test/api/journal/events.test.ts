import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createEventRing } from '../../../src/journal/event-ring.ts';
import type { EventDocument, EventFacts } from '../../../src/status/event-document.ts';
import { errorWith, serve } from '../served.ts';
import { application, snapshot } from '../snapshot-builders.ts';

const START = Date.parse('2026-01-02T03:04:00Z');
const SITE = snapshot({ applications: [application('acme.shop'), application('beta.shop')] });

/** One a minute. */
const STORY: readonly EventFacts[] = [
  { type: 'host-up', host: 'local', message: 'host up: Docker 20' },
  { type: 'application-status', tenant: 'acme', application: 'shop', message: 'starting → running' },
  { type: 'step-done', tenant: 'acme', application: 'shop', 'service-instance': 'web-1', message: 'create …' },
  { type: 'step-failed', tenant: 'acme', application: 'shop', 'service-instance': 'web-2', message: 'start …' },
  { type: 'application-status', tenant: 'beta', application: 'shop', message: 'running → error' },
  { type: 'application-status', tenant: 'acme', application: 'blog', message: 'running' },
];

async function start() {
  let minute = -1;
  const events = createEventRing({ capacity: 100, now: () => START + (minute += 1) * 60_000 });
  for (const facts of STORY) events.add(facts, 'local');
  const served = await serve(SITE, { events });
  /** The minutes in which they happened. */
  const minutes = async (query: string, as: 'provider' | 'acme' = 'provider') => {
    const { body } = await served.ask(`/v1/state/events${query}`, { as });
    return (body as EventDocument[]).map(({ time }) => (Date.parse(time) - START) / 60_000);
  };
  return { ...served, events, minutes };
}

describe('GET /v1/state/events', () => {
  it('lists what has happened, newest first', async () => {
    const { ask } = await start();
    const { status, body } = await ask('/v1/state/events');
    expect(status).toBe(200);
    expect(body).toHaveLength(6);
    expect((body as EventDocument[])[0]).toEqual({
      id: String((START + 300_000) * 1000),
      time: '2026-01-02T03:09:00.000Z',
      type: 'application-status',
      site: 'local',
      tenant: 'acme',
      application: 'blog',
      message: 'running',
    });
  });

  it('shows a tenant its own events, alike on either path, and hosts to nobody but the provider', async () => {
    const { minutes, ask } = await start();
    expect(await minutes('', 'acme')).toEqual([5, 3, 2, 1]);
    const [own, provider] = [await ask('/v1/state/events', { as: 'acme' }), await ask('/v1/state/tenants/acme/events')];
    expect(own.text).toBe(provider.text);
  });

  it.each([
    ['?application=shop', [4, 3, 2, 1]],
    ['?service-instance=web-2', [3]],
    ['?service-instance=acme.shop.web-1', [2]],
    ['?type=step-done', [2]],
    ['?type=step-done,host-up', [2, 0]],
    ['?since=2026-01-02T03:07:00Z', [5, 4, 3]],
    ['?since=2026-01-02T04:07:00.000%2B01:00', [5, 4, 3]],
    [`?since=${(START + 180_000) * 1000}`, [5, 4]],
    ['?limit=2', [5, 4]],
    ['?limit=1&application=shop&type=application-status', [4]],
    ['?application=none', []],
    ['?unknown=1', [5, 4, 3, 2, 1, 0]],
  ])('chooses by %s', async (query, expected) => {
    const { minutes } = await start();
    expect(await minutes(query)).toEqual(expected);
  });

  it.each([
    ['?type=exploded', /^type: exploded is none of revision-fetched, /],
    ['?since=yesterday', /^since: expected the id of an event or a time/],
    ['?since=2026-13-45T99:00:00Z', /^since: expected/],
    ['?limit=0', /^limit: expected a whole number from 1/],
    ['?limit=-1', /^limit: /],
    ['?limit=1&limit=2', /^limit: given more than once/],
  ])('answers %s with 400', async (query, message) => {
    const { ask } = await start();
    for (const accept of ['*/*', 'text/event-stream']) {
      const answer = await ask(`/v1/state/events${query}`, { headers: { accept } });
      expect([answer.status, answer.body]).toEqual([400, errorWith(expect.stringMatching(message))]);
    }
  });

  it('gives names, numbers, parts and YAML as any list', async () => {
    const { ask } = await start();
    const of = '/v1/state/events?type=step-done,step-failed';
    expect((await ask(`${of}&count`)).body).toBe(2);
    expect((await ask(`${of}&keys`)).body).toEqual([(START + 180_000) * 1000, (START + 120_000) * 1000].map(String));
    expect((await ask(`${of}&fields=type,message`)).body).toEqual([
      { type: 'step-failed', message: 'start …' },
      { type: 'step-done', message: 'create …' },
    ]);
    const yaml = await ask(of, { headers: { accept: 'application/yaml' } });
    expect(parse(yaml.text)).toEqual((await ask(of)).body);
  });

  it('shows what is added', async () => {
    const { ask, events } = await start();
    await ask('/v1/state/events');
    events.add({ type: 'converged', message: 'converged: r1' }, 'local');
    expect((await ask('/v1/state/events?limit=1')).body).toMatchObject([{ type: 'converged' }]);
  });
});
