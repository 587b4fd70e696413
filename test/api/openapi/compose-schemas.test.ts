import { describe, expect, it } from 'vitest';
import { composeSchemas, reachableSchemas } from '../../../src/api/openapi/compose-schemas.ts';
import type { JsonSchema } from '../../../src/spec/json-schema.ts';

const SPEC: JsonSchema = {
  $id: 'https://example.org/spec',
  title: 'ThingSpec',
  type: 'object',
  properties: {
    name: { description: 'Its name.', $ref: '#/$defs/name' },
    parts: { type: 'array', items: { $ref: '#/$defs/part' } },
    wait: { type: 'string', format: 'duration', 'x-expects': 'a time' },
  },
  additionalProperties: false,
  required: ['name'],
  $defs: {
    name: { description: 'A name.', type: 'string', pattern: '^[a-z]+$' },
    part: { title: 'PartSpec', type: 'object', properties: { of: { $ref: '#/$defs/name' } } },
  },
};

describe('the schemas of the API', () => {
  it('have what users write under its titles, with values in place of references to them', () => {
    expect(composeSchemas({}, [SPEC])).toEqual({
      ThingSpec: {
        type: 'object',
        properties: {
          name: { description: 'Its name.', type: 'string', pattern: '^[a-z]+$' },
          parts: { type: 'array', items: { $ref: '#/components/schemas/PartSpec' } },
          wait: { type: 'string', format: 'time-span' },
        },
        additionalProperties: false,
        required: ['name'],
      },
      PartSpec: {
        type: 'object',
        properties: { of: { description: 'A name.', type: 'string', pattern: '^[a-z]+$' } },
      },
    });
  });

  it('take over the keys of another, replace some and say anew which are required', () => {
    const own: Record<string, JsonSchema> = {
      Thing: { 'x-extends': 'ThingSpec', description: 'It', properties: { seen: { type: 'boolean' } } },
      LongThing: { 'x-extends': 'Thing', properties: { name: { $ref: '#/$defs/Thing' } }, required: ['seen'] },
    };
    const { Thing, LongThing } = composeSchemas(own, [SPEC]);
    expect(Object.keys(Thing?.properties ?? {})).toEqual(['name', 'parts', 'wait', 'seen']);
    expect(Thing).toMatchObject({ description: 'It', additionalProperties: false });
    expect(Thing?.required).toBeUndefined();
    expect(LongThing).toMatchObject({ description: 'It', required: ['seen'] });
    expect(LongThing?.properties?.['name']).toEqual({ $ref: '#/components/schemas/Thing' });
  });

  it('have each name once, and every name that is referred to', () => {
    expect(() => composeSchemas({ PartSpec: {} }, [SPEC])).toThrow('two schemas have the name PartSpec');
    expect(() => composeSchemas({ A: { $ref: '#/$defs/B' } }, [])).toThrow('there is no schema B');
    expect(() => composeSchemas({ A: { 'x-extends': 'B' } }, [])).toThrow('there is no schema B to extend');
  });

  it('are left out where nothing leads to them', () => {
    const all = composeSchemas({ A: { items: { $ref: '#/$defs/B' } }, B: { $ref: '#/$defs/A' }, C: {} }, []);
    expect(Object.keys(reachableSchemas(all, ['A']))).toEqual(['A', 'B']);
  });
});
