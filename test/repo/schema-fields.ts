import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/setup.mjs';
import { type JsonSchema, resolveReference } from '../../src/spec/json-schema.ts';

/** A property of a schema, with the way to it from the top of a document: `services[].containers[].memory`. */
export interface SchemaField {
  readonly path: string;
  readonly schema: JsonSchema;
  /** What a reference of it leads to; the schema itself where there is none. */
  readonly target: JsonSchema;
  /** It holds no other fields: a text, a number, a list of them, a map. */
  readonly isLeaf: boolean;
  /** Carried out, and so is everything around it. */
  readonly isSupported: boolean;
}

export function readSchema(name: string): JsonSchema {
  return JSON.parse(readFileSync(path.join(root, 'schemas', `${name}.schema.json`), 'utf8')) as JsonSchema;
}

/** Every property of a document, each before those inside of it. */
export function fieldsOf(schema: JsonSchema): readonly SchemaField[] {
  return below(schema, schema, { path: '', isSupported: true });
}

function below(
  root: JsonSchema,
  object: JsonSchema,
  around: Pick<SchemaField, 'path' | 'isSupported'>,
): readonly SchemaField[] {
  return Object.entries(object.properties ?? {}).flatMap(([key, schema]) => {
    const target = resolveReference(root, schema);
    const item = target.items === undefined ? undefined : resolveReference(root, target.items);
    const name = around.path === '' ? key : `${around.path}.${key}`;
    const isSupported = around.isSupported && schema['x-not-supported-yet'] !== true;
    const inner = item?.type === 'object' ? item : target;
    const inside = below(root, inner, { path: item === undefined ? name : `${name}[]`, isSupported });
    return [{ path: name, schema, target, isLeaf: inside.length === 0, isSupported }, ...inside];
  });
}
