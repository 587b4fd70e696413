import { describe, expect, it } from 'vitest';
import { toAddressBytes } from '../../src/docker/address-bytes.ts';

describe('the bytes of an address', () => {
  it.each([
    ['10.201.0.2', '0ac90002'],
    ['::', '0'.repeat(32)],
    ['::1', '1'.padStart(32, '0')],
    ['2001:db8::', '20010db8'.padEnd(32, '0')],
    ['2001:DB8:0:0:8:800:200C:417A', '20010db80000000000080800200c417a'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:10.201.0.2', '0ac90002'.padStart(32, '0').replace('00000ac9', 'ffff0ac9')],
  ])('%s are %s', (address, bytes) => {
    expect(toAddressBytes(address)?.toString('hex')).toBe(bytes);
  });

  it.each(['', 'db', 'localhost', '10.1', '10.1.2.3.4', '010.1.2.3', '[::1]', 'fe80::1%eth0', '::1::', '10.0.0.1/8'])(
    'there are none of %j',
    (text) => {
      expect(toAddressBytes(text)).toBeUndefined();
    },
  );
});
