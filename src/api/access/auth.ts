import { forbidden, notFound, unauthorized } from '../protocol/errors.ts';
import type { Route, Scope } from '../protocol/route.ts';
import type { Permission, Principal } from '../protocol/principal.ts';
import type { TokenDirectory } from './token-directory.ts';

/** Whose eyes a request has; no tenant: the site provider's. */
export type Viewer = Pick<Principal, 'tenant'>;

/** The token of the header `Authorization`; undefined: there is none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
}

/** @throws ApiError 401 */
export async function authenticate(authorization: string | undefined, tokens: TokenDirectory): Promise<Principal> {
  const token = bearerToken(authorization);
  if (token === undefined) throw unauthorized('a token is needed: Authorization: Bearer TOKEN');
  const principal = await tokens.find(token);
  if (principal === undefined) throw unauthorized('the token is not known');
  return principal;
}

/**
 * @throws ApiError 403: the role is missing, or the path is for the site provider, whether or not there is anything
 */
export function authorize({ roles, tenant }: Principal, audience: Route['audience'], role: Permission): void {
  if (audience === 'token-holders') return;
  if (!roles.has(role) && !roles.has('admin')) throw forbidden(`the token lacks the role ${role}`);
  if (audience === 'provider' && tenant !== undefined) throw forbidden('this path is for the site provider');
}

/**
 * What the viewer sees on a path, with or without `/tenants/{tenant}` in it (contract 5.2).
 * @throws ApiError 404 for another tenant's path, and for a tenant nobody knows
 */
export function resolveScope(
  { tenant: own }: Viewer,
  inPath: string | undefined,
  isKnown: (tenant: string) => boolean,
): Scope {
  if (inPath === undefined) return own === undefined ? { kind: 'all-tenants' } : { kind: 'tenant', tenant: own };
  const visible = own === undefined ? isKnown(inPath) : own === inPath;
  if (!visible) throw notFound(`no tenant ${inPath}`);
  return { kind: 'tenant', tenant: inPath };
}
