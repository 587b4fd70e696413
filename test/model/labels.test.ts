import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityFromLabels, leaseLabels, toLabels } from '../../src/model/labels.ts';
import { LABEL } from '../../src/model/names.ts';
import type { Identity } from '../../src/model/observed.ts';

const word = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
const identities: fc.Arbitrary<Identity> = fc.record({
  owner: word,
  site: word,
  tenant: word,
  application: word,
  applicationVersion: fc.option(word, { nil: undefined }),
  service: word,
  index: fc.integer({ min: 1, max: 5000 }),
  container: word,
  role: fc.constantFrom('container', 'init-container', 'sandbox', 'helper', 'marker'),
  revision: word,
  configHash: word,
  variables: fc.oneof(fc.constant(''), word),
});

describe('labels', () => {
  it('say who a container is, and are read back as they were written', () => {
    fc.assert(
      fc.property(identities, (identity) => {
        expect(identityFromLabels(toLabels(identity))).toEqual(identity);
      }),
    );
  });

  it('with anything of a container missing are nobody of ours', () => {
    const needed = [
      'owner',
      'site',
      'tenant',
      'application',
      'service',
      'instance',
      'container',
      'role',
      'configHash',
    ] as const;
    fc.assert(
      fc.property(identities, fc.constantFrom(...needed), (identity, missing) => {
        const labels = toLabels({ ...identity, role: 'container' });
        const rest = Object.entries(labels).filter(([label]) => label !== LABEL[missing]);
        expect(identityFromLabels(Object.fromEntries(rest))).toBeUndefined();
      }),
    );
  });

  it('of a network name no instance', () => {
    const of = { owner: 'o', site: 'local', tenant: 'acme', application: 'shop', revision: 'r' };
    const none = { applicationVersion: undefined, service: '', index: 0, container: '', configHash: '', variables: '' };
    const network: Identity = { ...of, ...none, role: 'sandbox' };
    expect(Object.keys(toLabels(network))).toHaveLength(6);
    expect(identityFromLabels(toLabels(network))).toEqual(network);
  });

  it('of a network that applications share name a tenant and no application, and nothing else may do that', () => {
    const of = { owner: 'o', site: 'local', tenant: 'acme', application: '', revision: 'r' };
    const none = { applicationVersion: undefined, service: '', index: 0, container: '', configHash: '', variables: '' };
    const network: Identity = { ...of, ...none, role: 'sandbox' };
    expect(identityFromLabels({ ...toLabels(network), [LABEL.sharedNetwork]: 'backbone' })).toEqual(network);
    expect(identityFromLabels(toLabels(network))).toBeUndefined();
    const container: Identity = { ...network, role: 'container', service: 'web', index: 1, container: 'main' };
    expect(identityFromLabels({ ...toLabels(container), [LABEL.sharedNetwork]: 'backbone' })).toBeUndefined();
  });

  it('of a lease belong to no application', () => {
    expect(identityFromLabels(leaseLabels('o', 'host-a pid 1'))).toBeUndefined();
  });
});
