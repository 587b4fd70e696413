import { describe, expect, it, test } from 'vitest';
import { fieldsOf, readSchema, type SchemaField } from './schema-fields.ts';
import { filesOf, textOf } from './tree.ts';

const application = fieldsOf(readSchema('application'));
const deployment = prefixed('deployment', 'application-deployment');
const site = prefixed('site', 'site');
const all = [...application, ...deployment, ...site];

function prefixed(prefix: string, schema: string): readonly SchemaField[] {
  return fieldsOf(readSchema(schema)).map((field) => ({ ...field, path: `${prefix}.${field.path}` }));
}

/** The fields that scenarios name to `proves` or `provesWish`: `proves('services[].replicas')`. */
function fieldsNamedTo(call: 'proves' | 'provesWish'): readonly string[] {
  const scenarios = ['test/engine/scenarios', 'test/engine/fields']
    .flatMap((folder) => filesOf('test').filter((file) => file.startsWith(`${folder}/`)))
    .map(textOf);
  const lists = new RegExp(`\\b${call}\\(([^)]*)\\)`, 'g');
  const calls = scenarios.flatMap((text) => [...text.matchAll(lists)].map(([, list = '']) => list));
  return calls.flatMap((list) => [...list.matchAll(/'([^']+)'/g)].map(([, path = '']) => path));
}

const proven = fieldsNamedTo('proves');
const wished = fieldsNamedTo('provesWish');

describe('the fields of a specification', () => {
  test.each([
    ['an application', application],
    ['an application deployment', deployment],
    ['a site', site],
    ['a policy', fieldsOf(readSchema('policy'))],
  ])('of %s are described, those that hold no others with an example', (_, fields) => {
    expect(fields.length).toBeGreaterThan(5);
    const lacking = fields.filter(({ schema, target, isLeaf }) => {
      const examples = schema.examples ?? target.examples ?? target.items?.examples;
      const hasExample = examples !== undefined || (target.items?.$ref ?? target.enum) !== undefined;
      return schema.description === undefined || (isLeaf && target.type !== 'object' && !hasExample);
    });
    expect(lacking.map(({ path }) => path)).toEqual([]);
  });

  it('are each proven on an engine by a scenario that names them', () => {
    const carriedOut = all.filter(({ isLeaf, isSupported }) => isLeaf && isSupported);
    const named = new Set([...proven, ...wished]);
    const missing = carriedOut.filter(({ path }) => !named.has(path)).map(({ path }) => path);
    expect(missing, 'no scenario proves').toEqual([]);
  });

  it('of which only what the engine is asked for is proven are these, for what not every kernel has', () => {
    const ofContainers = [
      'gpu.labels',
      'gpu.number-gpus',
      'gpu.nvidia-driver-capabilities',
      'gpu.nvidia-patterns',
      'security.apparmor.disabled',
      'security.selinux.disabled',
    ];
    const ofHosts = ['id', 'labels', 'properties'].map((field) => `site.hosts[].gpus[].${field}`);
    const kinds = ['containers[]', 'init-containers[]'];
    const wanted = kinds.flatMap((kind) => ofContainers.map((field) => `services[].${kind}.${field}`));
    expect([...new Set(wished)].sort()).toEqual([...wanted, ...ofHosts].sort());
    expect(wished.filter((path) => proven.includes(path))).toEqual([]);
  });

  it('that scenarios name are there', () => {
    const known = new Set(all.map(({ path }) => path));
    expect([...proven, ...wished].filter((path) => !known.has(path))).toEqual([]);
  });
});
