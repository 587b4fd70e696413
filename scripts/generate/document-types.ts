import { referredName, type NamedSchemas } from '../../src/api/openapi/compose-schemas.ts';
import type { JsonSchema } from '../../src/spec/json-schema.ts';

/** A module of types, and which of the names it has. */
export interface TypeModule {
  /** As the types import it. */
  readonly path: string;
  readonly names: ReadonlySet<string>;
}

/**
 * The types of the documents `names`, all of it readonly; what `elsewhere` has is imported from there.
 * @throws TypeError for what no type can say
 */
export function documentTypes(
  schemas: NamedSchemas,
  names: readonly string[],
  elsewhere: readonly TypeModule[],
): string {
  const types = names.map((name) => declaration(name, schemas[name] ?? {}));
  const body = types.join('\n');
  const imports = elsewhere.flatMap(({ path, names: there }) => {
    const used = [...there].filter((name) => new RegExp(`\\b${name}\\b`).test(body)).sort();
    return used.length === 0 ? [] : [`import type { ${used.join(', ')} } from '${path}';\n`];
  });
  return `${imports.join('')}\n${body}`;
}

function declaration(name: string, schema: JsonSchema): string {
  const isInterface = schema.properties !== undefined;
  const type = typeOf(schema);
  return `${comment(schema)}export ${isInterface ? `interface ${name} ${type}` : `type ${name} = ${type};`}\n`;
}

function typeOf(schema: JsonSchema): string {
  const name = referredName(schema);
  if (name !== undefined) return name;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' | ');
  switch (schema.type) {
    case 'object':
      return objectType(schema);
    case 'array':
      return `readonly (${typeOf(schema.items ?? {})})[]`;
    case 'integer':
      return 'number';
    case undefined:
      return 'unknown';
    default:
      return schema.type;
  }
}

/** Keys that are not named are told only where no key is: a type cannot give them another kind than the named ones. */
function objectType({ properties, additionalProperties, required = [] }: JsonSchema): string {
  if (properties === undefined) {
    const value = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown';
    return `Readonly<Record<string, ${value}>>`;
  }
  const keys = Object.entries(properties).map(([key, schema]) => {
    const optional = required.includes(key) ? '' : '?';
    return `${comment(schema)}readonly ${JSON.stringify(key)}${optional}: ${typeOf(schema)};\n`;
  });
  return `{\n${keys.join('')}}`;
}

function comment({ description, examples: [example] = [] }: JsonSchema): string {
  if (description === undefined) return '';
  const shown = typeof example === 'string' ? ` \`${example}\`` : '';
  return `/** ${description.replaceAll('*/', '* /')}${shown} */\n`;
}
