// The other process of bench/state-api.ts: serves a fleet on the state API, and beside it what that is compared with.
import { createHash } from 'node:crypto';
import type { TokenEntry } from '../src/api/principal.ts';
import { apiRoutes } from '../src/api/routes.ts';
import { startApi } from '../src/api/server.ts';
import { createTokenDirectory } from '../src/api/token-directory.ts';
import { createStore, type StoreReader } from '../src/store/store.ts';
import { createFleet, type FleetSize } from '../test/api/fleet.ts';
import { startPlainServer, type PlainRoute } from './plain-server.ts';

/** What the other process asks for; each is answered once it is done. */
export type Order =
  /** Serves a fleet of this size; answers with the origin. */
  | { readonly kind: 'serve'; readonly size: FleetSize }
  /** Serves the snapshot of a fleet, of which nothing else is kept; answers with the origin. */
  | { readonly kind: 'serve-snapshot'; readonly size: FleetSize }
  /** Serves these texts beside it, without deciding anything; answers with the origin. */
  | { readonly kind: 'serve-plain'; readonly texts: Readonly<Record<string, string>>; readonly serialized: string }
  /** Something happens in these applications. */
  | { readonly kind: 'crash'; readonly applications: readonly number[] }
  /** Shows every application in the other version. */
  | { readonly kind: 'release' }
  /** Bytes, after a collection. */
  | { readonly kind: 'memory' }
  /** Of this process so far, in µs. */
  | { readonly kind: 'cpu' };

export type Reply = { readonly value: string | number } | { readonly error: string };

const PROVIDER = 'token-of-the-provider';
/** Of the tenant with this index. */
const tokenOf = (tenant: number) => `token-of-tenant-${tenant}`;
const TENANTS = 10;

const tokens = createTokenDirectory([
  tokenEntry('provider', PROVIDER, undefined),
  ...Array.from({ length: TENANTS }, (_, index) => tokenEntry(`t${index}`, tokenOf(index), `tenant-${index}`)),
]);

function tokenEntry(name: string, token: string, tenant: string | undefined): TokenEntry {
  return { name, tenant, roles: new Set(['read']), hash: createHash('sha256').update(token).digest() };
}
