import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { PERMISSIONS, type Permission } from '../protocol/principal.ts';

// Readers of the fields of an entry of the tokens file. Each reports what is wrong, and then gives undefined. No
// message quotes what was written: a secret may stand in the wrong place.

/** Tells what is wrong, at a place in the file. */
export type Report = (node: Node | null | undefined, message: string) => void;

const TENANT = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const LONGEST_NAME = 63;

export function isTenantName(text: string): boolean {
  return text.length <= LONGEST_NAME && TENANT.test(text);
}

export function readText(item: YAMLMap, key: string, report: Report): string | undefined {
  const node = nodeAt(item, key);
  const text = textOf(node);
  if (text !== undefined && text !== '') return text;
  report(node ?? item, `${key}: expected a text`);
  return undefined;
}

/** A text, or a list of some. */
export function readTexts(item: YAMLMap, key: string, report: Report): readonly string[] | undefined {
  const node = nodeAt(item, key);
  const texts = textsOf(node);
  if (texts !== undefined) return texts;
  report(node ?? item, `${key}: expected a text, or a list of texts`);
  return undefined;
}

/** Of a text or a list of them; undefined: it is neither, or nothing stands in it. */
export function textsOf(node: unknown): readonly string[] | undefined {
  const texts = (isSeq(node) ? node.items : [node]).map(textOf);
  const present = texts.flatMap((text) => (text === undefined || text === '' ? [] : [text]));
  return present.length > 0 && present.length === texts.length ? present : undefined;
}

export function readSha256(item: YAMLMap, key: string, report: Report): Buffer | undefined {
  const node = nodeAt(item, key);
  const hex = /^sha256:([0-9a-fA-F]{64})$/.exec(textOf(node) ?? '')?.[1];
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  report(node ?? item, `${key}: expected sha256: and the 64 hexadecimal digits of the hash`);
  return undefined;
}

/** A tenant that is there and no name must not make somebody the site provider: it is a flaw. */
export function readTenant(item: YAMLMap, report: Report): string | undefined {
  if (!item.has('tenant')) return undefined;
  const node = nodeAt(item, 'tenant');
  const tenant = textOf(node) ?? '';
  if (!isTenantName(tenant)) report(node ?? item, 'tenant: expected the name of a tenant');
  return tenant;
}

export function readRoles(item: YAMLMap, report: Report): ReadonlySet<Permission> | undefined {
  const node = nodeAt(item, 'roles');
  const roles = rolesOf(node);
  if (roles === undefined) report(node ?? item, `roles: expected a list of ${PERMISSIONS.join(', ')}`);
  return roles;
}

/** Of a list of nothing but roles. */
export function rolesOf(node: unknown): ReadonlySet<Permission> | undefined {
  const roles = isSeq(node) ? node.items.map(toPermission) : [];
  const known = roles.filter((role) => role !== undefined);
  return known.length > 0 && known.length === roles.length ? new Set(known) : undefined;
}

function toPermission(node: unknown): Permission | undefined {
  return PERMISSIONS.find((permission) => permission === textOf(node));
}

export function nodeAt(item: YAMLMap, key: string): Node | undefined {
  const node = item.get(key, true);
  return isScalar(node) || isSeq(node) || isMap(node) ? node : undefined;
}

/** What the author wrote, though it may look like a number: `name: 7`. */
export function textOf(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
}
