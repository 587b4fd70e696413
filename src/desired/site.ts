import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import { applicationKey } from '../model/names.ts';
import type { SiteHost } from '../model/site-host.ts';
import { matchesLabels, parseLabelExpression } from '../spec/label-expression.ts';
import { desiredApplication } from './application.ts';
import { hashSecrets } from './mutable-variables.ts';
import type { SiteContext } from './site-context.ts';

/**
 * What the site should look like under a revision. An application of the same text and secrets on a host described as
 * before is the same object as before, found in `former`, and so is the host: a commit costs what it changed.
 */
export function desiredSite(catalog: ResolvedCatalog, context: SiteContext, former?: DesiredSite): DesiredSite {
  const host = former !== undefined && saysTheSame(former.host, context.host) ? former.host : context.host;
  const reusable = former?.site === context.site && former.host === host ? former.applications : {};
  const applications: Record<string, DesiredApplication> = {};
  const leftAlone: Record<string, string> = { ...catalog.leftAlone };
  for (const deployment of Object.values(catalog.deployments)) {
    const key = deployedApplicationKey(deployment);
    const application = catalog.applications[key];
    if (application === undefined || !selectsSite(deployment, context.labels)) continue;
    const mismatch = versionMismatch(deployment, application);
    if (mismatch === undefined) applications[key] = reuse(reusable[key], application, context);
    else leftAlone[key] = mismatch;
  }
  const { revision, frozenTenants } = catalog;
  return {
    site: context.site,
    owner: context.owner,
    revision,
    applications,
    earlier: {},
    versionsComplete: false,
    host,
    leftAlone,
    frozenTenants,
  };
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

/** The text decides, and its secrets: what has not changed keeps the revision under which it was first seen. */
function reuse(
  former: DesiredApplication | undefined,
  application: DocumentInForce<'application'>,
  context: SiteContext,
): DesiredApplication {
  const { specHash, spec } = application.document;
  const unchanged =
    former?.specHash === specHash && former.secretsHash === hashSecrets(spec, former.name, context.secrets);
  return unchanged ? former : desiredApplication(application, context);
}

function saysTheSame(former: SiteHost, now: SiteHost): boolean {
  return former === now || JSON.stringify(former) === JSON.stringify(now);
}
