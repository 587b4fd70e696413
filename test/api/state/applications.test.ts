import { describe, expect, it } from 'vitest';
import { application, deployment, instance, snapshot } from '../snapshot-builders.ts';
import { errorWith, serve } from '../served.ts';

const SHOP = application('acme.shop', { state: { 'service-instances': [instance('web-1'), instance('web-2')] } });
const BLOG = application('acme.blog', { spec: { version: '2.10' } });
const SERVICES = [{ name: 'web', containers: [{ name: 'nginx', image: 'nginx:1.27' }] }];
const OLD_SHOP = application('acme.shop', {
  versions: ['1.0', '0.9'].map((version) => ({ name: 'shop', version, services: SERVICES })),
});
const ACME = snapshot({ applications: [BLOG, SHOP], deployments: [deployment('acme.shop')] });
const TWO_TENANTS = snapshot({
  applications: [SHOP, application('beta.shop'), application('beta.till')],
  deployments: [deployment('acme.shop'), deployment('beta.shop')],
});

describe('an application that is not deployed to the site', () => {
  it('has a state, and no service instances to ask for', async () => {
    const { ask } = await serve(
      snapshot({
        applications: [application('acme.shop', { state: { 'locally-deployed': false, 'service-instances': [] } })],
      }),
    );
    expect(await ask('/v1/state/applications/shop')).toMatchObject({ status: 200, body: { 'service-instances': [] } });
    for (const path of ['service-instances', 'service-instances/web-1', 'service-instances?count'])
      expect(await ask(`/v1/state/applications/shop/${path}`)).toMatchObject({
        status: 404,
        body: errorWith('application shop is not deployed to this site'),
      });
  });
});

