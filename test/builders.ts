import { builtInSiteLabels, desiredSite } from '../src/desired/site.ts';
import type { ApplicationSpec, ContainerSpec, ServiceSpec } from '../src/model/application-spec.ts';
import type { DocumentInForce, ResolvedCatalog } from '../src/model/catalog.ts';
import type { DesiredSite } from '../src/model/desired.ts';

// Values for tests, with everything that does not matter filled in.

export const SANDBOX_IMAGE = 'fairlead/sandbox:test';
export const IMAGE = 'fairlead-test/busybox:1';

export function container(name: string, fields: Partial<ContainerSpec> = {}): ContainerSpec {
  return { name, image: IMAGE, cmd: ['sleep', '1000'], ...fields };
}

export function service(name: string, fields: Partial<ServiceSpec> = {}): ServiceSpec {
  return { name, containers: [container('main')], ...fields };
}

export function application(name: string, fields: Partial<ApplicationSpec> = {}): ApplicationSpec {
  return { name, version: '1.0', services: [service('web')], ...fields };
}

const AT = { file: 'tenants/acme/test.yaml', line: 1, column: 1, warnings: [] };

export interface CatalogOptions {
  readonly revision?: string;
  readonly tenant?: string;
  readonly leftAlone?: Readonly<Record<string, string>>;
  readonly frozenTenants?: Readonly<Record<string, string>>;
}

/** A revision holding these applications, each deployed to all sites. */
export function resolved(specs: readonly ApplicationSpec[], options: CatalogOptions = {}): ResolvedCatalog {
  const { revision = 'r1', tenant = 'acme', leftAlone = {}, frozenTenants = {} } = options;
  const applications: Record<string, DocumentInForce<'application'>> = {};
  const deployments: Record<string, DocumentInForce<'application-deployment'>> = {};
  for (const spec of specs) {
    const { name } = spec;
    const specHash = JSON.stringify(spec);
    const shared = { ...AT, tenant, name, specHash };
    applications[`${tenant}.${name}`] = {
      document: { ...shared, kind: 'application', spec },
      revision,
      rejected: undefined,
    };
    const deployment = { name, application: name, placement: { 'all-sites': {} } };
    deployments[`${tenant}.${name}`] = {
      document: { ...shared, kind: 'application-deployment', spec: deployment },
      revision,
      rejected: undefined,
    };
  }
  return { revision, applications, deployments, leftAlone, frozenTenants, problems: [] };
}

/** What the site `local` of owner `test` should look like under these applications. */
export function desire(
  specs: readonly ApplicationSpec[],
  options: CatalogOptions & { former?: DesiredSite } = {},
): DesiredSite {
  const context = { site: 'local', owner: 'test', labels: builtInSiteLabels('local'), sandboxImage: SANDBOX_IMAGE };
  return desiredSite(resolved(specs, options), context, options.former);
}
