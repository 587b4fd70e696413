import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/spec/limits.ts';
import { parseFile } from '../../src/spec/parse-file.ts';
import { APPLICATION_FILE, application, errorsOf, parseApplication, toBytes } from './documents.ts';

/** The most CPU time, in µs, for safety only: each takes a small part of it. */
const MOST_CPU_US = 10_000_000;
const MIB = LIMITS.fileBytes;

function fill(piece: string): string {
  return piece.repeat(Math.floor(MIB / piece.length));
}

/** An alias bomb: 10^9 values once followed. */
const BOMB = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
  'name: shop',
  'services: *a9',
].join('\n');

/** A text of 100 kB six thousand times: well within the number of values. */
const TEXT_BOMB = application(
  'shop',
  'env:',
  `  A: &a "${'x'.repeat(100_000)}"`,
  ...Array.from({ length: 6000 }, (_, index) => `  B${index}: *a`),
);

/** A chain of aliases, each one level deeper. */
const LADDER = `${Array.from({ length: 5000 }, (_, i) => `- &a${i} [${i === 0 ? 'x' : `*a${i - 1}`}]`).join('\n')}\n`;

describe('is told in words, soon, and never thrown', () => {
  test.each<readonly [string, Uint8Array, string]>([
    ['50 MB', new Uint8Array(50 * 1024 * 1024).fill(0x61), 'the file is larger than 1 MiB and is not read'],
    ['a NUL byte', toBytes('name: a\0b'), 'the file holds a NUL byte, so it is no text'],
    [
      'UTF-16',
      new Uint8Array(Buffer.from('\ufeffname: shop', 'utf16le')),
      'the file holds a NUL byte, so it is no text',
    ],
    ['Latin-1', new Uint8Array([0x6e, 0xe5]), 'the file is not UTF-8'],
    ['deep flow sequences', toBytes(fill('[')), 'the file is nested deeper than 64 levels'],
    ['deep flow mappings', toBytes(fill('{a: ')), 'the file is nested deeper than 64 levels'],
    ['deep block sequences', toBytes(fill('- ')), 'the file is nested deeper than 64 levels'],
    [
      'deep block mappings',
      toBytes(Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')),
      'the file is nested deeper than 64 levels',
    ],
    ['deep keys', toBytes(fill('? ')), 'the file is nested deeper than 64 levels'],
    ['many documents', toBytes(fill('---\na: b\n')), 'the file holds more than 500 documents; split it'],
    [
      'many keys',
      toBytes(Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`).join('\n')),
      'the file holds more than 60000 pieces of YAML; split it',
    ],
    ['many closing brackets', toBytes(fill(']')), 'the file holds more than 60000 pieces of YAML; split it'],
    ['many anchors', toBytes(fill('&a ')), 'the file holds more than 60000 pieces of YAML; split it'],
    ['many quotes', toBytes(fill('"')), 'the file holds more than 60000 pieces of YAML; split it'],
    [
      'many broken escapes',
      toBytes(`a: [${'"\\x \\q \\UFFFFFFFF", '.repeat(40)}]`),
      'the file holds more than 100 broken escapes (\\ in quotes)',
    ],
    ['only tabs', toBytes(fill('\t')), 'the file holds no document; delete the file to remove what it held'],
    ['an alias bomb', toBytes(BOMB), 'the document holds more than 50000 values once its aliases are followed'],
    [
      'a long text often',
      toBytes(TEXT_BOMB),
      'the document holds more than 1 MiB of text once its aliases are followed',
    ],
    [
      'an alias in itself',
      toBytes('name: shop\nservices: &s [*s]\n'),
      'services[0]: the alias `*s` has no anchor before it',
    ],
  ])('%s', (_, bytes, message) => {
    const before = process.cpuUsage();
    const parsed = parseFile(APPLICATION_FILE, bytes);
    expect(process.cpuUsage(before).user).toBeLessThan(MOST_CPU_US);
    expect(parsed.documents).toEqual([]);
    expect(parsed.rejected).toHaveLength(1);
    expect(errorsOf(parsed).join('\n')).toContain(message);
  });

  test.each([
    ['a mapping as wide as allowed', Array.from({ length: 14_000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['a thousand mistakes', `name: shop\nservices:\n${'  - {name: A, x: 1, containers: [{}]}\n'.repeat(2000)}`],
    ['equal keys', 'a: 1\n'.repeat(14_000)],
    ['a ladder of aliases', LADDER],
    ['broken escapes', `"${fill('\\x')}"`],
    [
      'mounts and ports beyond number',
      application(
        'shop',
        `mounts: [${'{volume-name: a, mount-path: /a, mode: read-only}, '.repeat(4000)}]`,
        `ports: [${'{container-port: 1, host-port: 1}, '.repeat(3000)}]`,
      ),
    ],
    ['one long line', `name: ${'a'.repeat(MIB - 100)}`],
    ['an endless pattern', `name: ${'a-'.repeat(500_000)}!`],
  ])('%s', (_, text) => {
    const before = process.cpuUsage();
    const parsed = parseApplication(text);
    expect(process.cpuUsage(before).user).toBeLessThan(MOST_CPU_US);
    expect(parsed.rejected).not.toEqual([]);
    expect(parsed.problems.length).toBeLessThanOrEqual(LIMITS.problemsPerFile + 1);
  });

  test('more problems than anybody reads are counted', () => {
    const parsed = parseApplication(
      `${application('shop')}${Array.from({ length: 150 }, (_, i) => `k${i}: 1`).join('\n')}`,
    );
    expect(parsed.problems).toHaveLength(LIMITS.problemsPerFile + 1);
    expect(parsed.problems.at(-1)?.message).toBe('… and 50 more problems in this file');
  });

  test('a text full of escapes as they should be is one value', () => {
    const escapes = String.raw`\x41 \u00e4 \U0001F600 \" \\ \/ \n \e \_ \N \L \P`;
    expect(errorsOf(parseApplication(application('shop', `cmd: ["${escapes.repeat(200)}"]`)))).toEqual([]);
  });

  test('a block of text as large as a file may be is one value', () => {
    const line = `${' '.repeat(14)}- [ { ( & * ! | > ' " % @ \` [ [\n`;
    const item = `          items:\n          - name: a\n            data: |\n${line.repeat(20_000)}`;
    const block = `${application('shop')}    volumes:\n      - name: v\n        config-map:\n${item}`;
    expect(errorsOf(parseApplication(block))).toEqual([]);
  });
});

test('keys of Object.prototype are keys like any other', () => {
  const parsed = parseApplication(
    `${application('shop')}__proto__: {polluted: true}\nlabels: {constructor: x, tostring: y}\n`,
  );
  expect(errorsOf(parsed)).toHaveLength(1);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  const labels = parseApplication(`${application('shop')}labels: {constructor: x}\n`).documents[0]?.spec;
  expect(labels).toMatchObject({ labels: { constructor: 'x' } });
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const parsed = parseFile(APPLICATION_FILE, bytes);
      expect(parsed.documents.length + parsed.rejected.length).toBeGreaterThan(0);
    }),
  );
});

test('no damage to a good document makes it throw, and every problem lies within the text', () => {
  const whole = readFileSync(new URL('./fixtures/whole-application.yaml', import.meta.url), 'utf8');
  const pieces = fc.constantFrom(
    '',
    ' ',
    '\n',
    '  ',
    ':',
    '- ',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    '&a ',
    '*a',
    '!',
    '|',
    '#',
    '\t',
    '---\n',
    '~',
    '0',
    '<<: ',
  );
  const damage = fc.record({ at: fc.nat(whole.length), length: fc.nat(20), piece: pieces });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (all) => {
      const text = all.reduce((t, { at, length, piece }) => t.slice(0, at) + piece + t.slice(at + length), whole);
      const lines = text.split('\n');
      for (const { line, column } of parseApplication(text).problems) {
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThan(0);
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
      }
    }),
    { numRuns: 150 },
  );
});
