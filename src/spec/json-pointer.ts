import { type JsonSchema, resolveReference, schemaOfKey } from './json-schema.ts';
import { LIMITS } from './limits.ts';

/** A JSON pointer (RFC 6901) taken apart: `/services/0/name` is services, 0, name; of the whole document it is empty. */
export type Pointer = readonly string[];

/** undefined for what is none, or leads deeper than documents go. */
export function parsePointer(text: string): Pointer | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  const steps = text.split('/', LIMITS.depth + 2).slice(1);
  return steps.length > LIMITS.depth
    ? undefined
    : steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export type Found = { readonly value: unknown } | undefined;

/** What a document holds there; nothing that it merely inherits. */
export function findAt(document: unknown, pointer: Pointer): Found {
  let value = document;
  for (const step of pointer) {
    if (Array.isArray(value)) {
      const index = indexOf(step);
      if (index === undefined || index >= value.length) return undefined;
      value = value[index];
    } else {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[step];
    }
  }
  return { value };
}

/** Whether something can be put there: in front of an entry of a list, behind the last (`-`), at a key of a mapping. */
export function canAddAt(document: unknown, pointer: Pointer): boolean {
  const last = pointer.at(-1);
  if (last === undefined) return true;
  const parent = findAt(document, pointer.slice(0, -1))?.value;
  if (!Array.isArray(parent)) return typeof parent === 'object' && parent !== null;
  return last === '-' || (indexOf(last) ?? Infinity) <= parent.length;
}

/** What the schema of a document says of what is there; undefined: nothing. */
export function schemaAt(root: JsonSchema, pointer: Pointer): JsonSchema | undefined {
  let schema: JsonSchema | undefined = root;
  for (const step of pointer) {
    if (schema === undefined) return undefined;
    const here: JsonSchema = resolveReference(root, schema);
    schema = here.type === 'array' ? here.items : schemaOfKey(root, here, step);
  }
  return schema === undefined ? undefined : resolveReference(root, schema);
}

function indexOf(step: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,8})$/.test(step) ? Number(step) : undefined;
}
