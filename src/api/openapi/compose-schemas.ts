import { resolveReference, type JsonSchema } from '../../spec/json-schema.ts';

// The schemas of the API's own documents (schemas/api/) and of those that users write (schemas/), under one set of
// names: what `/openapi.json` has below `components/schemas`.

export type NamedSchemas = Readonly<Record<string, JsonSchema>>;

const COMPONENT = '#/components/schemas/';

/** What a reference is to; undefined when the schema is none. */
export function referredName({ $ref }: JsonSchema): string | undefined {
  return $ref?.replace(/^.*\//, '');
}

export function referenceTo(name: string): JsonSchema {
  return { $ref: `${COMPONENT}${name}` };
}

/**
 * @param own the API's documents: they may refer to one another, and take over the keys of any other by `x-extends`
 * @param specs what users write, each known by its title, and the objects in it by theirs
 * @throws TypeError when a name stands for two schemas, or for none
 */
export function composeSchemas(own: NamedSchemas, specs: readonly JsonSchema[]): NamedSchemas {
  const named = [...specs.flatMap(objectsOf), ...Object.entries(mapSchemas(own, toComponent))];
  const twice = named.find(([name], i) => named.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) throw new TypeError(`two schemas have the name ${twice[0]}`);
  const all = Object.fromEntries(named);
  const composed = mapSchemas(all, (schema) => extend(schema, all));
  const missing = [...referencesIn(composed)].find((name) => !Object.hasOwn(composed, name));
  if (missing !== undefined) throw new TypeError(`there is no schema ${missing}`);
  return composed;
}

/** Those of the names, and all that they refer to. */
export function reachableSchemas(all: NamedSchemas, names: Iterable<string>): NamedSchemas {
  const reached = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...referencesIn(all[name]));
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => reached.has(name)));
}

/** The names of every schema that is referred to, however deep. */
export function referencesIn(value: unknown): ReadonlySet<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((one) => [...referencesIn(one)]));
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
      const isReference = key === '$ref' && typeof part === 'string' && part.startsWith(COMPONENT);
      return isReference ? [part.slice(COMPONENT.length)] : [...referencesIn(part)];
    }),
  );
}

/** The document and every object in it, under their titles. */
function objectsOf(root: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  const objects = Object.values(root.$defs ?? {}).filter(({ type }) => type === 'object');
  return [root, ...objects].map((schema) => [titleOf(schema), standAlone(root, schema)]);
}

function titleOf({ title, description = 'a schema' }: JsonSchema): string {
  if (title === undefined) throw new TypeError(`there is no title for: ${description}`);
  return title;
}

/** How the format `duration` of specifications is called in the description of the API. */
export const TIME_SPAN = 'time-span';

/** What is meant for the checker of documents alone, or has no place in a component. */
const LEFT_OUT = new Set(['$schema', '$id', '$ref', '$defs', 'title', 'writeOnly', 'x-expects', 'x-never']);

/** References to objects go by their titles; other values stand in place of the reference. */
function standAlone(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const target = resolveReference(root, schema);
  if (target !== schema && target.type === 'object')
    return { ...without(schema, LEFT_OUT), ...referenceTo(titleOf(target)) };
  const plain = without({ ...target, ...schema }, LEFT_OUT);
  // JSON Schema knows a format of that name, ISO 8601, which ours is not.
  const format = plain.format === 'duration' ? { format: TIME_SPAN } : {};
  return mapInside({ ...plain, ...format }, (inner) => standAlone(root, inner));
}

function without(schema: JsonSchema, keywords: ReadonlySet<string>): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keywords.has(key)));
}

/** `#/$defs/Host`, the form within schemas/api/, in that of the whole. */
function toComponent(schema: JsonSchema): JsonSchema {
  const name = referredName(schema);
  return mapInside(name === undefined ? schema : { ...schema, ...referenceTo(name) }, toComponent);
}

const SAID_ANEW = new Set(['required', 'examples']);

/** Its own keys after those it takes over; what is required, and its examples, it says by itself. */
function extend(schema: JsonSchema, all: NamedSchemas): JsonSchema {
  const { 'x-extends': name, ...own } = schema;
  if (name === undefined) return schema;
  const found = all[name];
  if (found === undefined) throw new TypeError(`there is no schema ${name} to extend`);
  const base = extend(found, all);
  return { ...without(base, SAID_ANEW), ...own, properties: { ...base.properties, ...own.properties } };
}

function mapSchemas(schemas: NamedSchemas, change: (schema: JsonSchema) => JsonSchema): NamedSchemas {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, change(schema)]));
}

/** The schema with those inside of it changed. */
export function mapInside(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const { properties, items, additionalProperties: others, anyOf } = schema;
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: mapSchemas(properties, change) }),
    ...(items === undefined ? {} : { items: change(items) }),
    ...(typeof others === 'object' ? { additionalProperties: change(others) } : {}),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(change) }),
  };
}
