import { describe, expect, it } from 'vitest';
import { desiredSite } from '../../src/desired/site.ts';
import type { ApplicationDeploymentSpec } from '../../src/model/application-deployment-spec.ts';
import { UNKNOWN_HISTORY, type ResolvedCatalog } from '../../src/model/catalog.ts';
import { application, container, desire, resolved, service, siteContext, siteHost } from '../builders.ts';

const CONTEXT = siteContext();

function deployedBy(
  fields: Partial<ApplicationDeploymentSpec>,
  catalog = resolved([application('shop')]),
): ResolvedCatalog {
  const deployment = catalog.deployments['acme.shop']!;
  const document = { ...deployment.document, spec: { ...deployment.document.spec, ...fields } };
  return { ...catalog, deployments: { 'acme.shop': { ...deployment, document } } };
}

const inForce = (version: string) =>
  resolved([application('shop', { version })], { revision: `commit of ${version}` }).applications['acme.shop']!;

/** With these earlier versions of the shop. */
function withHistory(catalog: ResolvedCatalog, versions: readonly string[]): ResolvedCatalog {
  return { ...catalog, history: { ...catalog.history, versions: { 'acme.shop': versions.map(inForce) } } };
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

  it('leaves what runs alone when a version is pinned that there is not, and says why', () => {
    const site = desiredSite(deployedBy({ 'application-version': '0.9' }), CONTEXT);
    expect(site).toMatchObject({ applications: {}, earlier: {}, awaited: [], versionsComplete: true });
    expect(site.leftAlone['acme.shop']).toContain('wants version 0.9 of application shop, which has 1.0');
  });

  it('leaves what runs alone while the pinned version may yet be found', () => {
    const catalog = { ...deployedBy({ 'application-version': '0.9' }), history: UNKNOWN_HISTORY };
    const site = desiredSite(catalog, CONTEXT);
    expect(site).toMatchObject({ applications: {}, awaited: ['acme.shop'], versionsComplete: false });
    expect(site.leftAlone['acme.shop']).toContain('it is still looked for in the history');
  });

  it('runs an older version that is pinned, as the commit that has it says', () => {
    const site = desiredSite(withHistory(deployedBy({ 'application-version': '0.9' }), ['0.9', '0.8']), CONTEXT);
    expect(site.applications['acme.shop']).toMatchObject({ version: '0.9', revision: 'commit of 0.9' });
    expect(site.earlier['acme.shop']!.map(({ version }) => version)).toEqual(['1.0', '0.8']);
    expect(site.leftAlone).toEqual({});
  });

  it('knows what an application would be in its other versions, of those it runs and no others', () => {
    const catalog = withHistory(resolved([application('shop')]), ['0.9', '0.8']);
    const { earlier } = desiredSite(catalog, CONTEXT);
    expect(earlier['acme.shop']!.map(({ version, revision }) => [version, revision])).toEqual([
      ['0.9', 'commit of 0.9'],
      ['0.8', 'commit of 0.8'],
    ]);
    expect(desiredSite({ ...catalog, deployments: {} }, CONTEXT).earlier).toEqual({});
  });

  it('keeps the very same objects when a version becomes an earlier one, and an earlier one the pinned', () => {
    const former = desiredSite(withHistory(resolved([application('shop')]), ['0.9']), CONTEXT);
    const shop = former.applications['acme.shop']!;
    const next = resolved([application('shop', { version: '2.0' })], { revision: 'r2' });
    const again = { versions: { 'acme.shop': [inForce('1.0'), inForce('0.9')] } };
    const now = desiredSite({ ...next, history: { ...next.history, ...again } }, CONTEXT, former);
    expect(now.earlier['acme.shop']![0]).toBe(shop);
    expect(now.earlier['acme.shop']![1]).toBe(former.earlier['acme.shop']![0]);
    const pinned = deployedBy({ 'application-version': '1.0' }, next);
    const back = desiredSite({ ...pinned, history: { ...next.history, ...again } }, CONTEXT, now);
    expect(back.applications['acme.shop']).toBe(shop);
    const unchanged = desiredSite({ ...pinned, history: { ...next.history, ...again } }, CONTEXT, back);
    expect(unchanged.earlier['acme.shop']).toBe(back.earlier['acme.shop']);
  });

  it('keeps the very same object for an application whose text did not change', () => {
    const former = desire([application('shop'), application('till')]);
    const now = desire([application('shop'), application('till', { version: '2.0' })], { revision: 'r2', former });
    expect(now.applications['acme.shop']).toBe(former.applications['acme.shop']);
    expect(now.applications['acme.till']).not.toBe(former.applications['acme.till']);
  });

  it('keeps them over a host that is read again and says the same, and makes all anew for one that does not', () => {
    const former = desire([application('shop')]);
    const same = desire([application('shop')], { host: siteHost(), former });
    expect(same.host).toBe(former.host);
    expect(same.applications['acme.shop']).toBe(former.applications['acme.shop']);
    const other = desire([application('shop')], { host: siteHost({ name: 'h2' }), former });
    expect(other.host.name).toBe('h2');
    expect(other.applications['acme.shop']).not.toBe(former.applications['acme.shop']);
  });

  it('makes all anew when it is another site', () => {
    const catalog = resolved([application('shop')]);
    const former = desiredSite(catalog, CONTEXT);
    const now = desiredSite(catalog, siteContext({ site: 'north' }), former);
    expect(now.applications['acme.shop']).not.toBe(former.applications['acme.shop']);
  });

  it('lists the instances its host cannot take, with the reason, beside those it can', () => {
    const gpu = service('ai', { replicas: 2, containers: [container('main', { gpu: {} })] });
    const shop = desire([application('shop', { services: [service('web'), gpu] })]).applications['acme.shop']!;
    expect(shop.instances.map(({ key }) => key)).toEqual(['acme.shop.web-1']);
    expect(shop.unplaced.map(({ key, reason }) => [key, reason])).toEqual([
      ['acme.shop.ai-1', 'host local has no GPUs'],
      ['acme.shop.ai-2', 'host local has no GPUs'],
    ]);
  });

  it('runs one instance on every host that matches, so none where the host does not', () => {
    const everywhere = (expression: string) => {
      const placement = { 'match-host-labels': expression };
      const agent = service('agent', { mode: 'one-per-matching-host', placement });
      const host = siteHost({ labels: { arch: 'arm64' } });
      const { instances, unplaced } = desire([application('shop', { services: [agent] })], { host }).applications[
        'acme.shop'
      ]!;
      return [instances.length, unplaced.length];
    };
    expect(everywhere('arch = arm64')).toEqual([1, 0]);
    expect(everywhere('arch = amd64')).toEqual([0, 0]);
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
