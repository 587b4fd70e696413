import type { Catalog, ValidDocument } from '../model/catalog.ts';
import type { Problem } from '../model/problem.ts';
import { mayBeRejected, problemOf } from './document-problems.ts';
import { quote } from './finding.ts';
import { nearest } from './nearest.ts';
import { builtInSiteLabels, labelsOfSite, placementSelects, type SiteLabels } from './site-labels.ts';

type Application = ValidDocument<'application'>;
type Deployment = ValidDocument<'application-deployment'>;

/** By tenant and application. */
type ByApplication<T> = ReadonlyMap<string, ReadonlyMap<string, T>>;

interface Known {
  readonly catalog: Catalog;
  readonly applications: ByApplication<Application>;
  readonly deployments: ByApplication<Deployment>;
  readonly sites: readonly { readonly name: string; readonly labels: SiteLabels }[];
}

/** What an application depends on has to exist, and to be deployed wherever the application is. */
export function checkDependencies(catalog: Catalog): readonly Problem[] {
  const { documents } = catalog;
  const dependent = documents.filter((one) => one.kind === 'application' && one.spec['depends-on'] !== undefined);
  if (dependent.length === 0) return [];
  const known: Known = {
    catalog,
    applications: index(
      documents.filter((one) => one.kind === 'application'),
      ({ name }) => name,
    ),
    deployments: index(
      documents.filter((one) => one.kind === 'application-deployment'),
      ({ spec }) => spec.application,
    ),
    sites: sitesOf(catalog),
  };
  return dependent.flatMap((one) => (one.kind === 'application' ? checkApplication(one, known) : []));
}

function checkApplication(document: Application, known: Known): readonly Problem[] {
  return (document.spec['depends-on'] ?? []).flatMap((needed, index) => {
    const complaint = complaintAbout(needed, document, known);
    return complaint === undefined
      ? []
      : [problemOf(document, { message: `depends-on[${index}]: ${complaint}`, rule: 'revision/dependencies' })];
  });
}

function complaintAbout(needed: string, { tenant, name }: Application, known: Known): string | undefined {
  if (mayBeRejected(tenant, needed, known.catalog)) return undefined;
  const ofTenant = known.applications.get(tenant);
  if (ofTenant?.has(needed) !== true) {
    const close = nearest(needed, ofTenant?.keys() ?? []);
    return `there is no application ${quote(needed)}${close === undefined ? '' : ` (did you mean \`${close}\`?)`}`;
  }
  const own = known.deployments.get(tenant)?.get(name);
  const its = known.deployments.get(tenant)?.get(needed);
  const missing = known.sites.find(({ labels }) => selects(own, labels) && !selects(its, labels));
  if (missing === undefined || mayBeDeployed(tenant, needed, known.catalog)) return undefined;
  return `the application ${quote(needed)} is not deployed to site ${missing.name}, where this one is`;
}

/** Whether a rejected deployment may bring it there. */
function mayBeDeployed(tenant: string, needed: string, { rejected }: Catalog): boolean {
  return rejected.some(
    ({ kind, tenant: owner, application }) =>
      kind === 'application-deployment' && owner === tenant && (application ?? needed) === needed,
  );
}

function selects(deployment: Deployment | undefined, labels: SiteLabels): boolean {
  return deployment !== undefined && placementSelects(deployment.spec, labels);
}

/** A repository without any has one, called `local` (contract 1). */
function sitesOf({ documents }: Catalog): Known['sites'] {
  const sites = documents.flatMap((one) => (one.kind === 'site' ? [one.spec] : []));
  if (sites.length === 0) return [{ name: 'local', labels: builtInSiteLabels('local') }];
  return sites.map((site) => ({ name: site.name, labels: labelsOfSite(site) }));
}

function index<T extends ValidDocument>(documents: readonly T[], nameOf: (document: T) => string): ByApplication<T> {
  const tenants = new Map<string, Map<string, T>>();
  for (const document of documents) {
    const ofTenant = tenants.get(document.tenant) ?? new Map<string, T>();
    tenants.set(document.tenant, ofTenant.set(nameOf(document), document));
  }
  return tenants;
}
