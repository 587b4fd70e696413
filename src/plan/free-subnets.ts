import { formatCidr, overlaps, parseCidr, type Ipv4Range } from '../model/subnet.ts';

/** A /26 each: 1,024 application networks in a /16 (contract 1, `--network-pool`). */
const SUBNET_SIZE = 64;

/**
 * The free /26s of the pool, lowest first. The engine does not check host routes for an explicit subnet (engine-notes),
 * so `taken` has to hold them beside every network of the engine. Nothing is worked out before the first is asked for.
 */
export function* freeSubnets(pool: string, taken: readonly string[]): Generator<string, undefined> {
  const range = parseCidr(pool);
  if (range === undefined) return undefined;
  const occupied = taken
    .map(parseCidr)
    .filter((subnet): subnet is Ipv4Range => subnet !== undefined && overlaps(subnet, range))
    .sort((a, b) => a.first - b.first);
  let first = range.first;
  for (const subnet of [...occupied, { first: range.first + range.size, size: 0 }]) {
    for (; first + SUBNET_SIZE <= subnet.first; first += SUBNET_SIZE) yield formatCidr({ first, size: SUBNET_SIZE });
    const end = subnet.first + subnet.size;
    if (end > first) first = Math.ceil(end / SUBNET_SIZE) * SUBNET_SIZE;
  }
  return undefined;
}
