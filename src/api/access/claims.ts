import { isTenantName } from '../../model/names.ts';
import type { Permission, Principal } from '../protocol/principal.ts';
import type { ClaimPath, IssuerEntry, RolesRule, TenantRule } from './access.ts';

const LONGEST_CLAIM = 256;

type Claims = Readonly<Record<string, unknown>>;

/**
 * Who the claims of a token are for an issuer's entry; undefined: nobody. The signature, `iss`, `aud` and the times have
 * been verified. What is missing or odd is a refusal, never the site provider.
 */
export function toTokenHolder(entry: IssuerEntry, claims: Claims): Principal | undefined {
  const subject = toText(claimAt(claims, entry.nameClaim));
  const tenant = resolveTenant(entry.tenant, claims);
  const roles = resolveRoles(entry.roles, claims);
  const isBound = [...entry.boundClaims].every(([name, texts]) => isAmong(claimAt(claims, [name]), texts));
  if (subject === undefined || tenant === undefined || roles.size === 0 || !isBound) return undefined;
  return { name: `${entry.issuer} ${subject}`, tenant: tenant.name, roles };
}

function resolveTenant(rule: TenantRule, claims: Claims): { readonly name: string | undefined } | undefined {
  switch (rule.kind) {
    case 'site-provider':
      return { name: undefined };
    case 'tenant':
      return { name: rule.tenant };
    case 'claim': {
      const name = toText(claimAt(claims, rule.path));
      return name !== undefined && isTenantName(name) ? { name } : undefined;
    }
    default:
      return rule satisfies never;
  }
}

/** Of a list of groups each gives what it gives; what is not in the map gives nothing. */
function resolveRoles(rule: RolesRule, claims: Claims): ReadonlySet<Permission> {
  if (rule.kind === 'roles') return rule.roles;
  const value = claimAt(claims, rule.path);
  const groups: readonly unknown[] = Array.isArray(value) ? value : [value];
  return new Set(groups.flatMap((group) => (typeof group === 'string' ? [...(rule.given.get(group) ?? [])] : [])));
}

/** GitLab and others write truth and numbers as texts or as what they are. */
function isAmong(value: unknown, texts: readonly string[]): boolean {
  const isPlain = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
  return isPlain && texts.includes(String(value));
}

function claimAt(claims: Claims, path: ClaimPath): unknown {
  return path.reduce<unknown>(
    (value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    claims,
  );
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_CLAIM ? value : undefined;
}

function isRecord(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
