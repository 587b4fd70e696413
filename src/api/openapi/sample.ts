import type { JsonSchema } from '../../spec/json-schema.ts';
import { referredName, type NamedSchemas } from './compose-schemas.ts';

/** A value such as the schema describes: its own example, else one made of those inside of it, with required keys alone. */
export function sampleOf(schema: JsonSchema, all: NamedSchemas): unknown {
  const name = referredName(schema);
  if (schema.examples !== undefined) return schema.examples[0];
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (name !== undefined) return sampleOf(all[name] ?? {}, all);
  if (schema.anyOf?.[0] !== undefined) return sampleOf(schema.anyOf[0], all);
  switch (schema.type) {
    case 'object': {
      const keys = Object.entries(schema.properties ?? {}).filter(([key]) => schema.required?.includes(key));
      return Object.fromEntries(keys.map(([key, property]) => [key, sampleOf(property, all)]));
    }
    case 'array':
      return [sampleOf(schema.items ?? {}, all)];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
    case undefined:
      return '';
    default:
      return schema.type satisfies never;
  }
}
