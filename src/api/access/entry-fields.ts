import { isTenantName } from '../../model/names.ts';
import type { PlacedValue } from '../../placed-yaml/placed-value.ts';
import { PERMISSIONS, type Permission } from '../protocol/principal.ts';

// Readers of the fields of an entry of the tokens file. Each refuses what is wrong, and then gives undefined.

export function readSha256(entry: PlacedValue, key: string): Buffer | undefined {
  const { text = '', refuse } = entry.at(key);
  const hex = /^sha256:([0-9a-fA-F]{64})$/.exec(text)?.[1];
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  refuse(`${key}: expected sha256: and the 64 hexadecimal digits of the hash`);
  return undefined;
}

/** A tenant that is there and no name must not make somebody the site provider: it is refused. */
export function readTenant(entry: PlacedValue): string | undefined {
  if (!entry.has('tenant')) return undefined;
  const { text = '', refuse } = entry.at('tenant');
  if (!isTenantName(text)) refuse('tenant: expected the name of a tenant');
  return text;
}

export function readRoles(entry: PlacedValue): ReadonlySet<Permission> | undefined {
  const value = entry.at('roles');
  const roles = rolesOf(value);
  if (roles === undefined) value.refuse(`roles: expected a list of ${PERMISSIONS.join(', ')}`);
  return roles;
}

/** Of a list of nothing but roles. */
export function rolesOf({ items = [] }: PlacedValue): ReadonlySet<Permission> | undefined {
  const known = PERMISSIONS.filter((permission) => items.some(({ text }) => text === permission));
  const isKnown = ({ text }: PlacedValue) => known.some((permission) => permission === text);
  return known.length > 0 && items.every(isKnown) ? new Set(known) : undefined;
}
