import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCidr, overlaps, parseCidr } from '../../src/model/subnet.ts';
import { chooseSubnet } from '../../src/plan/choose-subnet.ts';

describe('the network of an application', () => {
  it.each([
    ['is the first /26 of an empty pool', '10.201.0.0/16', [], '10.201.0.0/26'],
    ['is the first gap', '10.201.0.0/16', ['10.201.0.0/26', '10.201.0.128/26'], '10.201.0.64/26'],
    ['keeps clear of a range that begins outside a /26', '10.201.0.0/16', ['10.201.0.16/28'], '10.201.0.64/26'],
    ['keeps clear of a larger range', '10.201.0.0/16', ['10.201.0.0/17'], '10.201.128.0/26'],
    ['ignores what lies outside the pool', '10.201.0.0/16', ['172.17.0.0/16', 'fe80::/64', 'x'], '10.201.0.0/26'],
    ['is none in a full pool', '10.201.0.0/25', ['10.201.0.0/26', '10.201.0.64/26'], undefined],
    ['is none where a route covers the pool', '10.201.0.0/16', ['10.0.0.0/8'], undefined],
  ])('%s', (_what, pool, taken, expected) => {
    expect(chooseSubnet(pool, taken)).toBe(expected);
  });

  it('never overlaps what is taken, and a pool is used to the last', () => {
    const cidr = fc
      .tuple(fc.nat({ max: 4095 }), fc.integer({ min: 20, max: 30 }))
      .map(([host, length]) => formatCidr(parseCidr(`10.201.${host >> 8}.${host & 255}/${length}`)!));
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 20 }), (taken) => {
        const all = [...taken];
        for (
          let subnet = chooseSubnet('10.201.0.0/20', all);
          subnet !== undefined;
          subnet = chooseSubnet('10.201.0.0/20', all)
        ) {
          const chosen = parseCidr(subnet)!;
          expect(all.some((other) => overlaps(parseCidr(other)!, chosen))).toBe(false);
          all.push(subnet);
        }
        const free = Array.from({ length: 64 }, (_, index) =>
          formatCidr({ first: parseCidr('10.201.0.0/20')!.first + index * 64, size: 64 }),
        );
        expect(free.every((range) => all.some((other) => overlaps(parseCidr(other)!, parseCidr(range)!)))).toBe(true);
      }),
    );
  });
});
