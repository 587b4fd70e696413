import type { Finding, Path } from './finding.ts';
import { formatPath } from './finding.ts';
import { type JsonSchema, resolveReference, schemaOfKey } from './json-schema.ts';

/**
 * One warning for every field that is accepted but not carried out yet, the outermost only, in the order of the
 * document. An empty list asks for nothing and gets none.
 */
export function findUnsupported(value: unknown, schema: JsonSchema): readonly Finding[] {
  return visit(value, schema, schema, []);
}

function visit(value: unknown, schema: JsonSchema, root: JsonSchema, path: Path): readonly Finding[] {
  if (schema['x-not-supported-yet'] === true) return isEmptyList(value) ? [] : [warningAt(path)];
  const target = resolveReference(root, schema);
  if (Array.isArray(value)) {
    const { items } = target;
    return items === undefined ? [] : value.flatMap((item, index) => visit(item, items, root, [...path, index]));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const childSchema = schemaOfKey(root, target, key);
    return childSchema === undefined ? [] : visit(child, childSchema, root, [...path, key]);
  });
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function warningAt(path: Path): Finding {
  const message = `not supported yet: ${formatPath(path)}`;
  return { path, target: 'key', message, severity: 'warning', rule: 'schema/not-supported-yet' };
}
