import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import { applicationKey } from '../model/names.ts';
import { matchesLabels, parseLabelExpression } from '../spec/label-expression.ts';
import { desiredApplication } from './application.ts';

/** The site that specifications are deployed to. */
export interface SiteContext {
  readonly site: string;
  readonly owner: string;
  /** Built-in labels included. */
  readonly labels: Readonly<Record<string, string>>;
  readonly sandboxImage: string;
}

/** The labels every site has (avassa-reference 8.1). */
export function builtInSiteLabels(site: string): Readonly<Record<string, string>> {
  return { 'system/name': site, 'system/type': 'edge' };
}

/**
 * What the site should look like under a revision. An application whose document and deployment are the same objects
 * as before is the same object as before, found in `former`: a commit costs what it changed.
 */
export function desiredSite(catalog: ResolvedCatalog, context: SiteContext, former?: DesiredSite): DesiredSite {
  const applications: Record<string, DesiredApplication> = {};
  const leftAlone: Record<string, string> = { ...catalog.leftAlone };
  for (const deployment of Object.values(catalog.deployments)) {
    const key = deployedApplicationKey(deployment);
    const application = catalog.applications[key];
    if (application === undefined || !selectsSite(deployment, context.labels)) continue;
    const mismatch = versionMismatch(deployment, application);
    if (mismatch === undefined) applications[key] = reuse(former?.applications[key], application, context);
    else leftAlone[key] = mismatch;
  }
  const { revision, frozenTenants } = catalog;
  return { site: context.site, owner: context.owner, revision, applications, leftAlone, frozenTenants };
}

/** The key of the application a deployment names, whether it exists or not. */
export function deployedApplicationKey({ document }: DocumentInForce<'application-deployment'>): string {
  return applicationKey({ tenant: document.tenant, application: document.spec.application });
}

/** True when the deployment's placement selects a site with these labels. */
export function selectsSite(
  { document }: DocumentInForce<'application-deployment'>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const expression = document.spec.placement['match-site-labels'];
  return expression === undefined || matchesLabels(parseLabelExpression(expression), labels);
}

/** Why the version a deployment pins cannot be run; undefined when it can. What runs then stays (contract 8.3). */
export function versionMismatch(
  { document }: DocumentInForce<'application-deployment'>,
  application: DocumentInForce<'application'>,
): string | undefined {
  const pinned = document.spec['application-version'] ?? '*';
  const current = application.document.spec.version;
  if (pinned === '*' || pinned === current) return undefined;
  return (
    `deployment ${document.name} wants version ${pinned} of application ${document.spec.application}, ` +
    `which is at ${current ?? 'no version'}; not supported yet: running another version than the newest`
  );
}

/** The text decides: an unchanged specification keeps the revision under which it was first seen. */
function reuse(
  former: DesiredApplication | undefined,
  application: DocumentInForce<'application'>,
  context: SiteContext,
): DesiredApplication {
  const unchanged = former?.specHash === application.document.specHash;
  return unchanged ? former : desiredApplication(application, context.sandboxImage);
}
