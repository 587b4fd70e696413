import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { eventually } from '../../eventually.ts';
import { parseExposition } from '../../metrics/exposition.ts';
import { connect } from '../raw-client.ts';
import { serve } from '../served.ts';
import { application, snapshot } from '../snapshot-builders.ts';

/** The API with everything counted, as the daemon has it. */
async function start() {
  const metrics = createMetrics({ version: '1.2.3', now: Date.now, keepMs: 0 });
  const shown = snapshot({ applications: [application('acme.shop')] });
  const served = await serve(shown, { metrics }, { watch: metrics.requests });
  const scrape = async () => parseExposition((await served.ask('/metrics', { as: 'nobody' })).text);
  return { ...served, scrape };
}

const REQUESTS = 'fairlead_api_requests_total';

describe('/metrics', () => {
  it('needs no token, and is text of Prometheus whatever is accepted', async () => {
    const { ask } = await start();
    for (const accept of ['*/*', 'application/json', 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5']) {
      const answer = await ask('/metrics', { as: 'nobody', headers: { accept } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(answer.text).toMatch(/^# HELP \S/);
    }
  });

  it('has the length of its text for who asks for the head', async () => {
    const { ask } = await start();
    const answer = await ask('/metrics', { as: 'nobody', method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(1000);
  });

  it('follows the snapshot that is served', async () => {
    const { scrape, store } = await start();
    expect((await scrape()).named('fairlead_application_info')).toHaveLength(1);
    store.swap(snapshot());
    expect((await scrape()).named('fairlead_application_info')).toEqual([]);
  });
});

describe('a request', () => {
  it('is counted under the pattern of its path, its method and the class of its answer', async () => {
    const { ask, scrape } = await start();
    const one = '/v1/state/applications/{application}';
    await ask('/v1/state/applications/shop');
    await ask('/v1/state/applications/shop/');
    await ask('/v1/state/applications/none');
    await ask('/v1/state/applications/shop', { as: 'nobody' });
    await ask('/v1/state/tenants/acme/applications/shop', { method: 'HEAD' });
    await ask('/v1/config/applications/shop', { method: 'PUT', body: 'x' });
    const { value } = await scrape();
    expect(value(REQUESTS, { route: one, method: 'GET', status: '2xx' })).toBe(2);
    expect(value(REQUESTS, { route: one, method: 'GET', status: '4xx' })).toBe(2);
    expect(value('fairlead_api_request_duration_seconds_count', { route: one, method: 'GET' })).toBe(4);
    const ofTenant = '/v1/state/tenants/{tenant}/applications/{application}';
    expect(value(REQUESTS, { route: ofTenant, method: 'HEAD', status: '2xx' })).toBe(1);
    expect(value(REQUESTS, { route: '/v1/config/applications/{application}', method: 'PUT' })).toBe(1);
  });

  it('for what is not there makes no series of its own', async () => {
    const { ask, scrape } = await start();
    for (let n = 0; n < 20; n += 1) await ask(`/made/up/${n}`, { method: 'PROPFIND' });
    await ask(`/v1/state/applications/${'x'.repeat(600)}`);
    await ask('/v1/state/applications/%ff');
    const { named, value } = await scrape();
    expect(value(REQUESTS, { route: 'none', method: 'other', status: '4xx' })).toBe(20);
    expect(value(REQUESTS, { route: 'none', method: 'GET', status: '4xx' })).toBe(2);
    expect(named(REQUESTS)).toHaveLength(2);
  });

  it('is in flight while it is answered, and not when the client broke off', async () => {
    const { scrape, origin } = await start();
    const inFlight = async () => (await scrape()).value('fairlead_api_requests_in_flight');
    expect(await inFlight()).toBe(1);
    const client = await connect(origin);
    client.send('GET /healthz HTTP/1.1\r\nHost: fairlead\r\n\r\n');
    client.socket.resetAndDestroy();
    await once(client.socket, 'close');
    await eventually(async () => expect(await inFlight()).toBe(1));
  });

  it('that never became one is counted with its reason', async () => {
    const { scrape, origin } = await start();
    const client = await connect(origin);
    client.send('BEGIN\r\n\r\n');
    await client.closed();
    expect((await scrape()).value('fairlead_api_connections_refused_total', { reason: 'malformed' })).toBe(1);
  });
});
