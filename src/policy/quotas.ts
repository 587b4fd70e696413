import type { PoliciesInForce } from '../model/catalog.ts';
import type { QuotasSpec } from '../model/policy-spec.ts';
import type { QuotaLimit, TenantQuota } from '../model/quota.ts';
import { parseSize } from '../spec/units.ts';
import type { Cost } from './cost.ts';
import { layersOf } from './layers.ts';

/** What a tenant may have at a site: of each kind the smallest that any policy allows. undefined: as much as it wants. */
export function quotaOf(policies: PoliciesInForce, tenant: string): TenantQuota | undefined {
  const limits = layersOf(policies, tenant).flatMap(({ file, rules, nameOf }) =>
    KINDS.flatMap(({ kind, most }) => {
      const limit = most(rules.quotas ?? {});
      return limit === undefined ? [] : [{ kind, most: limit, rule: `\`${nameOf('quotas', kind)}\` of ${file}` }];
    }),
  );
  const smallest = KINDS.flatMap(({ kind }) => {
    const [first] = limits.filter((limit) => limit.kind === kind).sort((a, b) => a.most - b.most);
    return first ?? [];
  });
  return smallest.length === 0 ? undefined : { limits: smallest };
}

const KINDS: readonly { kind: QuotaLimit['kind']; most: (quotas: QuotasSpec) => number | undefined }[] = [
  { kind: 'instances', most: ({ instances }) => instances },
  { kind: 'memory', most: ({ memory }) => (memory === undefined ? undefined : parseSize(memory)) },
  { kind: 'cpus', most: ({ cpus }) => (cpus === undefined ? undefined : Math.round(cpus * 1e9)) },
];

/** The first limit that something is beyond. */
export function exceeded({ limits }: TenantQuota, cost: Cost): QuotaLimit | undefined {
  return limits.find(({ kind, most }) => cost[kind] > most);
}

/** `tenant acme may have 10 instances at a site (…), and with this it would have 11` */
export function explainExceeded(tenant: string, limit: QuotaLimit, cost: Cost): string {
  const { kind, most, rule } = limit;
  const allowed = `tenant ${tenant} may have ${amount(kind, most)} at a site (${rule})`;
  return `${allowed}, and with this it would have ${amount(kind, cost[kind])}`;
}

function amount(kind: QuotaLimit['kind'], value: number): string {
  switch (kind) {
    case 'instances':
      return value === 1 ? '1 instance' : `${value} instances`;
    case 'memory':
      return `${sizeText(value)} of memory`;
    case 'cpus':
      return value === 1e9 ? '1 processor' : `${value / 1e9} processors`;
    default:
      return kind satisfies never;
  }
}

const SIZES = [
  { unit: 'GiB', bytes: 2 ** 30 },
  { unit: 'MiB', bytes: 2 ** 20 },
  { unit: 'KiB', bytes: 2 ** 10 },
];

/** Exact: a limit that is missed by a byte must not look as if it were kept. */
function sizeText(bytes: number): string {
  const size = SIZES.find((one) => bytes >= one.bytes && Number.isInteger((bytes / one.bytes) * 100));
  return size === undefined ? `${bytes} B` : `${bytes / size.bytes} ${size.unit}`;
}
