import { describe, expect, it } from 'vitest';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { createDesire } from '../../src/reconcile/desire.ts';
import { application, container, resolved, SANDBOX_IMAGE, service } from '../builders.ts';
import { FakeSecrets, secretVariable } from '../secrets.ts';

const SHOP = application('shop', {
  services: [
    service('web', {
      variables: [secretVariable('PASSWORD', 'password')],
      containers: [container('main', { env: { PASSWORD: '${PASSWORD}' } })],
    }),
  ],
});
const TILL = application('till');
const CATALOG = resolved([SHOP, TILL]);

function start(site?: string) {
  const secrets = new FakeSecrets();
  const told: DesiredSite[] = [];
  const named: string[] = [];
  const desire = createDesire({
    site: { owner: 'test', sandboxImage: SANDBOX_IMAGE, site },
    secrets,
    nameSite: ({ site: name }) => named.push(name),
    tell: (desired) => told.push(desired),
  });
  return { secrets, told, named, desire };
}

const passwords = (desired: DesiredSite | undefined) =>
  desired?.applications['acme.shop']?.instances.map(({ containers }) => containers[0]?.env['PASSWORD']);

describe('what is desired of the host', () => {
  it('is told once for each catalog', () => {
    const { desire, told, named } = start();
    expect(desire(undefined)).toBeUndefined();
    expect(told).toEqual([]);
    desire(CATALOG);
    desire(CATALOG);
    expect(told).toHaveLength(1);
    desire({ ...CATALOG, revision: 'r2' });
    expect(told.map(({ revision }) => revision)).toEqual(['r1', 'r2']);
    expect(told[1]?.applications['acme.till']).toBe(told[0]?.applications['acme.till']);
    expect(named).toEqual(['local', 'local']);
  });

  it('is told again when a secret has another value, at no cost for applications that do not ask for it', () => {
    const { desire, secrets, told } = start();
    desire(CATALOG);
    expect(told[0]?.applications['acme.shop']?.unplaced[0]?.reason).toContain('value-from-vault-secret');
    secrets.deliver({ password: 'hunter2' });
    secrets.deliver({ password: 'correct horse' });
    expect(told.map(passwords)).toEqual([[], ['hunter2'], ['correct horse']]);
    expect(new Set(told.map(({ applications }) => applications['acme.till'])).size).toBe(1);
  });

  it('waits for a catalog, whatever is delivered before', () => {
    const { desire, secrets, told } = start();
    secrets.deliver({ password: 'hunter2' });
    expect(told).toEqual([]);
    desire(CATALOG);
    expect(told.map(passwords)).toEqual([['hunter2']]);
  });

  it('stays as it was while it is not clear which site this is, and the problem is told until it is', () => {
    const { desire, secrets, told } = start('north');
    const problem = desire(CATALOG);
    expect(problem).toContain('no site north');
    secrets.deliver({ password: 'hunter2' });
    expect(desire(CATALOG)).toBe(problem);
    expect(told).toEqual([]);
    const north = {
      name: 'north',
      file: 'sites/north.yaml',
      line: 1,
      column: 1,
      warnings: [],
      governed: [],
      specHash: 'n',
    };
    const document = { ...north, kind: 'site' as const, tenant: '', spec: { name: 'north', hosts: [{ name: 'n1' }] } };
    const sites: ResolvedCatalog['sites'] = { north: { document, revision: 'r1', rejected: undefined } };
    expect(desire({ ...CATALOG, sites })).toBeUndefined();
    expect(told.map(({ site }) => site)).toEqual(['north']);
  });
});
