import { describe, expect, it } from 'vitest';
import { application, host, site, snapshot } from '../snapshot-builders.ts';
import { errorWith, serve } from '../served.ts';

const NORTH = site('north', { 'descriptive-name': 'Up there', hosts: [{ name: 'pi-1' }] });
const SOUTH = site('south', { 'served-here': false });
const BROKEN = { 'oper-status': 'error', 'error-message': 'nginx: it ended with exit code 1' } as const;
const ACME = snapshot({
  site: 'north',
  sites: [NORTH, SOUTH],
  applications: [
    application('acme.blog', { state: BROKEN }),
    application('acme.shop'),
    application('beta.shop', { state: { 'locally-deployed': false, 'service-instances': [] } }),
  ],
});

describe('sites', () => {
  it('are shown to the site provider, with their hosts', async () => {
    const { ask } = await serve(ACME);
    expect((await ask('/v1/state/system/sites')).body).toEqual([NORTH, SOUTH]);
    expect((await ask('/v1/state/system/sites/north')).body).toEqual(NORTH);
    expect(await ask('/v1/state/system/sites/moon')).toMatchObject({ status: 404, body: errorWith('no site moon') });
    expect((await ask('/v1/state/system/sites/north', { as: 'acme' })).status).toBe(403);
  });

  it('are named to the tenants that may deploy to them, without their hosts', async () => {
    const { ask } = await serve(ACME);
    const north = { name: 'north', 'descriptive-name': 'Up there', type: 'edge', labels: NORTH.labels };
    const south = { name: 'south', type: 'edge', labels: SOUTH.labels };
    for (const path of ['assigned-sites', 'tenants/acme/assigned-sites'])
      for (const as of ['acme', 'provider'] as const)
        expect((await ask(`/v1/state/${path}`, { as })).body).toEqual([north, south]);
    expect((await ask('/v1/state/assigned-sites?keys', { as: 'acme' })).body).toEqual(['north', 'south']);
  });

  it('have a cluster that tells its site and the versions of Fairlead in it', async () => {
    const { ask } = await serve(ACME);
    expect((await ask('/v1/state/system/cluster')).body).toEqual({ 'site-name': 'north', versions: { '1.2.3': 1 } });
  });
});

describe('the status of applications', () => {
  const running = { name: 'north', 'application-version': '1.0', 'oper-status': 'running', connected: true };
  const waiting = { 'waiting-to-be-scheduled': 0 };

  it('is told site by site, with the reason of an error', async () => {
    const { ask } = await serve(ACME);
    const path = '/v1/state/application-status/applications';
    expect((await ask(path, { as: 'acme' })).body).toEqual([
      { name: 'blog', sites: [{ ...running, ...BROKEN, ...waiting }] },
      { name: 'shop', sites: [{ ...running, ...waiting }] },
    ]);
    expect((await ask(`${path}/shop`, { as: 'acme' })).body).toEqual({
      name: 'shop',
      sites: [{ ...running, ...waiting }],
    });
    expect((await ask(`${path}/none`, { as: 'acme' })).status).toBe(404);
  });

  it('has no site where the application is not deployed, and the tenant for the site provider', async () => {
    const { ask } = await serve(ACME);
    expect((await ask('/v1/state/tenants/beta/application-status/applications/shop')).body).toEqual({
      name: 'shop',
      sites: [],
    });
    expect((await ask('/v1/state/application-status/applications?fields=name,tenant')).body).toEqual([
      { name: 'blog', tenant: 'acme' },
      { name: 'shop', tenant: 'acme' },
      { name: 'shop', tenant: 'beta' },
    ]);
  });

  it('says that a site is not connected while no host of it answers, though nothing of the application changed', async () => {
    const { ask, store } = await serve(ACME);
    const path = '/v1/state/application-status/applications/shop?fields=sites/connected';
    expect((await ask(path, { as: 'acme' })).body).toEqual({ sites: [{ connected: true }] });
    store.swap({ ...ACME, hosts: [host('pi-1', { 'oper-status': 'down' })] });
    expect((await ask(path, { as: 'acme' })).body).toEqual({ sites: [{ connected: false }] });
  });
});
