/** `null` only in the documents of the API. A value of several types is written as `anyOf`. */
export type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

/** The part of JSON Schema 2020-12 our schemas are written in, with our own keywords. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly writeOnly?: boolean;
  readonly readOnly?: boolean;
  readonly const?: unknown;
  readonly type?: JsonType;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly required?: readonly string[];
  /** Only ever a choice between keys. */
  readonly oneOf?: readonly { readonly required: readonly string[] }[];
  readonly not?: { readonly required: readonly string[] };
  /** Only in the documents of the API. */
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  /** What a value of this type is, as it follows "is not". */
  readonly 'x-expects'?: string;
  /** The field is accepted and not carried out. */
  readonly 'x-not-supported-yet'?: true;
  /** What its numbers count. */
  readonly 'x-unit'?: string;
  /** What the host has to have for the field to do what it says. */
  readonly 'x-needs'?: string;
  /** Keys that make no sense here, with the reason. */
  readonly 'x-never'?: Readonly<Record<string, string>>;
  /** Only in the documents of the API: the schema whose keys it has as well. What is said again replaces what is there. */
  readonly 'x-extends'?: string;
}

/** Our own keywords, which a validator has to be told of. */
export const OWN_KEYWORDS = [
  'x-expects',
  'x-not-supported-yet',
  'x-unit',
  'x-needs',
  'x-never',
] as const satisfies readonly (keyof JsonSchema)[];

/** The schema itself, or the definition it refers to. References never chain. */
export function resolveReference(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.replace('#/$defs/', '');
  return name === undefined ? schema : (root.$defs?.[name] ?? schema);
}

/** The schema of a key of an object: its own, or that of any other key. */
export function schemaOfKey(root: JsonSchema, object: JsonSchema, key: string): JsonSchema | undefined {
  const { properties, additionalProperties } = resolveReference(root, object);
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}
