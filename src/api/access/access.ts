import type { Permission, Principal, TokenEntry } from '../protocol/principal.ts';
import type { PasswordHash } from './password-hash.ts';

/** Everybody who may use the API, as the tokens file says (contract 5.2). */
export interface Access {
  readonly tokens: readonly TokenEntry[];
  readonly users: readonly UserEntry[];
  readonly approles: readonly ApproleEntry[];
  readonly issuers: readonly IssuerEntry[];
}

/** Somebody who logs in and gets a token for a while. */
interface LoginEntry extends Principal {
  /** Changes with everything the entry says: what was given out under another stamp is no longer good. */
  readonly stamp: string;
}

/** A person: `name` is the username. */
export interface UserEntry extends LoginEntry {
  readonly kind: 'user';
  readonly password: PasswordHash;
}

/** A program with a secret-id. */
export interface ApproleEntry extends LoginEntry {
  readonly kind: 'approle';
  /** Absent: it logs in by its secret-id alone. */
  readonly roleId: string | undefined;
  /** sha256 of the secret-id. */
  readonly secretHash: Buffer;
}

/** Whose signed tokens (JWT) are believed, and as whom. */
export interface IssuerEntry {
  /** Exactly as in the claim `iss`. */
  readonly issuer: string;
  /** Absent: found through `ISSUER/.well-known/openid-configuration`. */
  readonly jwksUri: string | undefined;
  /** One of them has to be in the claim `aud`. */
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly nameClaim: ClaimPath;
  readonly tenant: TenantRule;
  readonly roles: RolesRule;
  /** What other claims have to say: one of the texts. */
  readonly boundClaims: ReadonlyMap<string, readonly string[]>;
}

/** The keys that lead to a claim: `realm_access`, `roles`. */
export type ClaimPath = readonly string[];

export type TenantRule =
  | { readonly kind: 'site-provider' }
  | { readonly kind: 'tenant'; readonly tenant: string }
  | { readonly kind: 'claim'; readonly path: ClaimPath };

export type RolesRule =
  | { readonly kind: 'roles'; readonly roles: ReadonlySet<Permission> }
  | {
      readonly kind: 'claim';
      readonly path: ClaimPath;
      /** What a value of the claim gives. */
      readonly given: ReadonlyMap<string, ReadonlySet<Permission>>;
    };
