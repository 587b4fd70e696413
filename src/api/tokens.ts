import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type ParsedNode, type YAMLMap } from 'yaml';
import { PERMISSIONS, type Permission, type TokenEntry } from './principal.ts';

/** A tokens file that cannot be used. The message has a line for each problem and never a token or a hash. */
export class TokensError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TokensError';
  }
}

const KEYS = ['name', 'hash', 'tenant', 'roles'];
/** Of users and approles, which the same file will hold (contract 5.2). */
const LATER_KEYS = ['users', 'approles', 'username', 'password', 'password-hash', 'role-id', 'secret-id'];
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Where something is wrong, in characters from the start. */
interface Flaw {
  readonly offset: number;
  readonly message: string;
}
type Report = (node: Node | null | undefined, message: string) => void;

/**
 * The entries of a tokens file, YAML or JSON: a list of `{name, hash: "sha256:HEX", tenant?, roles}`.
 * @throws TokensError with `file:line:column: message` for each problem
 */
export function parseTokens(text: string, file: string): readonly TokenEntry[] {
  const lines = new LineCounter();
  // The parser's own messages quote the source, so only their codes are shown.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const flaws: Flaw[] = document.errors.map(({ code, pos }) => ({
    offset: pos[0],
    message: `not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
  }));
  const report: Report = (node, message) => void flaws.push({ offset: node?.range?.[0] ?? 0, message });
  const entries = flaws.length === 0 ? toEntries(document.contents, report) : [];
  if (flaws.length === 0) return entries;
  const sentences = flaws.map(({ offset, message }) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${message}`;
  });
  throw new TokensError(sentences.join('\n'));
}

function toEntries(contents: ParsedNode | null, report: Report): readonly TokenEntry[] {
  if (isMap(contents) && contents.items.some(({ key }) => LATER_KEYS.includes(textOf(key) ?? ''))) {
    report(contents, 'users and approles are not supported yet; expected a list of tokens');
    return [];
  }
  if (!isSeq(contents) || contents.items.length === 0) {
    report(contents, 'expected a list of at least one token');
    return [];
  }
  const found = contents.items.map((item) => ({ item, entry: toEntry(item, report) }));
  const seen: TokenEntry[] = [];
  for (const { item, entry } of found) {
    if (entry === undefined) continue;
    if (seen.some(({ name }) => name === entry.name)) report(item, `another token has the name ${entry.name}`);
    if (seen.some(({ hash }) => hash.equals(entry.hash))) report(item, `${entry.name} has the hash of another token`);
    seen.push(entry);
  }
  return seen;
}

function toEntry(item: ParsedNode, report: Report): TokenEntry | undefined {
  const misfit = misfitOf(item);
  if (misfit !== undefined) report(misfit.node, misfit.message);
  if (misfit !== undefined || !isMap(item)) return undefined;
  const name = readName(item, report);
  const hash = readHash(item, report);
  const tenant = readTenant(item, report);
  const roles = readRoles(item, report);
  if (name === undefined || hash === undefined || roles === undefined) return undefined;
  return { name, hash, tenant, roles };
}

/** Why something is not even the shape of a token. */
function misfitOf(item: ParsedNode): { node: Node; message: string } | undefined {
  if (!isMap(item)) return { node: item, message: 'expected a token: name, hash, tenant and roles' };
  const isOneOf = (keys: readonly string[], key: unknown) => keys.includes(textOf(key) ?? '');
  if (item.items.some(({ key }) => isOneOf(LATER_KEYS, key)))
    return { node: item, message: 'users and approles are not supported yet, only tokens' };
  const unknown = item.items.find(({ key }) => !isOneOf(KEYS, key));
  return unknown && { node: unknown.key, message: `unknown key, expected one of ${KEYS.join(', ')}` };
}

function readName(item: YAMLMap, report: Report): string | undefined {
  const node = nodeAt(item, 'name');
  const name = textOf(node);
  if (name !== undefined && name !== '') return name;
  report(node ?? item, 'name: expected a text');
  return undefined;
}

function readHash(item: YAMLMap, report: Report): Buffer | undefined {
  const node = nodeAt(item, 'hash');
  const hex = /^sha256:([0-9a-fA-F]{64})$/.exec(textOf(node) ?? '')?.[1];
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  report(node ?? item, 'hash: expected sha256: and the 64 hexadecimal digits of the hash');
  return undefined;
}

/** A tenant that is there and no name must not make its token the site provider's: it is a flaw. */
function readTenant(item: YAMLMap, report: Report): string | undefined {
  if (!item.has('tenant')) return undefined;
  const node = nodeAt(item, 'tenant');
  const tenant = textOf(node) ?? '';
  if (!NAME.test(tenant)) report(node ?? item, 'tenant: expected the name of a tenant');
  return tenant;
}

function readRoles(item: YAMLMap, report: Report): ReadonlySet<Permission> | undefined {
  const node = nodeAt(item, 'roles');
  const roles = isSeq(node) ? node.items.map(toPermission) : [];
  const known = roles.filter((role) => role !== undefined);
  if (known.length > 0 && known.length === roles.length) return new Set(known);
  report(node ?? item, `roles: expected a list of ${PERMISSIONS.join(', ')}`);
  return undefined;
}

function toPermission(node: unknown): Permission | undefined {
  return PERMISSIONS.find((permission) => permission === textOf(node));
}

function nodeAt(item: YAMLMap, key: string): Node | undefined {
  const node = item.get(key, true);
  return isScalar(node) || isSeq(node) || isMap(node) ? node : undefined;
}

/** What the author wrote, though it may look like a number: `name: 7`. */
function textOf(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
}