describe('applications', () => {
  it('are a bare list of specification and state; each for itself is a bare object', async () => {
    const { ask } = await serve(ACME);
    expect((await ask('/v1/state/applications', { as: 'acme' })).body).toEqual([BLOG.state, SHOP.state]);
    expect((await ask('/v1/state/applications/shop', { as: 'acme' })).body).toEqual(SHOP.state);
  });

  it('have their specification below /v1/config', async () => {
    const { ask } = await serve(ACME);
    expect((await ask('/v1/config/applications', { as: 'acme' })).body).toEqual([BLOG.config, SHOP.config]);
    expect((await ask('/v1/config/applications/shop', { as: 'acme' })).body).toEqual(SHOP.config);
  });

  it('without a valid specification have a state and no configuration', async () => {
    const { ask } = await serve(snapshot({ applications: [application('acme.shop', { config: undefined })] }));
    expect((await ask('/v1/config/applications')).body).toEqual([]);
    expect((await ask('/v1/config/applications/shop')).status).toBe(404);
    expect((await ask('/v1/state/applications/shop')).status).toBe(200);
  });

  it('list their versions newest first, or none', async () => {
    const { ask } = await serve(
      snapshot({ applications: [OLD_SHOP, { ...BLOG, config: { name: 'blog', services: SERVICES }, versions: [] }] }),
    );
    for (const flag of ['version-list', 'version-list=true', 'revision-list=', 'revision'])
      expect((await ask(`/v1/config/applications/shop?${flag}`)).body).toEqual(['1.0', '0.9']);
    expect((await ask('/v1/config/applications/blog?version-list')).body).toEqual([]);
    expect((await ask('/v1/config/applications/shop?version-list=false')).body).toMatchObject({ name: 'shop' });
  });

  it('are had by version, and a version that is not known is 404', async () => {
    const { ask } = await serve(ACME);
    expect((await ask('/v1/config/applications/blog?version=2.10', { as: 'acme' })).body).toEqual(BLOG.config);
    const { ask: askOld } = await serve(snapshot({ applications: [OLD_SHOP] }));
    const [, old] = OLD_SHOP.versions;
    expect((await askOld('/v1/config/applications/shop?revision=0.9', { as: 'acme' })).body).toEqual(old!.config);
    expect((await askOld('/v1/config/applications/shop?version=0.9')).body).toMatchObject({ tenant: 'acme' });
    const unknown = await ask('/v1/config/applications/blog?revision=2.1');
    expect(unknown).toMatchObject({ status: 404, body: errorWith('no version 2.1 of application blog') });
    for (const version of ['', '*', '2.10%20', '2/10'])
      expect((await ask(`/v1/config/applications/blog?version=${version}`, { as: 'acme' })).status, version).toBe(400);
    expect((await ask('/v1/config/applications/none?version=*', { as: 'acme' })).status).toBe(404);
  });

  it('alone have versions: on lists and deployments nobody looks at what asks for them', async () => {
    const { ask } = await serve(ACME);
    for (const path of ['applications', 'application-deployments', 'application-deployments/shop'])
      for (const query of ['version=9.9', 'version-list', 'revision'])
        expect((await ask(`/v1/config/${path}?${query}`)).body, query).toEqual((await ask(`/v1/config/${path}`)).body);
  });

  it('are split in what was configured and what is seen of it', async () => {
    const { ask } = await serve(ACME);
    const container = { name: 'nginx', image: 'nginx:1.27' };
    const config = await ask('/v1/state/applications/shop?content=config', { as: 'acme' });
    expect(config.body).toEqual({ name: 'shop', version: '1.0', services: [{ name: 'web', containers: [container] }] });
    const seen = await ask('/v1/state/applications/shop?content=nonconfig', { as: 'acme' });
    expect(Object.keys(seen.body as object).sort()).toEqual(
      [
        'name',
        'services',
        'config-modified-time',
        'locally-deployed',
        'oper-status',
        'warnings',
        'service-instances',
      ].sort(),
    );
    expect(seen.body).toMatchObject({
      services: [{ name: 'web', containers: [{ name: 'nginx', 'image-status': { status: 'present' } }] }],
    });
    expect((await ask('/v1/state/applications?content=both')).status).toBe(400);
  });

  it('have no upgrade in what was configured', async () => {
    const upgrade = { from: ['1.0'], to: '1.1', method: 'per-service', done: 0, left: 1 } as const;
    const upgraded = application('acme.shop', { state: { progress: 'version 1.0 → 1.1', upgrade } });
    const { ask } = await serve(snapshot({ applications: [upgraded] }));
    const keys = async (content: string) =>
      Object.keys((await ask(`/v1/state/applications/shop?content=${content}`)).body as object);
    expect(await keys('config')).toEqual(['name', 'tenant', 'version', 'services']);
    expect(await keys('nonconfig')).toEqual(expect.arrayContaining(['progress', 'upgrade']));
  });
});

describe('service instances', () => {
  it('are listed below their application', async () => {
    const { ask } = await serve(ACME);
    const { body } = await ask('/v1/state/applications/shop/service-instances', { as: 'acme' });
    expect(body).toEqual(SHOP.state['service-instances']);
  });

  it('are found by their short name and by their long one', async () => {
    const { ask } = await serve(ACME);
    for (const name of ['web-2', 'acme.shop.web-2']) {
      const { body } = await ask(`/v1/state/applications/shop/service-instances/${name}`, { as: 'acme' });
      expect(body).toEqual(SHOP.state['service-instances'][1]);
    }
  });

  it('have long names as long as names can be', async () => {
    const [tenant, app, service] = ['t', 'a', 's'].map((letter) => letter.repeat(63));
    const state = { 'service-instances': [instance(`${service}-1`)] };
    const { ask } = await serve(snapshot({ applications: [application(`${tenant}.${app}`, { state })] }));
    const answer = await ask(`/v1/state/applications/${app}/service-instances/${tenant}.${app}.${service}-1`);
    expect(answer.status).toBe(200);
  });

  it('that are not there are 404, whatever the name looks like', async () => {
    const { ask } = await serve(ACME);
    for (const name of ['web-3', 'beta.shop.web-1', '%ZZ', '..%2f..', 'x'.repeat(4000), '__proto__'])
      expect((await ask(`/v1/state/applications/shop/service-instances/${name}`)).status, name).toBe(404);
  });
});

