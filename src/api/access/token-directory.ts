import { createHash, timingSafeEqual } from 'node:crypto';
import type { Principal, TokenEntry } from '../protocol/principal.ts';

export interface TokenDirectory {
  /** Who holds the token; undefined: nobody. */
  find(token: string): Promise<Principal | undefined>;
}

/** A directory that never changes. */
export function createTokenDirectory(entries: readonly TokenEntry[]): TokenDirectory {
  return { find: (token) => Promise.resolve(findHolder(entries, token)) };
}

/** Every entry is compared, each in constant time, so that the time an answer takes tells nothing. */
export function findHolder(entries: readonly TokenEntry[], token: string): Principal | undefined {
  const hash = createHash('sha256').update(token).digest();
  const [entry] = entries.filter((each) => timingSafeEqual(each.hash, hash));
  return entry && toPrincipal(entry);
}

/** Without what else an entry holds: hashes go nowhere. */
export function toPrincipal({ name, tenant, roles }: Principal): Principal {
  return { name, tenant, roles };
}
