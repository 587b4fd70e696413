/** IPv4 destinations of a Linux `/proc/net/route` as CIDRs, sorted and without doubles; the default route and other lines are left out. */
export function parseRouteTable(text: string): readonly string[] {
  const cidrs = text.split('\n').flatMap(toCidr);
  return [...new Set(cidrs)].sort();
}

/** Columns: interface, destination, gateway, flags, refcount, use, metric, mask. Numbers are little-endian hex. */
function toCidr(line: string): readonly string[] {
  const [, destination, , , , , , mask] = line.trim().split(/\s+/);
  const address = toBytes(destination);
  const bits = toBytes(mask)?.reduce((sum, byte) => sum + ONES(byte), 0);
  if (address === undefined || bits === undefined || bits === 0) return [];
  return [`${address.join('.')}/${bits}`];
}

function toBytes(hex: string | undefined): readonly number[] | undefined {
  if (hex === undefined || !/^[0-9A-Fa-f]{8}$/.test(hex)) return undefined;
  return [6, 4, 2, 0].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

const ONES = (byte: number): number => byte.toString(2).replaceAll('0', '').length;
