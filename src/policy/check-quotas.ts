import { LOCAL_SITE } from '../desired/site-context.ts';
import type { Catalog, ValidDocument } from '../model/catalog.ts';
import type { SiteSpec } from '../model/site-spec.ts';
import type { Problem } from '../model/problem.ts';
import { matchesLabels, parseLabelExpression } from '../spec/label-expression.ts';
import { builtInSiteLabels } from '../spec/site-labels.ts';
import { costOfService, NO_COST, plus, times, type Cost } from './cost.ts';
import { exceeded, explainExceeded, quotaOf } from './quotas.ts';

type Application = ValidDocument<'application'>;

/**
 * Tenants whose applications together are beyond their quota at a site, told once for each at the application that
 * crosses it, in the order of their names. It rejects nothing: what runs counts first, and who is first is known at the
 * site alone. A version that a deployment pins counts as the text in force does.
 */
export function checkQuotas({ documents, policies }: Catalog): readonly Problem[] {
  if (Object.keys(policies.documents).length === 0) return [];
  const applications = documents.filter((one): one is Application => one.kind === 'application');
  const found = documents.flatMap((one) => (one.kind === 'site' ? one.spec : []));
  const sites = found.length === 0 ? [LOCAL_SITE] : found;
  return [...new Set(applications.map(({ tenant }) => tenant))].flatMap((tenant) => {
    const quota = quotaOf(policies, tenant);
    if (quota === undefined) return [];
    return sites.flatMap((site) => {
      let total = NO_COST;
      for (const application of applicationsAt(site, tenant, documents)) {
        total = plus(total, costAt(application, site));
        const limit = exceeded(quota, total);
        if (limit !== undefined)
          return [problemAt(application, site, { kind: limit.kind, sentence: explainExceeded(tenant, limit, total) })];
      }
      return [];
    });
  });
}

/** Sorted by name. */
function applicationsAt(site: SiteSpec, tenant: string, documents: readonly ValidDocument[]): readonly Application[] {
  const labels = { ...site.labels, ...builtInSiteLabels(site.name, site.type) };
  const here = new Set(
    documents.flatMap((one) => {
      if (one.kind !== 'application-deployment' || one.tenant !== tenant) return [];
      const expression = one.spec.placement['match-site-labels'];
      const isHere = expression === undefined || matchesLabels(parseLabelExpression(expression), labels);
      return isHere ? [one.spec.application] : [];
    }),
  );
  return documents
    .filter((one): one is Application => one.kind === 'application' && one.tenant === tenant && here.has(one.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A site has one host; where its labels do not match, `one-per-matching-host` is none. */
function costAt({ spec }: Application, { hosts: [host] }: SiteSpec): Cost {
  return spec.services
    .map((service) => {
      if (service.mode !== 'one-per-matching-host') return times(costOfService(service), service.replicas ?? 1);
      const expression = service.placement?.['match-host-labels'];
      const labels = { ...host?.labels, 'system/controller': 'true' };
      const matches = expression === undefined || matchesLabels(parseLabelExpression(expression), labels);
      return matches ? costOfService(service) : NO_COST;
    })
    .reduce(plus, NO_COST);
}

function problemAt(
  { file, line, column }: Application,
  site: SiteSpec,
  { kind, sentence }: { readonly kind: string; readonly sentence: string },
): Problem {
  const mend = 'what is beyond is not made; remove something or have the quota changed';
  const message = `at site ${site.name}: ${sentence}; ${mend}`;
  return { file, line, column, message, severity: 'error', rule: `policy/quotas.${kind}` };
}
