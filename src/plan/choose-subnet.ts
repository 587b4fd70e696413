import { formatCidr, overlaps, parseCidr, type Ipv4Range } from '../model/subnet.ts';

/** A /26 each: 1,024 application networks in a /16 (contract 1, `--network-pool`). */
const SUBNET_SIZE = 64;

/**
 * The lowest free /26 of the pool, or undefined when it is full. The engine does not check host routes for an explicit
 * subnet (engine-notes), so `taken` has to hold them beside every network of the engine.
 */
export function chooseSubnet(pool: string, taken: readonly string[]): string | undefined {
  const range = parseCidr(pool);
  if (range === undefined) return undefined;
  const occupied = taken
    .map(parseCidr)
    .filter((subnet): subnet is Ipv4Range => subnet !== undefined && overlaps(subnet, range))
    .sort((a, b) => a.first - b.first);
  let first = range.first;
  for (const subnet of occupied) {
    if (subnet.first >= first + SUBNET_SIZE) break;
    const end = subnet.first + subnet.size;
    if (end > first) first = Math.ceil(end / SUBNET_SIZE) * SUBNET_SIZE;
  }
  const fits = first + SUBNET_SIZE <= range.first + range.size;
  return fits ? formatCidr({ first, size: SUBNET_SIZE }) : undefined;
}
