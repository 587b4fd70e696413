import { createHash } from 'node:crypto';
import { checkKeys, readText } from '../../placed-yaml/fields.ts';
import type { PlacedValue } from '../../placed-yaml/placed-value.ts';
import { readPlacedFile } from '../../placed-yaml/read-file.ts';
import type { Principal, TokenEntry } from '../protocol/principal.ts';
import type { Access, ApproleEntry, UserEntry } from './access.ts';
import { readRoles, readSha256, readTenant } from './entry-fields.ts';
import { ISSUER_KEYS, readIssuer } from './issuer-fields.ts';
import { parsePasswordHash, type PasswordHash } from './password-hash.ts';

/** The lists of the file, with the keys of their entries. */
const KINDS = {
  tokens: ['name', 'hash', 'tenant', 'roles'],
  users: ['username', 'password-hash', 'tenant', 'roles'],
  approles: ['name', 'role-id', 'secret-id-hash', 'tenant', 'roles'],
  issuers: ISSUER_KEYS,
} as const satisfies Record<keyof Access, readonly string[]>;
type Kind = keyof Access;
const KIND_NAMES = ['tokens', 'users', 'approles', 'issuers'] as const satisfies readonly Kind[];

/**
 * A tokens file, YAML or JSON: a list of entries of any kind, or `{tokens, users, approles, issuers}` with a list each.
 * A token is `{name, hash: "sha256:HEX", tenant?, roles}`, the other kinds are described in docs/api.md.
 * @throws FileProblems with `file:line:column: message` for each problem
 */
export function parseAccess(text: string, file: string): Access {
  return readPlacedFile(text, file, (contents) => toAccess(entriesOf(contents)));
}

interface KindOfEntry {
  readonly kind: Kind;
  readonly entry: PlacedValue;
}

/** The entries of both forms of the file; those of another shape are refused and left out. */
function entriesOf(contents: PlacedValue): readonly KindOfEntry[] {
  const found = contents.items?.map((entry) => ({ kind: kindOf(entry), entry })) ?? entriesByKey(contents);
  if (found.length === 0) contents.refuse('expected a list of at least one token, user, approle or issuer');
  return found.filter(({ kind, entry }) => {
    const keys = KINDS[kind];
    if (entry.pairs === undefined) entry.refuse(`expected an entry: ${keys.join(', ')}`);
    return entry.pairs !== undefined && checkKeys(entry, keys);
  });
}

function entriesByKey({ pairs = [] }: PlacedValue): readonly KindOfEntry[] {
  return pairs.flatMap(({ key, value }) => {
    const kind = KIND_NAMES.find((name) => name === key.text);
    if (kind === undefined) key.refuse(`unknown key, expected one of ${KIND_NAMES.join(', ')}`);
    else if (value.items === undefined) value.refuse(`${kind}: expected a list`);
    return kind === undefined ? [] : (value.items ?? []).map((entry) => ({ kind, entry }));
  });
}

/** In a list of everything a key tells what an entry is. */
function kindOf({ has }: PlacedValue): Kind {
  if (has('username') || has('password-hash')) return 'users';
  if (has('role-id') || has('secret-id-hash')) return 'approles';
  return has('issuer') ? 'issuers' : 'tokens';
}

function toAccess(entries: readonly KindOfEntry[]): Access {
  const of = <E>(kind: Kind, read: (entry: PlacedValue) => E | undefined): readonly Read<E>[] =>
    entries.filter((found) => found.kind === kind).map(({ entry }) => ({ entry, means: read(entry) }));
  const tokens = of('tokens', readToken);
  const users = of('users', readUser);
  const approles = of('approles', readApprole);
  const named: readonly Read<Principal>[] = [...tokens, ...users, ...approles];
  checkDistinct(named, 'name', ({ name }) => name);
  checkDistinct(tokens, 'hash', ({ hash }) => hash.toString('hex'));
  checkDistinct(approles, 'secret-id-hash', ({ secretHash }) => secretHash.toString('hex'));
  checkDistinct(approles, 'role-id', ({ roleId }) => roleId);
  const issuers = of('issuers', readIssuer);
  return {
    tokens: present(tokens),
    users: present(users),
    approles: present(approles),
    issuers: present(issuers),
  };
}

interface Read<E> {
  readonly entry: PlacedValue;
  readonly means: E | undefined;
}

function present<E>(read: readonly Read<E>[]): readonly E[] {
  return read.flatMap(({ means }) => means ?? []);
}

/** Names stand in logs and records, so each means one entry; of two equal hashes one could never be found. */
function checkDistinct<E>(read: readonly Read<E>[], what: string, keyOf: (means: E) => string | undefined): void {
  const seen = new Set<string>();
  for (const { entry, means } of read) {
    const key = means === undefined ? undefined : keyOf(means);
    if (key !== undefined && seen.has(key)) entry.refuse(`another entry has the same ${what}`);
    if (key !== undefined) seen.add(key);
  }
}

function readToken(entry: PlacedValue): TokenEntry | undefined {
  const hash = readSha256(entry, 'hash');
  const principal = readPrincipal(entry, 'name');
  return hash === undefined || principal === undefined ? undefined : { ...principal, hash };
}

function readUser(entry: PlacedValue): UserEntry | undefined {
  const password = readPasswordHash(entry);
  const principal = readPrincipal(entry, 'username');
  if (password === undefined || principal === undefined) return undefined;
  const stamp = stampOf(principal, entry.at('password-hash').text);
  return { kind: 'user', ...principal, password, stamp };
}

function readApprole(entry: PlacedValue): ApproleEntry | undefined {
  const secretHash = readSha256(entry, 'secret-id-hash');
  const roleId = entry.has('role-id') ? readText(entry, 'role-id') : undefined;
  const principal = readPrincipal(entry, 'name');
  if (secretHash === undefined || principal === undefined) return undefined;
  const stamp = stampOf(principal, secretHash.toString('hex'), roleId);
  return { kind: 'approle', ...principal, roleId, secretHash, stamp };
}

function readPrincipal(entry: PlacedValue, nameKey: 'name' | 'username'): Principal | undefined {
  const name = readText(entry, nameKey);
  const tenant = readTenant(entry);
  const roles = readRoles(entry);
  return name === undefined || roles === undefined ? undefined : { name, tenant, roles };
}

function readPasswordHash(entry: PlacedValue): PasswordHash | undefined {
  const { text = '', refuse } = entry.at('password-hash');
  const hash = parsePasswordHash(text);
  if (hash === undefined)
    refuse('password-hash: expected what `fairlead hash-password` prints ($scrypt$ln=…, at most 128 MiB)');
  return hash;
}

function stampOf({ name, tenant, roles }: Principal, ...secrets: readonly (string | undefined)[]): string {
  const said = JSON.stringify([name, tenant ?? null, [...roles].sort(), ...secrets.map((secret) => secret ?? null)]);
  return createHash('sha256').update(said).digest('hex');
}
