/** What a tenant may have at a site, of each kind that is limited. */
export interface TenantQuota {
  readonly limits: readonly QuotaLimit[];
}

export interface QuotaLimit {
  readonly kind: 'instances' | 'memory' | 'cpus';
  /** Instances, bytes, billionths of a processor. */
  readonly most: number;
  /** Who says so: `` `quotas.instances` of policy.yaml ``. */
  readonly rule: string;
}
