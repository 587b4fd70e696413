import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../src/aside/pack.ts';

const through = async (value: unknown) => unpack(await pack(value));

/** Plain values; `many`: so many that they are packed one by one. */
const value = fc.letrec((tie) => ({
  leaf: fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined)),
  few: fc.oneof(
    { withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('few'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('few'), { maxKeys: 3 }),
  ),
  many: fc.oneof(
    fc.array(tie('few'), { minLength: 25, maxLength: 30 }),
    fc.array(fc.tuple(fc.string(), tie('few')), { minLength: 25, maxLength: 30 }).map((entries) => new Map(entries)),
    fc.array(tie('few'), { minLength: 25, maxLength: 30 }).map((all) => Object.fromEntries(all.entries())),
  ),
  all: fc.record({ few: tie('few'), many: tie('many'), deep: fc.record({ many: tie('many') }) }),
})).all;

describe('a value that goes to another thread', () => {
  it('is the same there', async () => {
    await fc.assert(
      fc.asyncProperty(value, async (one) => {
        expect(await through(one)).toStrictEqual(structuredClone(one));
      }),
      { numRuns: 50 },
    );
  });

  it('has one object where it had one, in large collections and small ones', async () => {
    const shared = { name: 'shop' };
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`app-${index}`, { of: shared }]));
    const copy = (await through({ many, again: many, few: [shared] })) as {
      readonly many: typeof many;
      readonly again: typeof many;
      readonly few: readonly object[];
    };
    expect(copy.again).toBe(copy.many);
    expect(copy.many['app-7']?.of).toBe(copy.few[0]);
    expect(copy.many['app-99']?.of).toBe(copy.few[0]);
  });

  it('gives others a turn while it is packed', async () => {
    const many = Array.from({ length: 60_000 }, (_, index) => ({
      index,
      name: `app-${index}`,
      of: { text: `${index}` },
    }));
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    await pack({ many });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});
