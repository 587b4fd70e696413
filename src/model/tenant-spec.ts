// Made from schemas/ by scripts/generate.ts. Change the schema and run `npm run generate`.

/**
 * Settings of a tenant, in `tenant.yaml` in its folder. A tenant without has the defaults.
 */
export interface TenantSpec {
  /**
   * Name of the tenant, which is that of its folder. May be left out.
   */
  name?: string;
  /**
   * Whether commands may be run and connections be made in the service instances of the tenant through the API, by those who have the role for it. `forbidden` is for everybody, the site provider included; it ends no session that is open.
   */
  exec?: 'allowed' | 'forbidden';
}
