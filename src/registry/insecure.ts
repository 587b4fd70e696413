import { BlockList, isIP } from 'node:net';

/**
 * Whether an engine trusts a registry without a good certificate, and over plain HTTP: as its `--insecure-registry` says,
 * and itself on its own machine. A name counts as it stands, for it is not looked up.
 * @param registry `HOST[:PORT]` @param listed `HOST[:PORT]` and CIDRs
 */
export function isInsecure(registry: string, listed: readonly string[]): boolean {
  if (listed.includes(registry)) return true;
  const host = registry.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (host === 'localhost') return true;
  const family = isIP(host);
  if (family === 0) return false;
  const ranges = new BlockList();
  for (const range of listed) addRange(ranges, range);
  return ranges.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function addRange(ranges: BlockList, range: string): void {
  const [address = '', bits] = range.split('/');
  const family = isIP(address);
  if (family === 0 || bits === undefined) return;
  ranges.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
}
