import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLastLines } from '../../src/docker/last-lines.ts';

describe('the last lines of a log', () => {
  it('are five, none of them blank', () => {
    expect(toLastLines('1\n2\n\n3\r\n4\n  \n5\n6\n')).toEqual(['2', '3', '4', '5', '6']);
    expect(toLastLines('')).toEqual([]);
  });

  it('have no colours and no control characters', () => {
    expect(toLastLines('\u001b[31mout of memory\u001b[0m\u0007\ta\u0000b\n')).toEqual(['out of memoryab']);
  });

  it('are cut where all of them would be longer than 1 KiB, the last ones kept', () => {
    const lines = toLastLines(`${'a'.repeat(2_000)}\n${'b'.repeat(500)}\nlast\n`);
    expect(lines).toEqual(['a'.repeat(520), 'b'.repeat(500), 'last']);
    expect(toLastLines('€'.repeat(1_000))).toEqual(['€'.repeat(341)]);
  });

  it('are short and fit for a terminal whatever was logged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (log) => {
        const lines = toLastLines(log);
        expect(lines.length).toBeLessThanOrEqual(5);
        expect(Buffer.byteLength(lines.join(''))).toBeLessThanOrEqual(1024);
        expect(lines.join('')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
