import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCidr, overlaps, parseCidr } from '../../src/model/subnet.ts';
import { freeSubnets } from '../../src/plan/free-subnets.ts';

const first = (pool: string, taken: readonly string[]) => freeSubnets(pool, taken).next().value;

describe('the network of an application', () => {
  it.each([
    ['is the first /26 of an empty pool', '10.201.0.0/16', [], '10.201.0.0/26'],
    ['is the first gap', '10.201.0.0/16', ['10.201.0.0/26', '10.201.0.128/26'], '10.201.0.64/26'],
    ['keeps clear of a range that begins outside a /26', '10.201.0.0/16', ['10.201.0.16/28'], '10.201.0.64/26'],
    ['keeps clear of a larger range', '10.201.0.0/16', ['10.201.0.0/17'], '10.201.128.0/26'],
    [
      'keeps clear of ranges inside one another',
      '10.201.0.0/24',
      ['10.201.0.0/25', '10.201.0.64/28'],
      '10.201.0.128/26',
    ],
    ['ignores what lies outside the pool', '10.201.0.0/16', ['172.17.0.0/16', 'fe80::/64', 'x'], '10.201.0.0/26'],
    ['is none in a full pool', '10.201.0.0/25', ['10.201.0.0/26', '10.201.0.64/26'], undefined],
    ['is none where a route covers the pool', '10.201.0.0/16', ['10.0.0.0/8'], undefined],
  ])('%s', (_what, pool, taken, expected) => {
    expect(first(pool, taken)).toBe(expected);
  });

  it('follows the one before it', () => {
    expect([...freeSubnets('10.201.0.0/24', ['10.201.0.64/26'])]).toEqual([
      '10.201.0.0/26',
      '10.201.0.128/26',
      '10.201.0.192/26',
    ]);
  });

  it('never overlaps what is taken, and a pool is used to the last', () => {
    const pool = parseCidr('10.201.0.0/20')!;
    const cidr = fc
      .tuple(fc.nat({ max: 4095 }), fc.integer({ min: 20, max: 30 }))
      .map(([host, length]) => parseCidr(`10.201.${host >> 8}.${host & 255}/${length}`)!);
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 20 }), (taken) => {
        const expected = Array.from({ length: 64 }, (_, index) => ({ first: pool.first + index * 64, size: 64 }))
          .filter((subnet) => !taken.some((other) => overlaps(other, subnet)))
          .map(formatCidr);
        expect([...freeSubnets('10.201.0.0/20', taken.map(formatCidr))]).toEqual(expected);
      }),
    );
  });
});
