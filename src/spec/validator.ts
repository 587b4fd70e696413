import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ApplicationDeploymentSpec } from '../model/application-deployment-spec.ts';
import type { ApplicationSpec } from '../model/application-spec.ts';
import type { PolicySpec } from '../model/policy-spec.ts';
import type { SiteSpec } from '../model/site-spec.ts';
import type { TenantSpec } from '../model/tenant-spec.ts';
import { explainErrors } from './explain.ts';
import type { Finding } from './finding.ts';
import { FORMATS } from './formats.ts';
import { type JsonSchema, OWN_KEYWORDS } from './json-schema.ts';
import { applicationDeploymentSchema, applicationSchema, policySchema, siteSchema, tenantSchema } from './schemas.ts';

export type Validation<T> =
  { readonly valid: true; readonly spec: T } | { readonly valid: false; readonly findings: readonly Finding[] };

/** One schema, compiled. */
export interface Validator<T> {
  readonly schema: JsonSchema;
  readonly validate: (value: unknown) => Validation<T>;
}

/** T has to be the type that the schema describes. Compiling takes tens of ms and is done when it is first needed. */
export function createValidator<T>(schema: JsonSchema): Validator<T> {
  let check: ValidateFunction<T> | undefined;
  const validate = (value: unknown): Validation<T> => {
    check ??= compile<T>(schema);
    if (check(value)) return { valid: true, spec: value };
    const errors: readonly ErrorObject[] = check.errors ?? [];
    return { valid: false, findings: explainErrors(errors, value, schema) };
  };
  return { schema, validate };
}

/** Whether the schemas are right is for a test to say: looking at them takes as long as everything else here. */
const TRUSTED = { meta: false, validateSchema: false };

function compile<T>(schema: JsonSchema): ValidateFunction<T> {
  const strict = { strict: true, strictTypes: false, strictRequired: false };
  const ajv = new Ajv2020({ allErrors: true, verbose: true, ...strict, ...TRUSTED });
  ajv.addVocabulary([...OWN_KEYWORDS]);
  for (const [name, complaint] of Object.entries(FORMATS)) {
    ajv.addFormat(name, (text: string) => complaint(text) === undefined);
  }
  return ajv.compile<T>(schema);
}

export const applicationValidator = createValidator<ApplicationSpec>(applicationSchema);
export const applicationDeploymentValidator = createValidator<ApplicationDeploymentSpec>(applicationDeploymentSchema);
export const siteValidator = createValidator<SiteSpec>(siteSchema);
export const tenantValidator = createValidator<TenantSpec>(tenantSchema);
export const policyValidator = createValidator<PolicySpec>(policySchema);
