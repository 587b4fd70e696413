import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/settings.ts';
import * as schemas from '../../src/spec/schemas.ts';
import { createValidator } from '../../src/spec/validator.ts';

describe('validators', () => {
  // They trust their schemas, because looking at these takes as long as everything else that is done at a start.
  it.each(Object.entries({ ...schemas, configSchema: configSchema() }))('can trust %s', (_name, schema) => {
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
    expect(ajv.validateSchema({ ...schema, properties: [] })).toBe(false);
    expect(createValidator(schema).validate('no object').valid).toBe(false);
  });
});
