import type { ApplicationDeploymentSpec } from '../model/application-deployment-spec.ts';
import type { SiteSpec } from '../model/site-spec.ts';
import { matchesLabels, parseLabelExpression } from './label-expression.ts';

/** What deployments select sites by, and who is selected. */
export type SiteLabels = Readonly<Record<string, string>>;

/** The labels every site has (avassa-reference 8.1). */
export function builtInSiteLabels(site: string, type = 'edge'): SiteLabels {
  return { 'system/name': site, 'system/type': type };
}

/** Its own and the built-in ones. */
export function labelsOfSite({ name, type, labels }: SiteSpec): SiteLabels {
  return { ...labels, ...builtInSiteLabels(name, type) };
}

/** True when the placement selects a site with these labels. */
export function placementSelects({ placement }: ApplicationDeploymentSpec, labels: SiteLabels): boolean {
  const expression = placement['match-site-labels'];
  return expression === undefined || matchesLabels(parseLabelExpression(expression), labels);
}
