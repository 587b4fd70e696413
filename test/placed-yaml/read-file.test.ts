import { describe, expect, it } from 'vitest';
import { checkKeys, readPath, readText, readTexts } from '../../src/placed-yaml/fields.ts';
import type { PlacedValue } from '../../src/placed-yaml/placed-value.ts';
import { FileProblems, readPlacedFile } from '../../src/placed-yaml/read-file.ts';

const read = <T>(text: string, reader: (contents: PlacedValue) => T) => readPlacedFile(text, 'f.yaml', reader);

function problemsOf(text: string, reader: (contents: PlacedValue) => unknown): readonly string[] {
  try {
    read(text, reader);
    return [];
  } catch (error) {
    if (error instanceof FileProblems) return error.message.split('\n');
    throw error;
  }
}

describe('a file that a setting names', () => {
  it('gives its values as they are written, YAML or JSON', () => {
    const shape = ({ at }: PlacedValue) => [at('a').text, at('b').items?.map(({ text }) => text), at('c').at('d').text];
    const expected = ['007', ['x', 'true'], '1.10'];
    expect(read('a: 007\nb: [x, true]\nc:\n  d: 1.10\n', shape)).toEqual(expected);
    expect(read('{"a": "007", "b": ["x", true], "c": {"d": "1.10"}}', shape)).toEqual(expected);
  });

  it('tells every problem with its place, in the order they are found', () => {
    const problems = problemsOf('a: 1\nb:\n  - x\n  - y: 2\n', (contents) => {
      contents.at('b').items?.[1]?.at('y').refuse('is 2');
      contents.at('a').refuse('is 1');
    });
    expect(problems).toEqual(['f.yaml:4:8: is 2', 'f.yaml:1:4: is 1']);
  });

  it('tells of what is missing at the mapping it is missing from, and of an empty file at its start', () => {
    expect(problemsOf('a:\n  b: 1\n', ({ at }) => at('a').at('c').refuse('missing'))).toEqual(['f.yaml:2:3: missing']);
    expect(problemsOf('', ({ refuse }) => refuse('nothing'))).toEqual(['f.yaml:1:1: nothing']);
  });

  it('is not read any further, nor quoted, where it is no YAML', () => {
    const problems = problemsOf('token: "hunter2\n', () => expect.unreachable('the reader is not called'));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^f\.yaml:\d+:\d+: not valid YAML \([a-z ]+\)$/);
  });

  it('may not say a key twice, nor be two documents', () => {
    expect(problemsOf('a: 1\na: 2\n', () => undefined)).toEqual(['f.yaml:2:1: not valid YAML (duplicate key)']);
    expect(problemsOf('a: 1\n---\na: 2\n', () => undefined)[0]).toContain('not valid YAML (multiple docs)');
  });
});

describe('the fields of a mapping', () => {
  it.each([
    [
      'an unknown key',
      'b: 1',
      (value: PlacedValue) => checkKeys(value, ['a', 'c']),
      '1:1: unknown key, expected one of a, c',
    ],
    ['no text', 'a: []', (value: PlacedValue) => readText(value, 'a'), '1:4: a: expected a text'],
    ['an empty text', "a: ''", (value: PlacedValue) => readText(value, 'a'), '1:4: a: expected a text'],
    [
      'no texts',
      'a: [x, []]',
      (value: PlacedValue) => readTexts(value, 'a'),
      '1:4: a: expected a text, or a list of texts',
    ],
    [
      'a relative path',
      'a: x/y',
      (value: PlacedValue) => readPath(value, 'a'),
      '1:4: a: expected the path of a file, from / on',
    ],
  ])('are refused with a place: %s', (_, text, reader, problem) => {
    expect(problemsOf(text, reader)).toEqual([`f.yaml:${problem}`]);
  });

  it('may be one text or several', () => {
    expect(read('a: x\nb: [y, 2]\n', (value) => [readTexts(value, 'a'), readTexts(value, 'b')])).toEqual([
      ['x'],
      ['y', '2'],
    ]);
  });
});
