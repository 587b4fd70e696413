import { createHash } from 'node:crypto';
import type { TokenEntry } from '../src/api/protocol/principal.ts';

// Who asks in bench/state-api.ts: the site provider and ten tenants.

export const TENANTS = 10;

/** The header of the tenant with this index, or of the site provider. */
export function headersOf(tenant?: number): Record<string, string> {
  return { authorization: `Bearer ${tokenOf(tenant)}` };
}

export const TOKENS: readonly TokenEntry[] = [
  tokenEntry(undefined),
  ...Array.from({ length: TENANTS }, (_, tenant) => tokenEntry(tenant)),
];

function tokenOf(tenant: number | undefined): string {
  return tenant === undefined ? 'token-of-the-provider' : `token-of-tenant-${tenant}`;
}

function tokenEntry(tenant: number | undefined): TokenEntry {
  const hash = createHash('sha256').update(tokenOf(tenant)).digest();
  const whose = tenant === undefined ? undefined : `tenant-${tenant}`;
  return { name: whose ?? 'provider', tenant: whose, roles: new Set(['read']), hash };
}

/** @throws Error when the answer is not 200 */
export async function read(url: string, headers: Record<string, string>): Promise<string> {
  const response = await fetch(url, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}: ${text}`);
  return text;
}
