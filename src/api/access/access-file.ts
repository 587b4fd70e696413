import { createHash } from 'node:crypto';
import { isMap, isSeq, LineCounter, parseDocument, type Node, type ParsedNode, type YAMLMap } from 'yaml';
import type { Principal, TokenEntry } from '../protocol/principal.ts';
import type { Access, ApproleEntry, UserEntry } from './access.ts';
import { nodeAt, readRoles, readSha256, readTenant, readText, textOf, type Report } from './entry-fields.ts';
import { ISSUER_KEYS, readIssuer } from './issuer-fields.ts';
import { parsePasswordHash, type PasswordHash } from './password-hash.ts';

/** A tokens file that cannot be used. The message has a line for each problem and never a token or a hash. */
export class TokensError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TokensError';
  }
}

/** The lists of the file, with the keys of their entries. */
const KINDS = {
  tokens: ['name', 'hash', 'tenant', 'roles'],
  users: ['username', 'password-hash', 'tenant', 'roles'],
  approles: ['name', 'role-id', 'secret-id-hash', 'tenant', 'roles'],
  issuers: ISSUER_KEYS,
} as const satisfies Record<keyof Access, readonly string[]>;
type Kind = keyof Access;
const KIND_NAMES = ['tokens', 'users', 'approles', 'issuers'] as const satisfies readonly Kind[];

/** Where something is wrong, in characters from the start. */
interface Flaw {
  readonly offset: number;
  readonly message: string;
}

/**
 * A tokens file, YAML or JSON: a list of entries of any kind, or `{tokens, users, approles, issuers}` with a list each.
 * A token is `{name, hash: "sha256:HEX", tenant?, roles}`, the other kinds are described in docs/api.md.
 * @throws TokensError with `file:line:column: message` for each problem
 */
export function parseAccess(text: string, file: string): Access {
  const lines = new LineCounter();
  // The parser's own messages quote the source, so only their codes are shown.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const flaws: Flaw[] = document.errors.map(({ code, pos }) => ({
    offset: pos[0],
    message: `not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
  }));
  const report: Report = (node, message) => void flaws.push({ offset: node?.range?.[0] ?? 0, message });
  const access = toAccess(flaws.length === 0 ? placedItems(document.contents, report) : [], report);
  if (flaws.length === 0) return access;
  const sentences = flaws.map(({ offset, message }) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${message}`;
  });
  throw new TokensError(sentences.join('\n'));
}

interface PlacedItem {
  readonly kind: Kind;
  readonly item: YAMLMap;
}

/** The entries of both forms of the file. */
function placedItems(contents: ParsedNode | null, report: Report): readonly PlacedItem[] {
  const items = isMap(contents) ? itemsByKey(contents, report) : isSeq(contents) ? contents.items : [];
  if (items.length === 0) report(contents, 'expected a list of at least one token, user, approle or issuer');
  return items.flatMap((found) => {
    const { kind, item } = 'kind' in found ? found : { kind: kindOf(found), item: found };
    const misfit = misfitOf(item, kind);
    if (misfit !== undefined) report(misfit.node, misfit.message);
    return misfit === undefined && isMap(item) ? [{ kind, item }] : [];
  });
}

function itemsByKey(contents: YAMLMap.Parsed, report: Report): { kind: Kind; item: ParsedNode }[] {
  return contents.items.flatMap(({ key, value }) => {
    const kind = KIND_NAMES.find((name) => name === textOf(key));
    if (kind === undefined) report(key, `unknown key, expected one of ${KIND_NAMES.join(', ')}`);
    else if (!isSeq(value)) report(value ?? key, `${kind}: expected a list`);
    return kind !== undefined && isSeq(value) ? value.items.map((item) => ({ kind, item })) : [];
  });
}

/** In a list of everything a key tells what an entry is. */
function kindOf(item: ParsedNode): Kind {
  const has = (...keys: readonly string[]) => isMap(item) && keys.some((key) => item.has(key));
  if (has('username', 'password-hash')) return 'users';
  if (has('role-id', 'secret-id-hash')) return 'approles';
  return has('issuer') ? 'issuers' : 'tokens';
}

