import { describe, expect, it } from 'vitest';
import { configHash } from '../../src/desired/hash.ts';
import { application, container, desire, service } from '../builders.ts';
import { GOLDEN_HASHES, GOLDEN_SPECS } from './golden-hashes.ts';

function hashes(...specs: Parameters<typeof desire>[0]): Record<string, string> {
  const instances = Object.values(desire(specs).applications).flatMap((one) => one.instances);
  const all = instances.flatMap((instance) => [instance.sandbox, ...instance.containers]);
  return Object.fromEntries(all.map(({ name, configHash: hash }) => [name, hash]));
}

describe('the config-hash', () => {
  it('never changes from release to release: upgrading Fairlead restarts nothing', () => {
    expect(hashes(...GOLDEN_SPECS)).toEqual(GOLDEN_HASHES);
  });

  it('is blind to the order of keys and to keys that are undefined', () => {
    expect(configHash({ a: 1, b: { c: 'x', d: undefined } })).toBe(configHash({ b: { c: 'x' }, a: 1 }));
  });

  it('tells a list from another order of it, and a text from a number', () => {
    expect(configHash(['a', 'b'])).not.toBe(configHash(['b', 'a']));
    expect(configHash({ a: '1' })).not.toBe(configHash({ a: 1 }));
  });

  it.each([
    ['the image', { image: 'other:1' }],
    ['the command', { cmd: ['true'] }],
    ['no command at all', { cmd: [] }],
    ['the environment', { env: { A: '1' } }],
    ['the user', { user: '1' }],
    ['the memory limit', { memory: '1GiB' }],
    ['the init process', { 'no-builtin-init': true }],
  ])('changes with %s', (_what, fields) => {
    const of = (extra: object) =>
      hashes(application('shop', { services: [service('web', { containers: [container('nginx', extra)] })] }));
    expect(of(fields)['acme.shop.web-1.nginx']).not.toBe(of({})['acme.shop.web-1.nginx']);
    expect(of(fields)['acme.shop.web-1']).toBe(of({})['acme.shop.web-1']);
  });

  it('changes for every container with the version, and for none with the labels', () => {
    const of = (extra: object) => hashes(application('shop', extra));
    expect(Object.values(of({ version: '1.1' }))).not.toContain(Object.values(of({}))[0]);
    expect(of({ labels: { colour: 'green' } })).toEqual(of({}));
  });
});
