import type { PoliciesInForce, ValidDocument } from '../model/catalog.ts';
import type { TenantRulesSpec } from '../model/policy-spec.ts';
import type { Problem, ProblemRule } from '../model/problem.ts';
import { parseSize } from '../spec/units.ts';
import { allowsHostPorts } from './host-ports.ts';
import { layersOf } from './layers.ts';
import { allowsRegistry, plainCapability } from './rules.ts';

/**
 * What a policy says in vain: a tenant's that would allow what that of all tenants does not, and rules for a tenant that
 * is not there. Warnings, for neither does harm: every rule of both has to be kept.
 * @param tenants every tenant that the revision has anything of
 */
export function remarksOn(policies: PoliciesInForce, tenants: ReadonlySet<string>): readonly Problem[] {
  const { '': root, ...own } = policies.documents;
  if (root === undefined) return [];
  return [
    ...Object.keys(root.document.spec.tenants ?? {})
      .filter((tenant) => !tenants.has(tenant))
      .map((tenant) => warning(root.document, 'policy/tenants', `tenants.${tenant}: there is no tenant of this name`)),
    ...Object.values(own).flatMap(({ document }) => vainRules(document, policies)),
  ];
}

function vainRules(document: ValidDocument<'policy'>, policies: PoliciesInForce): readonly Problem[] {
  const [root] = layersOf(policies, document.tenant);
  if (root === undefined) return [];
  return COMPARISONS.flatMap(({ section, key, vain }) => {
    const values = vain(document.spec, root.rules);
    if (values.length === 0) return [];
    const place = `\`${root.nameOf(section, key)}\` of ${root.file}`;
    return warning(
      document,
      `policy/${section}.${key}`,
      `${section}.${key}: ${values.join(', ')} is more than ${place} allows, which stays in force`,
    );
  });
}

interface Comparison {
  readonly section: keyof TenantRulesSpec;
  readonly key: string;
  /** What the tenant's own rules allow and the other ones do not. */
  readonly vain: (own: TenantRulesSpec, root: TenantRulesSpec) => readonly string[];
}

const COMPARISONS: readonly Comparison[] = [
  {
    section: 'images',
    key: 'registries',
    vain: (own, root) => named(own.images?.registries).filter((registry) => !allowsRegistry(registry, root)),
  },
  {
    section: 'containers',
    key: 'capabilities',
    vain: (own, root) =>
      beyond(own.containers?.capabilities?.map(plainCapability), root.containers?.capabilities?.map(plainCapability)),
  },
  {
    section: 'containers',
    key: 'device-labels',
    vain: (own, root) => beyond(own.containers?.['device-labels'], root.containers?.['device-labels']),
  },
  {
    section: 'containers',
    key: 'host-ports',
    vain: (own, root) => {
      const allowed = root.containers?.['host-ports'];
      return named(own.containers?.['host-ports']).filter((port) => allowed && !allowsHostPorts(allowed, port));
    },
  },
  {
    section: 'containers',
    key: 'security-off',
    vain: (own, root) => beyond(own.containers?.['security-off'], root.containers?.['security-off']),
  },
  {
    section: 'containers',
    key: 'volume-labels',
    vain: (own, root) => beyond(own.containers?.['volume-labels'], root.containers?.['volume-labels']),
  },
  {
    section: 'containers',
    key: 'gpus',
    vain: (own, root) =>
      own.containers?.gpus === 'allowed' && root.containers?.gpus === 'forbidden' ? ['allowed'] : [],
  },
  {
    section: 'quotas',
    key: 'instances',
    vain: (own, root) => above(own.quotas?.instances, root.quotas?.instances, Number),
  },
  {
    section: 'quotas',
    key: 'memory',
    vain: (own, root) => above(own.quotas?.memory, root.quotas?.memory, parseSize),
  },
  {
    section: 'quotas',
    key: 'cpus',
    vain: (own, root) => above(own.quotas?.cpus, root.quotas?.cpus, Number),
  },
];

/** What stands for everything restricts nothing further, and means no more than that. */
function named(values: readonly string[] = []): readonly string[] {
  return values.filter((value) => value !== '*' && value !== 'ALL');
}

function beyond(own: readonly string[] | undefined, root: readonly string[] | undefined): readonly string[] {
  if (root === undefined || root.includes('*') || root.includes('ALL')) return [];
  return named(own).filter((value) => !root.includes(value));
}

function above<T extends string | number>(
  own: T | undefined,
  root: T | undefined,
  toNumber: (value: T) => number,
): readonly string[] {
  return own !== undefined && root !== undefined && toNumber(own) > toNumber(root) ? [String(own)] : [];
}

function warning({ file, line, column }: ValidDocument<'policy'>, rule: ProblemRule, message: string): Problem {
  return { file, line, column, message, severity: 'warning', rule };
}
