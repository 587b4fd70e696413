import { describe, expect, it } from 'vitest';
import { builtInSiteLabels, desiredSite } from '../../src/desired/site.ts';
import type { ApplicationDeploymentSpec } from '../../src/model/application-deployment-spec.ts';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import { application, desire, resolved, service } from '../builders.ts';

const CONTEXT = { site: 'local', owner: 'test', labels: builtInSiteLabels('local'), sandboxImage: 'x:1' };

function deployedBy(fields: Partial<ApplicationDeploymentSpec>): ResolvedCatalog {
  const catalog = resolved([application('shop')]);
  const deployment = catalog.deployments['acme.shop']!;
  const document = { ...deployment.document, spec: { ...deployment.document.spec, ...fields } };
  return { ...catalog, deployments: { 'acme.shop': { ...deployment, document } } };
}

describe('a site', () => {
  it('runs an application whose deployment goes to all sites', () => {
    expect(Object.keys(desire([application('shop')]).applications)).toEqual(['acme.shop']);
  });

  it('runs nothing that is not deployed', () => {
    const catalog = { ...resolved([application('shop')]), deployments: {} };
    expect(desiredSite(catalog, CONTEXT).applications).toEqual({});
  });

  it.each([
    ['system/name = local', true],
    ['system/type = edge and not system/name = other', true],
    ['system/name = other', false],
    ['region', false],
  ])('with its built-in labels and `%s`: %s', (expression, runs) => {
    const catalog = deployedBy({ placement: { 'match-site-labels': expression } });
    expect('acme.shop' in desiredSite(catalog, CONTEXT).applications).toBe(runs);
  });

  it('runs a pinned version when it is the current one', () => {
    expect('acme.shop' in desiredSite(deployedBy({ 'application-version': '1.0' }), CONTEXT).applications).toBe(true);
  });

  it('leaves what runs alone when another version is pinned, and says why', () => {
    const site = desiredSite(deployedBy({ 'application-version': '0.9' }), CONTEXT);
    expect(site.applications).toEqual({});
    expect(site.leftAlone['acme.shop']).toContain('wants version 0.9 of application shop, which is at 1.0');
  });

  it('keeps the very same object for an application whose text did not change', () => {
    const former = desire([application('shop'), application('till')]);
    const now = desire([application('shop'), application('till', { version: '2.0' })], { revision: 'r2', former });
    expect(now.applications['acme.shop']).toBe(former.applications['acme.shop']);
    expect(now.applications['acme.till']).not.toBe(former.applications['acme.till']);
  });

  it('numbers the instances of a service from 1', () => {
    const site = desire([application('shop', { services: [service('web', { replicas: 2 }), service('db')] })]);
    const keys = site.applications['acme.shop']!.instances.map(({ key }) => key);
    expect(keys).toEqual(['acme.shop.web-1', 'acme.shop.web-2', 'acme.shop.db-1']);
  });

  it('gives every name of an instance as an alias, for a short one alone waits for a dead resolver', () => {
    const { network } = desire([application('shop')]).applications['acme.shop']!.instances[0]!.sandbox;
    expect(network).toEqual({
      kind: 'network',
      network: 'acme.shop',
      aliases: ['web', 'web.shop', 'web.shop.internal', 'web-1', 'web-1.shop', 'web-1.shop.internal'],
    });
  });
});
