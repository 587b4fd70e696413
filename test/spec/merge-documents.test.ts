import { describe, expect, it } from 'vitest';
import { mergeDocuments } from '../../src/spec/merge-documents.ts';
import { applicationValidator } from '../../src/spec/validator.ts';

const { schema } = applicationValidator;
const merge = (whole: unknown, part: unknown) => mergeDocuments(whole, part, schema);

const NGINX = { name: 'nginx', image: 'nginx:1.27', cmd: ['nginx', '-g', 'daemon off;'], env: { A: '1', B: '2' } };
const LOG = { name: 'log', image: 'log:1' };
const WEB = { name: 'web', replicas: 2, containers: [NGINX, LOG] };
const DB = { name: 'db', containers: [{ name: 'db', image: 'db:1' }] };
const SHOP = { name: 'shop', version: '1.0', services: [WEB, DB] };

describe('a part laid over a document', () => {
  it('replaces scalars, adds keys and leaves the rest', () => {
    expect(merge(SHOP, { version: '1.1', labels: { a: 'b' } })).toEqual({
      ...SHOP,
      version: '1.1',
      labels: { a: 'b' },
    });
  });

  it('changes one container of one service by their names', () => {
    const part = { services: [{ name: 'web', containers: [{ name: 'log', image: 'log:2' }] }] };
    const web = { ...WEB, containers: [NGINX, { ...LOG, image: 'log:2' }] };
    expect(merge(SHOP, part)).toEqual({ ...SHOP, services: [web, DB] });
  });

  it('keeps the order of what is named, whatever its own, and puts what is new last', () => {
    const part = { services: [{ name: 'new' }, { name: 'db' }, { name: 'web' }] };
    expect(merge(SHOP, part)).toEqual({ ...SHOP, services: [WEB, DB, { name: 'new' }] });
  });

  it('takes nothing away: an empty list of named things changes nothing', () => {
    expect(merge(SHOP, { services: [] })).toEqual(SHOP);
  });

  it('merges mappings key by key', () => {
    const part = { services: [{ name: 'web', containers: [{ name: 'nginx', env: { B: '3', C: '4' } }] }] };
    expect(merge(SHOP, part)).toMatchObject({
      services: [{ containers: [{ env: { A: '1', B: '3', C: '4' } }, LOG] }, DB],
    });
  });

  it('replaces lists of what has no name, even by an empty one', () => {
    const part = { services: [{ name: 'web', containers: [{ name: 'nginx', cmd: [] }] }] };
    expect(merge(SHOP, part)).toMatchObject({ services: [{ containers: [{ cmd: [] }, LOG] }, DB] });
    const [from1, from2] = ['1', '2'].map((version) => ({ 'version-regexp': version, method: 'none' }));
    expect(merge({ ...SHOP, 'upgrade-from': [from1] }, { 'upgrade-from': [from2] })).toEqual({
      ...SHOP,
      'upgrade-from': [from2],
    });
  });

  it('replaces whatever is of another kind', () => {
    expect(merge(SHOP, { services: 'none' })).toEqual({ ...SHOP, services: 'none' });
    expect(merge(SHOP, { version: { a: 'b' } })).toEqual({ ...SHOP, version: { a: 'b' } });
    expect(merge(SHOP, { services: [{ name: 'web', replicas: null }] })).toMatchObject({
      services: [{ replicas: null }, DB],
    });
  });

  it('replaces a list in which a name stands twice: there is nothing to go by', () => {
    const part = { services: [DB, DB] };
    expect(merge(SHOP, part)).toEqual({ ...SHOP, services: [DB, DB] });
  });

  it('takes keys of every name as they are', () => {
    const part: unknown = JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": "c"}');
    const merged = merge(SHOP, part) as object;
    expect(Object.keys(merged)).toEqual(['name', 'version', 'services', '__proto__', 'constructor']);
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });

  it('changes neither of the two', () => {
    const [whole, part] = [structuredClone(SHOP), { services: [{ name: 'web', replicas: 3 }] }];
    merge(whole, part);
    expect(whole).toEqual(SHOP);
    expect(part).toEqual({ services: [{ name: 'web', replicas: 3 }] });
  });
});
