import { describe, expect, it } from 'vitest';
import { buildCatalog } from '../../src/spec/build-catalog.ts';
import { parseFile } from '../../src/spec/parse-file.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';

const FILE = 'tenants/acme/tenant.yaml';
const parse = (text: string, file = FILE) => parseFile(file, new TextEncoder().encode(text));
const messages = (text: string) =>
  parse(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

/** What is in force of acme. */
function settings(head: string, ...earlier: readonly string[]) {
  const versions = earlier.map((text, i) => ({ revision: `e${i}`, parsed: parse(text) }));
  return resolveCatalog(buildCatalog('r1', [parse(head)], []), versions);
}

describe('tenant.yaml', () => {
  it.each(['exec: forbidden\n', 'name: acme\nexec: forbidden\n', '{"exec": "forbidden"}'])(
    'names the tenant by its folder: %j',
    (text) => {
      const { problems, documents } = parse(text);
      expect(problems).toEqual([]);
      expect(documents).toMatchObject([
        { kind: 'tenant', tenant: 'acme', name: 'acme', spec: { name: 'acme', exec: 'forbidden' } },
      ]);
    },
  );

  it.each([
    ['name: beta\n', '1:7 name: the folder says that the tenant is called "acme"'],
    ['exec: never\n', '1:7 exec: '],
    ['excec: forbidden\n', '1:1 '],
  ])('is wrong when it says %j', (text, problem) => {
    expect(messages(text)).toEqual([expect.stringContaining(problem)]);
  });

  it('is in force by the name of the tenant', () => {
    expect(settings('exec: forbidden').tenants['acme']?.document.spec.exec).toBe('forbidden');
  });

  it('stays in force as it last was while it is broken', () => {
    const { tenants, frozenTenants } = settings('exec: forbiden', 'exec: forbidden', 'exec: allowed');
    expect(tenants['acme']).toMatchObject({ revision: 'e0', document: { spec: { exec: 'forbidden' } } });
    expect(frozenTenants).toEqual({});
  });

  it('that was never valid holds nothing up', () => {
    expect(settings('exec: forbiden')).toMatchObject({ tenants: {}, frozenTenants: {}, leftAlone: {} });
  });

  it('is one, in one file', () => {
    const twice = [parse('exec: forbidden'), parse('exec: allowed', 'tenants/acme/tenant.yml')];
    const { tenants, problems } = resolveCatalog(buildCatalog('r1', twice, []), []);
    expect(tenants).toEqual({});
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('another file of settings of this tenant'),
      expect.stringContaining('another file of settings of this tenant'),
    ]);
  });
});
