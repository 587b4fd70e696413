import { describe, expect, it } from 'vitest';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import { readChangeText } from '../../src/spec/change-text.ts';
import { checkChange, type Change } from '../../src/spec/check-change.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { toBytes } from '../spec/documents.ts';
import { applicationText, catalogOf, deploymentText, OWN, ROOT, SHOP, shop } from './policy-texts.ts';

const DEPLOYED = 'tenants/acme/application-deployments/shop.yaml';

function tree(policies: Readonly<Record<string, string>>): ResolvedCatalog {
  return resolveCatalog(catalogOf({ [SHOP]: shop(), [DEPLOYED]: deploymentText('shop'), ...policies }), []);
}

function check(text: string, how: 'whole' | 'merge', catalog: ResolvedCatalog): readonly string[] {
  const read = readChangeText(toBytes(text));
  if ('problem' in read) throw new Error(read.problem.message);
  const change: Change = { how, text: read };
  return checkChange(change, { kind: 'application', tenant: 'acme', name: 'shop' }, catalog).map(
    ({ message, place }) => `${place === undefined ? '' : `${place.line}:${place.column}: `}${message}`,
  );
}

describe('a change that is checked before it is committed', () => {
  it('is judged by the policies', () => {
    const catalog = tree({ [ROOT]: 'containers: { capabilities: [] }' });
    expect(check(shop('cpus: 1'), 'whole', catalog)).toEqual([]);
    expect(check(shop('additional-capabilities: [NET_ADMIN]'), 'whole', catalog)).toEqual([
      expect.stringMatching(/^7:35: services\[0\].*the capability NET_ADMIN may not be had/),
    ]);
    const part = 'services: [{ name: web, containers: [{ name: main, additional-capabilities: [NET_ADMIN] }] }]';
    expect(check(part, 'merge', catalog)).toEqual([expect.stringContaining('the capability NET_ADMIN may not be had')]);
  });

  it('may not take its tenant beyond its quota', () => {
    const catalog = tree({ [OWN]: 'quotas: { instances: 2 }' });
    expect(check(applicationText('shop', ['replicas: 2']), 'whole', catalog)).toEqual([]);
    expect(check(applicationText('shop', ['replicas: 3']), 'whole', catalog)).toEqual([
      expect.stringContaining('tenant acme may have 2 instances at a site'),
    ]);
  });

  it('is not good while it is not known what it has to keep to', () => {
    expect(check(shop(), 'whole', tree({ [OWN]: 'quotas: [' }))).toEqual([
      expect.stringContaining(`the policy is not known: ${OWN}:1:`),
    ]);
    expect(check(shop(), 'whole', tree({ 'tenants/beta/policy.yaml': 'quotas: [' }))).toEqual([]);
  });
});
