// IPv4 ranges as numbers. `10.201.0.64/26` ⇄ { first, size }.

export interface Ipv4Range {
  readonly first: number;
  /** A power of two. */
  readonly size: number;
}

/** undefined for anything but an IPv4 CIDR. The host part may be set: `10.0.0.7/8` is `10.0.0.0/8`. */
export function parseCidr(text: string): Ipv4Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, length = 0] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || length > 32) return undefined;
  const size = 2 ** (32 - length);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { first: Math.floor(address / size) * size, size };
}

export function formatCidr(range: Ipv4Range): string {
  const octet = (shift: number) => Math.floor(range.first / 2 ** shift) % 256;
  return `${[24, 16, 8, 0].map(octet).join('.')}/${32 - Math.log2(range.size)}`;
}

export function overlaps(a: Ipv4Range, b: Ipv4Range): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}
