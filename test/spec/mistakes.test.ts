import { describe, expect, test } from 'vitest';
import { application, errorsOf, parseApplication } from './documents.ts';

describe('a quote or bracket that is not closed is told where it opens, once', () => {
  const INDENT = (bracket: string) => ` (every line up to its \`${bracket}\` has to be indented)`;
  test.each([
    ['name: "shop', '1:7', 'quote'],
    ["name: 'shop\nservices: []\n", '1:7', 'quote'],
    ["- 'a'\n- &b 'b\n- 'c'\n", '2:6', 'quote'],
    ["? 'key\n: value\n", '1:3', 'quote'],
    ['a: "x\n---\nname: b\n', '1:4', 'quote'],
    ["a: [\n  'x,\n  y\n]\n", '2:3', 'quote'],
    ['{', '1:1', 'bracket `{`'],
    ['name: shop\nservices: [\n', '2:11', 'bracket `[`'],
    ['a: {b: [1, 2}\n', '1:8', 'bracket `[`'],
    ['{"a": 1,\n "b": [1, 2,\n "c": 3}\n', '2:7', 'bracket `[`'],
    ['x:\n  a: [1,\n  b: 2\n', '2:6', `bracket \`[\``, INDENT(']')],
    ['a:\n  - b: {\n  c: d\n  }\n', '2:8', `bracket \`{\``, INDENT('}')],
  ])('%j', (text, place, what, hint = '') => {
    expect(errorsOf(parseApplication(text))).toContain(
      `${place}: this is not valid YAML: the ${what} that opens here is not closed${hint}`,
    );
    expect(errorsOf(parseApplication(text)).filter((error) => error.includes('not valid YAML'))).toHaveLength(1);
  });

  test('what is wrong before it is told, too', () => {
    expect(errorsOf(parseApplication('a: b: c\nd: "e\n'))).toEqual([
      expect.stringMatching(/^1:4: this is not valid YAML: /),
      '2:4: this is not valid YAML: the quote that opens here is not closed',
    ]);
  });
});

describe('a misspelt key is not missing as well', () => {
  test.each([
    ['name: shop\nservces: []\n', ['2:1: servces: this key is unknown (did you mean `services`?)']],
    [
      application('shop').replace('image:', 'imgae:'),
      ['6:9: services[0].containers[0].imgae: this key is unknown (did you mean `image`?)'],
    ],
    [
      application('shop').replace('name: web', 'colour: web'),
      [
        expect.stringContaining('colour: this key is unknown'),
        expect.stringContaining('services[0]: `name` is missing'),
      ],
    ],
    [
      `${application('shop')}services2: []\n`.replace('services:', 'servces:'),
      ['2:1: servces: this key is unknown (did you mean `services`?)', expect.stringContaining('services2: this key')],
    ],
    [
      `${application('shop')}    placment: {}\n`.replace('name: shop', 'nmae: shop'),
      [expect.stringContaining('did you mean `name`?'), expect.stringContaining('did you mean `placement`?')],
    ],
  ])('%j', (text, errors) => expect(errorsOf(parseApplication(text))).toEqual(errors));

  test('nor is the choice it would have made', () => {
    const text = `${application('shop', 'mounts: [{volume-name: v, mount-pth: /x}]')}    volumes: [{name: v, ephemeral-volume: {size: 1MB}}]\n`;
    expect(errorsOf(parseApplication(text))).toEqual([expect.stringContaining('did you mean `mount-path`?')]);
  });
});
