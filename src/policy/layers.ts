import type { PoliciesInForce, ValidDocument } from '../model/catalog.ts';
import { own } from '../model/own.ts';
import type { TenantRulesSpec } from '../model/policy-spec.ts';

/** Rules that a tenant has to keep, all from one file. */
export interface Layer {
  /** The file they stand in. */
  readonly file: string;
  readonly rules: TenantRulesSpec;
  /** Where in the file a rule stands: `images.registries`, `tenants.acme.images.registries`. */
  readonly nameOf: (section: keyof TenantRulesSpec, key: string) => string;
}

/** What a tenant has to keep to: every rule of each. Those of all tenants come first. */
export function layersOf({ documents }: PoliciesInForce, tenant: string): readonly Layer[] {
  const [root, its] = [documents[''], own(documents, tenant)];
  return [
    ...(root === undefined ? [] : [rootLayer(root.document, tenant)]),
    ...(its === undefined ? [] : [tenantLayer(its.document)]),
  ];
}

/** What is said of the tenant by name stands in place of what is said of all, rule by rule. */
function rootLayer({ file, spec }: ValidDocument<'policy'>, tenant: string): Layer {
  const named = own(spec.tenants ?? {}, tenant);
  if (named === undefined) return { file, rules: spec, nameOf: plainName };
  const rules: TenantRulesSpec = {
    images: { ...spec.images, ...named.images },
    containers: { ...spec.containers, ...named.containers },
    resources: { ...spec.resources, ...named.resources },
    quotas: { ...spec.quotas, ...named.quotas },
  };
  const nameOf: Layer['nameOf'] = (section, key) => {
    const isNamed = Object.hasOwn(named[section] ?? {}, key);
    return isNamed ? `tenants.${tenant}.${plainName(section, key)}` : plainName(section, key);
  };
  return { file, rules, nameOf };
}

/** `tenants` has no place in it, and its check says so; were it there, it would be overlooked. */
function tenantLayer({ file, spec }: ValidDocument<'policy'>): Layer {
  return { file, rules: spec, nameOf: plainName };
}

function plainName(section: string, key: string): string {
  return `${section}.${key}`;
}
