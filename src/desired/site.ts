import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { SignatureDemand } from '../model/signature-demand.ts';
import type { SiteHost } from '../model/site-host.ts';
import { refusalOf } from '../policy/judge.ts';
import { quotaOf } from '../policy/quotas.ts';
import { signatureDemandsOf } from '../policy/signature-demands.ts';
import { placementSelects } from '../spec/site-labels.ts';
import { desiredApplication } from './application.ts';
import { chooseVersion, deployedApplicationKey, knownVersions } from './choose-version.ts';
import { acyclicDependencies } from './dependencies.ts';
import { hashSecrets } from './mutable-variables.ts';
import type { SiteContext } from './site-context.ts';

/**
 * What the site should look like under a revision. An application of the same text and secrets on a host described as
 * before is the same object as before, found in `former`, and so is the host: a commit costs what it changed.
 */
export function desiredSite(catalog: ResolvedCatalog, context: SiteContext, former?: DesiredSite): DesiredSite {
  const host = former !== undefined && saysTheSame(former.host, context.host) ? former.host : context.host;
  const reusable = former?.site === context.site && former.host === host ? former : undefined;
  const applications: Record<string, DesiredApplication> = {};
  const earlier: Record<string, readonly DesiredApplication[]> = {};
  const leftAlone: Record<string, string> = { ...catalog.leftAlone };
  const awaited: string[] = [];
  const demands = createDemands(catalog);
  for (const deployment of Object.values(catalog.deployments)) {
    if (!selectsSite(deployment, context.labels)) continue;
    const key = deployedApplicationKey(deployment);
    const choice = chooseVersion(deployment, catalog);
    switch (choice.kind) {
      case 'known': {
        const desire = createDesire(key, { catalog, context, demands, former: reusable });
        const others = knownVersions(catalog, key).filter((one) => one !== choice.application);
        applications[key] = desire(choice.application);
        earlier[key] = keepIfSame(reusable?.earlier[key], others.map(desire));
        break;
      }
      case 'awaited':
        awaited.push(key);
        leftAlone[key] = choice.reason;
        break;
      case 'unknown':
        leftAlone[key] = choice.reason;
        break;
      case 'no-application':
        break;
      default:
        choice satisfies never;
    }
  }
  const { revision, frozenTenants, history } = catalog;
  const versions = { earlier, versionsComplete: history.isComplete };
  const { site, owner } = context;
  const dependencies = acyclicDependencies(applications);
  const changeRules = { suspended: suspendedBy(catalog), ...context.changeRules };
  const quotas = quotasOf(catalog, applications);
  const rules = { dependencies, changeRules, quotas };
  return { site, owner, revision, applications, ...rules, ...versions, host, leftAlone, awaited, frozenTenants };
}

/** Whatever sites they select now: nothing is removed either of what a suspended deployment brought before. */
function suspendedBy({ deployments }: ResolvedCatalog): Readonly<Record<string, string>> {
  const suspended = Object.values(deployments).filter(({ document }) => document.spec.suspend === true);
  return Object.fromEntries(suspended.map((one) => [deployedApplicationKey(one), one.document.name]));
}

function quotasOf({ policies }: ResolvedCatalog, applications: DesiredSite['applications']): DesiredSite['quotas'] {
  const tenants = new Set(Object.values(applications).map(({ name }) => name.tenant));
  return Object.fromEntries(
    [...tenants].flatMap((tenant) => {
      const quota = quotaOf(policies, tenant);
      return quota === undefined ? [] : [[tenant, quota]];
    }),
  );
}

/** True when the deployment's placement selects a site with these labels. */
export function selectsSite(
  { document }: DocumentInForce<'application-deployment'>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return placementSelects(document.spec, labels);
}

interface Around {
  readonly catalog: ResolvedCatalog;
  readonly context: SiteContext;
  readonly demands: (tenant: string) => readonly SignatureDemand[];
  readonly former: DesiredSite | undefined;
}

/**
 * The text decides, its secrets, and what the policies say of it: what has not changed keeps the revision under which it
 * was first seen.
 */
function createDesire(key: string, { catalog, context, demands, former }: Around) {
  const current = former?.applications[key];
  const known = [...(current === undefined ? [] : [current]), ...(former?.earlier[key] ?? [])];
  return (application: DocumentInForce<'application'>): DesiredApplication => {
    const { specHash, spec } = application.document;
    const refused = refusalOf(application.document, catalog.policies);
    const signatures = demands(application.document.tenant);
    const isSame = (one: DesiredApplication) =>
      one.specHash === specHash &&
      one.refused === refused &&
      saysTheSame(one.signatures, signatures) &&
      one.secretsHash === hashSecrets(spec, one.name, context.secrets);
    return known.find(isSame) ?? desiredApplication(application, context, { refused, signatures });
  };
}

/** Worked out once a tenant. */
function createDemands({ policies }: ResolvedCatalog): Around['demands'] {
  const known = new Map<string, readonly SignatureDemand[]>();
  return (tenant) => {
    const demands = known.get(tenant) ?? signatureDemandsOf(policies, tenant);
    known.set(tenant, demands);
    return demands;
  };
}

function keepIfSame<T>(former: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  const isSame = former?.length === now.length && former.every((one, index) => one === now[index]);
  return isSame ? former : now;
}

function saysTheSame<T extends SiteHost | readonly SignatureDemand[]>(former: T, now: T): boolean {
  return former === now || JSON.stringify(former) === JSON.stringify(now);
}
