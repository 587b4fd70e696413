import { type JsonSchema, resolveReference, schemaOfKey } from './json-schema.ts';

/**
 * A part of a document laid over the whole of it (avassa-reference 7.3, plain patch): scalars replace, mappings merge, lists
 * of things with a name of their own merge by it, any other list is replaced. Nothing can be taken away like this.
 *
 * @param schema of the whole: it says which lists hold named things
 */
export function mergeDocuments(whole: unknown, part: unknown, schema: JsonSchema): unknown {
  return merge(whole, part, { root: schema, schema });
}

interface Place {
  readonly root: JsonSchema;
  /** undefined where no schema says what is there. */
  readonly schema: JsonSchema | undefined;
}

type Mapping = Readonly<Record<string, unknown>>;

function merge(whole: unknown, part: unknown, { root, schema }: Place): unknown {
  const here = schema === undefined ? undefined : resolveReference(root, schema);
  if (isMapping(whole) && isMapping(part)) return mergeMappings(whole, part, { root, schema: here });
  if (Array.isArray(whole) && Array.isArray(part) && holdsNamedThings(root, here))
    return mergeByName(whole, part, { root, schema: here?.items });
  return part;
}

function mergeMappings(whole: Mapping, part: Mapping, { root, schema }: Place): Mapping {
  const ofKey = (key: string) => (schema === undefined ? undefined : schemaOfKey(root, schema, key));
  const merged = Object.entries(part).map(([key, value]): [string, unknown] =>
    Object.hasOwn(whole, key) ? [key, merge(whole[key], value, { root, schema: ofKey(key) })] : [key, value],
  );
  // Not a spread over assignments: `__proto__` has to be a key like any other.
  return Object.fromEntries([...Object.entries(whole), ...merged]);
}

/** Things keep their places, new ones come last; with a name that stands twice there is nothing to go by. */
function mergeByName(whole: readonly unknown[], part: readonly unknown[], place: Place): readonly unknown[] {
  const parts = byName(part);
  if (parts === undefined) return part;
  const wholes = byName(whole);
  if (wholes === undefined) return part;
  const kept = whole.map((thing) => {
    const name = nameOf(thing);
    const over = name === undefined ? undefined : parts.get(name);
    return over === undefined ? thing : merge(thing, over, place);
  });
  const isNew = (thing: unknown) => !wholes.has(nameOf(thing) ?? '');
  return [...kept, ...part.filter(isNew)];
}

/** undefined when two have one name. */
function byName(things: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const named = things.flatMap((thing): [string, unknown][] => {
    const name = nameOf(thing);
    return name === undefined ? [] : [[name, thing]];
  });
  const found = new Map(named);
  return found.size === named.length ? found : undefined;
}

function nameOf(thing: unknown): string | undefined {
  return isMapping(thing) && typeof thing['name'] === 'string' ? thing['name'] : undefined;
}

function holdsNamedThings(root: JsonSchema, list: JsonSchema | undefined): boolean {
  const element = list?.items === undefined ? undefined : resolveReference(root, list.items);
  return element?.required?.includes('name') === true;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