describe('application deployments', () => {
  it('have a configuration and a state', async () => {
    const { ask } = await serve(ACME);
    const { config, state } = deployment('acme.shop');
    expect((await ask('/v1/config/application-deployments', { as: 'acme' })).body).toEqual([config]);
    expect((await ask('/v1/config/application-deployments/shop', { as: 'acme' })).body).toEqual(config);
    expect((await ask('/v1/state/application-deployments', { as: 'acme' })).body).toEqual([state]);
    expect((await ask('/v1/state/application-deployments/shop', { as: 'acme' })).body).toEqual(state);
    const seen = await ask('/v1/state/application-deployments/shop?content=nonconfig', { as: 'acme' });
    expect(seen.body).toEqual({ name: 'shop', status: state.status });
    expect((await ask('/v1/state/application-deployments/none')).status).toBe(404);
  });
});

describe('the site provider', () => {
  it('sees every tenant on the root paths, each body with its tenant after the name', async () => {
    const { ask } = await serve(TWO_TENANTS);
    const { body, text } = await ask('/v1/state/applications');
    expect(body).toMatchObject([{ tenant: 'acme' }, { tenant: 'beta' }, { name: 'till', tenant: 'beta' }]);
    expect(text.startsWith('[{"name":"shop","tenant":"acme",')).toBe(true);
    expect((await ask('/v1/config/applications')).body).toMatchObject([{ tenant: 'acme' }, {}, { tenant: 'beta' }]);
    expect((await ask('/v1/state/applications/till/service-instances')).body).toMatchObject([{ tenant: 'beta' }]);
    expect((await ask('/v1/config/application-deployments')).body).toMatchObject([{ tenant: 'acme' }, {}]);
  });

  it('is told the tenants when two have what is asked for', async () => {
    const { ask } = await serve(TWO_TENANTS);
    for (const path of [
      'applications/shop',
      'applications/shop/service-instances/web-1',
      'application-deployments/shop',
    ]) {
      const { status, body } = await ask(`/v1/state/${path}`);
      expect(status).toBe(409);
      expect(body).toMatchObject({ errors: [{ 'error-info': { tenants: ['acme', 'beta'] } }] });
    }
    expect((await ask('/v1/config/applications/shop')).text).toContain('acme, beta');
  });

  it('says with a long instance name whose application is meant', async () => {
    const { ask } = await serve(TWO_TENANTS);
    const { body } = await ask('/v1/state/applications/shop/service-instances/beta.shop.web-1');
    expect(body).toMatchObject({ name: 'web-1', tenant: 'beta' });
  });

  it('sees one tenant below /tenants/, without the key', async () => {
    const { ask } = await serve(TWO_TENANTS);
    const { body } = await ask('/v1/state/tenants/beta/applications/shop');
    expect(body).toEqual(application('beta.shop').state);
    expect((await ask('/v1/config/tenants/beta/applications?keys')).body).toEqual(['shop', 'till']);
    expect((await ask('/v1/state/tenants/beta/application-deployments?keys')).body).toEqual(['shop']);
    expect((await ask('/v1/state/tenants/gamma/applications')).status).toBe(404);
  });
});

describe('a tenant', () => {
  it('sees its own things alone, on the root paths and below its own /tenants/', async () => {
    const { ask } = await serve(TWO_TENANTS);
    for (const path of ['/v1/state/applications', '/v1/state/tenants/acme/applications'])
      expect((await ask(path, { as: 'acme' })).body).toEqual([SHOP.state]);
    expect((await ask('/v1/state/applications/till', { as: 'acme' })).status).toBe(404);
  });

  it('finds nothing below /tenants/ of another, whether or not there is one', async () => {
    const { ask } = await serve(TWO_TENANTS);
    for (const tenant of ['beta', 'gamma'])
      expect(await ask(`/v1/state/tenants/${tenant}/applications`, { as: 'acme' })).toMatchObject({
        status: 404,
        body: errorWith(`no tenant ${tenant}`),
      });
  });
});
