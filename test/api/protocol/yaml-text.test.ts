import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toYaml } from '../../../src/api/protocol/yaml-text.ts';

describe('YAML', () => {
  it.each(['no', 'on', 'Y', '12:30:45', '0777', '0o17', '1_000', '1.10', '~', 'null', '2021-02-17', '=', '<<', '0x1f'])(
    'quotes the text %s, which a reader may take for something else',
    (text) => expect(toYaml({ key: text })).toBe(`key: "${text}"\n`),
  );

  it('says the same to readers of YAML 1.1 and 1.2', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9:._eoxyYnN]{0,8}$/));
    fc.assert(
      fc.property(fc.dictionary(texts, fc.array(texts)), (value) => {
        for (const version of ['1.1', '1.2'] as const) expect(parse(toYaml(value), { version })).toEqual(value);
      }),
    );
  });

  it('repeats what occurs twice and breaks no long line', () => {
    const twice = { text: 'word '.repeat(60).trim() };
    expect(toYaml([twice, twice])).toBe(`- text: ${twice.text}\n`.repeat(2));
  });
});
