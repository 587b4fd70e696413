import { isMap, type YAMLMap } from 'yaml';
import type { ClaimPath, IssuerEntry, RolesRule, TenantRule } from './access.ts';
import { nodeAt, readRoles, readTexts, readTenant, rolesOf, textOf, textsOf, type Report } from './entry-fields.ts';

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
export function readIssuer(item: YAMLMap, report: Report): IssuerEntry | undefined {
  const issuer = readAddress(item, 'issuer', report);
  const jwksUri = item.has('jwks-uri') ? readAddress(item, 'jwks-uri', report) : undefined;
  const audience = readTexts(item, 'audience', report);
  const algorithms = readAlgorithms(item, report);
  const nameClaim = item.has('name-claim') ? readTexts(item, 'name-claim', report) : ['sub'];
  const tenant = readTenantRule(item, report);
  const roles = readRolesRule(item, report);
  const boundClaims = readBoundClaims(item, report);
  if (issuer === undefined || audience === undefined || nameClaim === undefined) return undefined;
  if (tenant === undefined || roles === undefined) return undefined;
  return { issuer, jwksUri, audience, algorithms, nameClaim, tenant, roles, boundClaims };
}

/** What keys are fetched from must not be somebody else on the way: https, or this machine. */
function readAddress(item: YAMLMap, key: string, report: Report): string | undefined {
  const node = nodeAt(item, key);
  const text = textOf(node) ?? '';
  if (isSafeAddress(text)) return text;
  report(node ?? item, `${key}: expected an https:// address without credentials (http:// on this machine only)`);
  return undefined;
}

export function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

function readAlgorithms(item: YAMLMap, report: Report): readonly string[] {
  if (!item.has('algorithms')) return ALGORITHMS;
  const node = nodeAt(item, 'algorithms');
  const algorithms = textsOf(node) ?? [];
  if (algorithms.length === 0 || !algorithms.every((name) => ALGORITHMS.includes(name)))
    report(node ?? item, `algorithms: expected a list of ${ALGORITHMS.join(', ')}`);
  return algorithms;
}

/** Never the site provider because something is missing: that has to be said. */
function readTenantRule(item: YAMLMap, report: Report): TenantRule | undefined {
  const given = ['tenant', 'tenant-claim', 'site-provider'].filter((key) => item.has(key));
  if (given.length !== 1) {
    report(item, 'expected one of tenant, tenant-claim, and site-provider: true');
    return undefined;
  }
  if (item.has('tenant')) {
    const tenant = readTenant(item, report);
    return tenant === undefined ? undefined : { kind: 'tenant', tenant };
  }
  if (item.has('tenant-claim')) return readClaim(item, 'tenant-claim', report);
  if (item.get('site-provider') === true) return { kind: 'site-provider' };
  report(nodeAt(item, 'site-provider') ?? item, 'site-provider: expected true');
  return undefined;
}

function readClaim(item: YAMLMap, key: string, report: Report): { kind: 'claim'; path: ClaimPath } | undefined {
  const path = readTexts(item, key, report);
  return path === undefined ? undefined : { kind: 'claim', path };
}

function readRolesRule(item: YAMLMap, report: Report): RolesRule | undefined {
  if (item.has('roles') === item.has('roles-claim') || item.has('roles-claim') !== item.has('roles-map')) {
    report(item, 'expected either roles, or roles-claim and roles-map');
    return undefined;
  }
  if (item.has('roles')) {
    const roles = readRoles(item, report);
    return roles === undefined ? undefined : { kind: 'roles', roles };
  }
  const claim = readClaim(item, 'roles-claim', report);
  const given = readMap(item, 'roles-map', rolesOf);
  if (given === undefined)
    report(nodeAt(item, 'roles-map'), 'roles-map: expected lists of roles, by values of the claim');
  return claim === undefined || given === undefined ? undefined : { ...claim, given };
}

function readBoundClaims(item: YAMLMap, report: Report): IssuerEntry['boundClaims'] {
  if (!item.has('bound-claims')) return new Map();
  const bound = readMap(item, 'bound-claims', textsOf);
  if (bound === undefined)
    report(nodeAt(item, 'bound-claims') ?? item, 'bound-claims: expected a text or a list of texts, by claims');
  return bound ?? new Map();
}

/** undefined: it is no map, or something in it is not what it should be. */
function readMap<T>(item: YAMLMap, key: string, toValue: (node: unknown) => T | undefined): Map<string, T> | undefined {
  const node = nodeAt(item, key);
  if (!isMap(node) || node.items.length === 0) return undefined;
  const entries = node.items.flatMap((pair): [string, T][] => {
    const name = textOf(pair.key);
    const value = toValue(pair.value);
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return entries.length === node.items.length ? new Map(entries) : undefined;
}
