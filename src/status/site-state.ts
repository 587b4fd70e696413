import { LOCAL_SITE } from '../desired/site-context.ts';
import type { ResolvedCatalog } from '../model/catalog.ts';
import type { SiteSpec } from '../model/site-spec.ts';
import { labelsOfSite } from '../spec/site-labels.ts';
import type { SiteState } from './documents.ts';

/**
 * The sites of a repository, sorted by name; one without any has the implicit one (avassa-reference 8.1).
 * @param served the site this daemon looks after
 */
export function siteStates(catalog: ResolvedCatalog | undefined, served: string): readonly SiteState[] {
  const specs = Object.values(catalog?.sites ?? {}).map(({ document }) => document.spec);
  const sites = specs.length === 0 ? [{ ...LOCAL_SITE, name: served }] : specs;
  return sites.map((site) => siteState(site, served)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function siteState(site: SiteSpec, served: string): SiteState {
  const { name, type = 'edge' } = site;
  return { ...site, type, labels: labelsOfSite(site), 'served-here': name === served };
}
