import { isIPv4, isIPv6 } from 'node:net';

const GROUPS = 8;

/** The 4 or 16 bytes of an IP address; undefined for what is none. A zone (`fe80::1%eth0`) is none. */
export function toAddressBytes(address: string): Buffer | undefined {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (!isIPv6(address) || address.includes('%')) return undefined;
  // Its hostname is the address in one form: lower case, no dots, the longest run of zeros as `::`.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const before = toGroups(head);
  const after = toGroups(tail ?? '');
  const between = Array.from({ length: GROUPS - before.length - after.length }, () => 0);
  return Buffer.from([...before, ...between, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}

function toGroups(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => parseInt(group, 16));
}
