import { describe, expect, it } from 'vitest';
import { formatAddress, parseForward } from '../../src/cli/parse-forward.ts';

const at = <A extends string | undefined>(address: A, port: number) => ({ address, port });
const LOOPBACK = '127.0.0.1';

describe('what is forwarded where', () => {
  it.each([
    ['8080:80', 'tcp', at(LOOPBACK, 8080), at(undefined, 80)],
    ['0:80/tcp', 'tcp', at(LOOPBACK, 0), at(undefined, 80)],
    ['5353:53/udp', 'udp', at(LOOPBACK, 5353), at(undefined, 53)],
    ['0.0.0.0:8080:80', 'tcp', at('0.0.0.0', 8080), at(undefined, 80)],
    ['localhost:8080:localhost:80', 'tcp', at('localhost', 8080), at(undefined, 80)],
    ['8080:10.0.0.5:80', 'tcp', at(LOOPBACK, 8080), at('10.0.0.5', 80)],
    ['127.0.0.2:1:10.0.0.5:65535/udp', 'udp', at('127.0.0.2', 1), at('10.0.0.5', 65_535)],
    ['[::1]:8080:[fd00::5]:80', 'tcp', at('::1', 8080), at('fd00::5', 80)],
  ] as const)('is read: %s', (text, protocol, local, remote) => {
    expect(parseForward(text)).toEqual({ protocol, local, remote });
  });

  it.each([
    ...['', '80', ':80', '8080:', '8080:0', '65536:80', '8080:65536', '8080:80/sctp', '8080:80/', '-1:80'],
    ...['8080:web:80', '8080:999.0.0.1:80', '::1:8080:80', '[zz]:1:2', '8080:80:90', '1:2:3:4:5', '8080:80 '],
  ])('is refused: %j', (text) => {
    expect(parseForward(text)).toBeUndefined();
  });

  it('is written as addresses are', () => {
    expect([formatAddress(at(LOOPBACK, 80)), formatAddress(at('::1', 80))]).toEqual(['127.0.0.1:80', '[::1]:80']);
  });
});
