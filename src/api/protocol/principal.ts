export const PERMISSIONS = ['read', 'logs', 'exec', 'operate', 'admin'] as const;
/** The roles a token can have, each separate; `admin` is all of them (contract 5.2). */
export type Permission = (typeof PERMISSIONS)[number];

/** Whoever holds a token. */
export interface Principal {
  readonly name: string;
  /** Absent: the site provider. */
  readonly tenant: string | undefined;
  readonly roles: ReadonlySet<Permission>;
}

export interface TokenEntry extends Principal {
  /** sha256 of the token. */
  readonly hash: Buffer;
}

/** What is told of who holds a token. */
export function namedPrincipal({ name, tenant }: Pick<Principal, 'name' | 'tenant'>) {
  return { name, ...(tenant === undefined ? {} : { tenant }) };
}
