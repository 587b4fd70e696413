import { describe, expect, it } from 'vitest';
import { applyJsonPatch } from '../../src/spec/json-patch.ts';
import { applicationValidator } from '../../src/spec/validator.ts';
import { readDocuments } from '../../src/spec/yaml-documents.ts';

const SHOP = {
  name: 'shop',
  version: '1.0',
  labels: { 'example.com/a': 'b' },
  services: [{ name: 'web', replicas: 2, containers: [{ name: 'nginx', image: 'nginx:1.27' }] }],
};

function patch(operations: unknown, whole: unknown = SHOP): unknown {
  return patchText(JSON.stringify(operations), whole);
}

function patchText(text: string, whole: unknown = SHOP): unknown {
  const [document] = readDocuments(text);
  const patched = applyJsonPatch(document!, whole, applicationValidator.schema);
  return 'finding' in patched ? patched.finding.message : patched.value;
}

describe('a JSON Patch', () => {
  it('adds, replaces, removes, moves, copies and tests, one after another', () => {
    expect(
      patch([
        { op: 'test', path: '/version', value: '1.0' },
        { op: 'replace', path: '/version', value: '1.1' },
        { op: 'add', path: '/services/0/mode', value: 'replicated' },
        { op: 'copy', from: '/services/0', path: '/services/-' },
        { op: 'replace', path: '/services/1/name', value: 'web2' },
        { op: 'move', from: '/services/1', path: '/services/0' },
        { op: 'remove', path: '/services/1/replicas' },
        { op: 'remove', path: '/labels/example.com~1a' },
      ]),
    ).toEqual({
      name: 'shop',
      version: '1.1',
      labels: {},
      services: [
        { ...SHOP.services[0], name: 'web2', mode: 'replicated' },
        { name: 'web', containers: SHOP.services[0]!.containers, mode: 'replicated' },
      ],
    });
  });

  it('may be written as YAML', () => {
    expect(patchText('- op: replace\n  path: /version\n  value: 1.1\n')).toEqual({ ...SHOP, version: '1.1' });
  });

  it('reads its values by what the schema says is there: texts stay what was written, numbers are numbers', () => {
    expect(patchText('[{"op": "replace", "path": "/version", "value": 1.10}]')).toMatchObject({ version: '1.10' });
    expect(patchText('[{"op": "replace", "path": "/services/0/replicas", "value": 3}]')).toMatchObject({
      services: [{ replicas: 3 }],
    });
    expect(patchText('[{"op": "test", "path": "/services/0/replicas", "value": 2}]')).toEqual(SHOP);
    const container = '{name: x, image: "i:1", mounts: [], env: {A: 1.50}}';
    expect(patchText(`[{op: add, path: /services/0/containers/-, value: ${container}}]`)).toMatchObject({
      services: [{ containers: [{}, { env: { A: '1.50' } }] }],
    });
  });

  it('may replace everything', () => {
    expect(patch([{ op: 'replace', path: '', value: { name: 'shop' } }])).toEqual({ name: 'shop' });
    expect(patch([{ op: 'remove', path: '' }])).toBeNull();
    expect(patch([{ op: 'move', from: '/labels', path: '' }])).toEqual(SHOP.labels);
  });

  it('ignores keys that mean nothing, and does nothing when it is empty', () => {
    expect(patch([{ op: 'test', path: '/name', value: 'shop', comment: 'x' }])).toEqual(SHOP);
    expect(patch([])).toEqual(SHOP);
  });

  it('leaves the document it is made from as it is', () => {
    const whole = structuredClone(SHOP);
    patch([{ op: 'remove', path: '/services/0/containers' }], whole);
    expect(whole).toEqual(SHOP);
  });

  it.each([
    [[{ op: 'test', path: '/version', value: '1.1' }], 'operation 1 (test "/version"): the value there is another'],
    [
      [
        { op: 'test', path: '/version', value: '1.0' },
        { op: 'remove', path: '/nothing' },
      ],
      'operation 2 (remove "/nothing"): there is nothing at "/nothing"',
    ],
    [[{ op: 'replace', path: '/services/1/name', value: 'x' }], 'there is nothing at "/services/1/name"'],
    [[{ op: 'replace', path: '/services/-', value: 'x' }], 'there is nothing at "/services/-"'],
    [[{ op: 'replace', path: '/services/00/name', value: 'x' }], 'there is nothing at'],
    [[{ op: 'add', path: '/services/2', value: {} }], 'nothing can be put there'],
    [[{ op: 'add', path: '/services/x', value: {} }], 'nothing can be put there'],
    [[{ op: 'add', path: '/version/x', value: {} }], 'nothing can be put there'],
    [[{ op: 'add', path: '/a/b', value: {} }], 'nothing can be put there'],
    [[{ op: 'copy', from: '/version', path: '/services/9' }], 'nothing can be put there'],
    [[{ op: 'move', from: '/nothing', path: '/a' }], 'there is nothing at "/nothing"'],
    [[{ op: 'move', from: '/services', path: '/services/0/a' }], 'nothing can be moved into itself'],
    [[{ op: 'add', path: 'version', value: 1 }], '"version" is not a JSON pointer'],
    [[{ op: 'add', path: '/a~2', value: 1 }], '"/a~2" is not a JSON pointer'],
    [[{ op: 'add', path: '/a'.repeat(70), value: 1 }], 'is not a JSON pointer'],
    [[{ op: 'add', path: '/a' }], 'operation 1 (add "/a"): `value` is missing'],
    [[{ op: 'copy', path: '/a' }], 'operation 1 (copy "/a"): `from` is missing'],
    [[{ op: 'add' }], 'operation 1 (add): `path` is missing'],
    [[{ op: 'append', path: '/a' }], 'operation 1: `op` has to be one of add, remove'],
    [['add'], 'operation 1: it has to be a mapping'],
    [{ op: 'remove', path: '/a' }, 'a JSON Patch has to be a list of operations'],
    [Array.from({ length: 501 }, () => ({ op: 'test', path: '/name', value: 'shop' })), 'more than 500 operations'],
  ])('%j is refused: %s', (operations, message) => {
    expect(patch(operations)).toContain(message);
  });

  it.each([
    '/__proto__',
    '/__proto__/polluted',
    '/constructor/prototype/polluted',
    '/services/0/__proto__/polluted',
    '/constructor/polluted',
    '/toString/polluted',
  ])('reaches nothing but what the document holds itself: %s', (path) => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    expect(patch([{ op: 'add', path, value: 'yes' }])).toBeTypeOf('string');
    expect(patch([{ op: 'copy', from: path, path: '/a' }])).toBeTypeOf('string');
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });

  it('finds nothing that is merely inherited', () => {
    for (const op of ['remove', 'replace', 'test'])
      expect(patch([{ op, path: '/toString', value: 'x' }])).toContain('there is nothing at "/toString"');
    expect(patch([{ op: 'copy', from: '/hasOwnProperty', path: '/a' }])).toContain('there is nothing at');
    expect(patch([{ op: 'test', path: '/labels', value: { hasOwnProperty: 'x' } }])).toContain('is another');
  });

  it('cannot grow a document without end by copies of copies', () => {
    const doubling = Array.from({ length: 30 }, () => ({ op: 'copy', from: '/services', path: '/services/-' }));
    expect(patch(doubling)).toMatch(
      /^operation \d+ \(copy "\/services\/-"\): the patch adds, moves and copies more than 1 MiB/,
    );
  });

  it('cannot nest a document without end by moving it into itself step by step', () => {
    const deeper = Array.from({ length: 60 }, () => [
      { op: 'add', path: '/a', value: {} },
      { op: 'move', from: '/services', path: '/a/b' },
      { op: 'move', from: '/a', path: '/services' },
    ]);
    expect(patch(deeper.flat())).toContain('this is nested deeper than 64 levels');
  });
});