/** Why something is not even the shape of an entry. */
function misfitOf(item: ParsedNode, kind: Kind): { node: Node; message: string } | undefined {
  const keys: readonly string[] = KINDS[kind];
  if (!isMap(item)) return { node: item, message: `expected an entry: ${keys.join(', ')}` };
  const unknown = item.items.find(({ key }) => !keys.includes(textOf(key) ?? ''));
  return unknown && { node: unknown.key, message: `unknown key, expected one of ${keys.join(', ')}` };
}

function toAccess(items: readonly PlacedItem[], report: Report): Access {
  const of = <E>(kind: Kind, read: (item: YAMLMap, report: Report) => E | undefined) =>
    items.filter((placed) => placed.kind === kind).map(({ item }) => ({ item, entry: read(item, report) }));
  const tokens = of('tokens', readToken);
  const users = of('users', readUser);
  const approles = of('approles', readApprole);
  const named: readonly Read<Principal>[] = [...tokens, ...users, ...approles];
  checkDistinct(named, 'name', { keyOf: ({ name }) => name, report });
  checkDistinct(tokens, 'hash', { keyOf: ({ hash }) => hash.toString('hex'), report });
  checkDistinct(approles, 'secret-id-hash', { keyOf: ({ secretHash }) => secretHash.toString('hex'), report });
  checkDistinct(approles, 'role-id', { keyOf: ({ roleId }) => roleId, report });
  const issuers = of('issuers', readIssuer);
  return {
    tokens: present(tokens),
    users: present(users),
    approles: present(approles),
    issuers: present(issuers),
  };
}

interface Read<E> {
  readonly item: YAMLMap;
  readonly entry: E | undefined;
}

function present<E>(read: readonly Read<E>[]): readonly E[] {
  return read.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
}

/** Names stand in logs and records, so each means one entry; of two equal hashes one could never be found. */
function checkDistinct<E>(
  read: readonly Read<E>[],
  what: string,
  { keyOf, report }: { readonly keyOf: (entry: E) => string | undefined; readonly report: Report },
): void {
  const seen = new Set<string>();
  for (const { item, entry } of read) {
    const key = entry === undefined ? undefined : keyOf(entry);
    if (key !== undefined && seen.has(key)) report(item, `another entry has the same ${what}`);
    if (key !== undefined) seen.add(key);
  }
}

function readToken(item: YAMLMap, report: Report): TokenEntry | undefined {
  const hash = readSha256(item, 'hash', report);
  const principal = readPrincipal(item, 'name', report);
  return hash === undefined || principal === undefined ? undefined : { ...principal, hash };
}

function readUser(item: YAMLMap, report: Report): UserEntry | undefined {
  const password = readPasswordHash(item, report);
  const principal = readPrincipal(item, 'username', report);
  if (password === undefined || principal === undefined) return undefined;
  const stamp = stampOf(principal, textOf(nodeAt(item, 'password-hash')));
  return { kind: 'user', ...principal, password, stamp };
}

function readApprole(item: YAMLMap, report: Report): ApproleEntry | undefined {
  const secretHash = readSha256(item, 'secret-id-hash', report);
  const roleId = item.has('role-id') ? readText(item, 'role-id', report) : undefined;
  const principal = readPrincipal(item, 'name', report);
  if (secretHash === undefined || principal === undefined) return undefined;
  const stamp = stampOf(principal, secretHash.toString('hex'), roleId);
  return { kind: 'approle', ...principal, roleId, secretHash, stamp };
}

function readPrincipal(item: YAMLMap, nameKey: 'name' | 'username', report: Report): Principal | undefined {
  const name = readText(item, nameKey, report);
  const tenant = readTenant(item, report);
  const roles = readRoles(item, report);
  return name === undefined || roles === undefined ? undefined : { name, tenant, roles };
}

function readPasswordHash(item: YAMLMap, report: Report): PasswordHash | undefined {
  const node = nodeAt(item, 'password-hash');
  const hash = parsePasswordHash(textOf(node) ?? '');
  if (hash === undefined)
    report(
      node ?? item,
      'password-hash: expected what `fairlead hash-password` prints ($scrypt$ln=…, at most 128 MiB)',
    );
  return hash;
}

function stampOf({ name, tenant, roles }: Principal, ...secrets: readonly (string | undefined)[]): string {
  const said = JSON.stringify([name, tenant ?? null, [...roles].sort(), ...secrets.map((secret) => secret ?? null)]);
  return createHash('sha256').update(said).digest('hex');
}
