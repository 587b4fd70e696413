import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { application, parseApplication, parseDeployment, deployment } from './documents.ts';

// Scalars mean what the author wrote: they are decoded from their text by the type of their field (contract 2).

function containerOf(...lines: readonly string[]): unknown {
  const document = parseApplication(application('shop', ...lines)).documents[0];
  return document?.kind === 'application' ? document.spec.services[0]?.containers?.[0] : undefined;
}

describe('a field of text keeps its text', () => {
  test.each([
    ['user: 100', { user: '100' }],
    ['user: 1000:10', { user: '1000:10' }],
    [
      'env: {A: on, B: no, C: 0770, D: 1.10, E: null, F: ~, G: , H: 0x1F, I: 1e3, J: 02:00}',
      { env: { A: 'on', B: 'no', C: '0770', D: '1.10', E: 'null', F: '~', G: '', H: '0x1F', I: '1e3', J: '02:00' } },
    ],
    ['env: {A: "on", B: \'1.10\', C: !!str 5}', { env: { A: 'on', B: '1.10', C: '5' } }],
    ['cmd: [1, 2.50, true, "-s"]', { cmd: ['1', '2.50', 'true', '-s'] }],
    ['memory: 1.5 GB', { memory: '1.5 GB' }],
    ['cmd: []', { cmd: [] }],
  ])('%s', (line, expected) => expect(containerOf(line)).toMatchObject(expected));

  test('versions', () => {
    const spec = (line: string) => parseDeployment(deployment('d', 'shop', line)).documents[0]?.spec;
    expect(spec('application-version: 1.10')).toMatchObject({ 'application-version': '1.10' });
    expect(spec('application-version: "*"')).toMatchObject({ 'application-version': '*' });
    expect(parseApplication(`${application('shop')}version: 1.0\n`).documents[0]?.spec).toMatchObject({
      version: '1.0',
    });
  });

  test('an unquoted {} where a label expression belongs is the expression', () => {
    const text = 'name: d\napplication: a\nplacement: {match-site-labels: {}}\n';
    expect(parseDeployment(text).documents[0]?.spec).toMatchObject({ placement: { 'match-site-labels': '{}' } });
  });

  test('owners and modes of files', () => {
    const volume = '    volumes: [{name: v, ephemeral-volume: {size: 1GB, file-ownership: 100:0, file-mode: 0770}}]\n';
    expect(parseApplication(application('shop') + volume).documents[0]?.spec).toMatchObject({
      services: [{ volumes: [{ 'ephemeral-volume': { 'file-ownership': '100:0', 'file-mode': '0770' } }] }],
    });
  });
});

describe('a field of another type is read by that type', () => {
  test.each([
    ['cpus: 0.5', { cpus: 0.5 }],
    ['cpus: .5', { cpus: 0.5 }],
    ['cpus: 2', { cpus: 2 }],
    ['cpu-shares: 1024', { 'cpu-shares': 1024 }],
    ['no-builtin-init: true', { 'no-builtin-init': true }],
    ['no-builtin-init: false', { 'no-builtin-init': false }],
  ])('%s', (line, expected) => expect(containerOf(line)).toMatchObject(expected));
});

test('what is printed as YAML or JSON is decoded as it was', () => {
  const env = fc.dictionary(
    fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/),
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  );
  const spec = fc.record({
    name: fc.constant('shop'),
    services: fc.tuple(
      fc.record({
        name: fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/),
        replicas: fc.integer({ min: 0, max: 61 }),
        containers: fc.tuple(
          fc.record({
            name: fc.constant('nginx'),
            image: fc.constant('nginx'),
            cmd: fc.array(fc.string().filter((text) => !text.includes('\0'))),
            env: env,
            cpus: fc.integer({ min: 1, max: 1000 }).map((number) => number / 100),
            'no-builtin-init': fc.boolean(),
          }),
        ),
      }),
    ),
  });
  fc.assert(
    fc.property(spec, (value) => {
      for (const text of [stringify(value), JSON.stringify(value)]) {
        const parsed = parseApplication(text);
        expect(parsed.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(parsed.documents[0]?.spec).toEqual(value);
      }
    }),
  );
});
