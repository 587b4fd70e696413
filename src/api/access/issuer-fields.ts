import { readTexts, textsOf } from '../../placed-yaml/fields.ts';
import type { PlacedValue } from '../../placed-yaml/placed-value.ts';
import type { ClaimPath, IssuerEntry, RolesRule, TenantRule } from './access.ts';
import { readRoles, readTenant, rolesOf } from './entry-fields.ts';

/** Signatures with a key pair. With a shared secret (HS256) whoever can check a token could make one. */
export const ALGORITHMS: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

export const ISSUER_KEYS: readonly string[] = [
  ...['issuer', 'jwks-uri', 'audience', 'algorithms', 'name-claim', 'bound-claims'],
  ...['tenant', 'tenant-claim', 'site-provider', 'roles', 'roles-claim', 'roles-map'],
];

/** One entry under `issuers`. */
export function readIssuer(entry: PlacedValue): IssuerEntry | undefined {
  const issuer = readAddress(entry, 'issuer');
  const jwksUri = entry.has('jwks-uri') ? readAddress(entry, 'jwks-uri') : undefined;
  const audience = readTexts(entry, 'audience');
  const algorithms = readAlgorithms(entry);
  const nameClaim = entry.has('name-claim') ? readTexts(entry, 'name-claim') : ['sub'];
  const tenant = readTenantRule(entry);
  const roles = readRolesRule(entry);
  const boundClaims = readBoundClaims(entry);
  if (issuer === undefined || audience === undefined || nameClaim === undefined) return undefined;
  if (tenant === undefined || roles === undefined) return undefined;
  return { issuer, jwksUri, audience, algorithms, nameClaim, tenant, roles, boundClaims };
}

/** What keys are fetched from must not be somebody else on the way: https, or this machine. */
function readAddress(entry: PlacedValue, key: string): string | undefined {
  const { text = '', refuse } = entry.at(key);
  if (isSafeAddress(text)) return text;
  refuse(`${key}: expected an https:// address without credentials (http:// on this machine only)`);
  return undefined;
}

export function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

function readAlgorithms(entry: PlacedValue): readonly string[] {
  if (!entry.has('algorithms')) return ALGORITHMS;
  const value = entry.at('algorithms');
  const algorithms = textsOf(value) ?? [];
  if (algorithms.length === 0 || !algorithms.every((name) => ALGORITHMS.includes(name)))
    value.refuse(`algorithms: expected a list of ${ALGORITHMS.join(', ')}`);
  return algorithms;
}

/** Never the site provider because something is missing: that has to be said. */
function readTenantRule(entry: PlacedValue): TenantRule | undefined {
  const given = ['tenant', 'tenant-claim', 'site-provider'].filter((key) => entry.has(key));
  if (given.length !== 1) {
    entry.refuse('expected one of tenant, tenant-claim, and site-provider: true');
    return undefined;
  }
  if (entry.has('tenant')) {
    const tenant = readTenant(entry);
    return tenant === undefined ? undefined : { kind: 'tenant', tenant };
  }
  if (entry.has('tenant-claim')) return readClaim(entry, 'tenant-claim');
  const { text, refuse } = entry.at('site-provider');
  if (text === 'true') return { kind: 'site-provider' };
  refuse('site-provider: expected true');
  return undefined;
}

function readClaim(entry: PlacedValue, key: string): { kind: 'claim'; path: ClaimPath } | undefined {
  const path = readTexts(entry, key);
  return path === undefined ? undefined : { kind: 'claim', path };
}

function readRolesRule(entry: PlacedValue): RolesRule | undefined {
  if (entry.has('roles') === entry.has('roles-claim') || entry.has('roles-claim') !== entry.has('roles-map')) {
    entry.refuse('expected either roles, or roles-claim and roles-map');
    return undefined;
  }
  if (entry.has('roles')) {
    const roles = readRoles(entry);
    return roles === undefined ? undefined : { kind: 'roles', roles };
  }
  const claim = readClaim(entry, 'roles-claim');
  const given = readMap(entry, 'roles-map', rolesOf);
  if (given === undefined) entry.at('roles-map').refuse('roles-map: expected lists of roles, by values of the claim');
  return claim === undefined || given === undefined ? undefined : { ...claim, given };
}

function readBoundClaims(entry: PlacedValue): IssuerEntry['boundClaims'] {
  if (!entry.has('bound-claims')) return new Map();
  const bound = readMap(entry, 'bound-claims', textsOf);
  if (bound === undefined)
    entry.at('bound-claims').refuse('bound-claims: expected a text or a list of texts, by claims');
  return bound ?? new Map();
}

/** undefined: it is no mapping, or something in it is not what it should be. */
function readMap<T>(
  entry: PlacedValue,
  key: string,
  toValue: (value: PlacedValue) => T | undefined,
): ReadonlyMap<string, T> | undefined {
  const { pairs = [] } = entry.at(key);
  const entries = pairs.flatMap((pair): [string, T][] => {
    const value = toValue(pair.value);
    return pair.key.text === undefined || value === undefined ? [] : [[pair.key.text, value]];
  });
  return entries.length > 0 && entries.length === pairs.length ? new Map(entries) : undefined;
}
