import { resolveSiteContext, type SiteOptions } from '../desired/site-context.ts';
import { desiredSite } from '../desired/site.ts';
import type { ResolvedCatalog } from '../model/catalog.ts';
import type { DesiredSite } from '../model/desired.ts';
import type { SiteName } from './latest-views.ts';
import type { SecretSource } from './secret-source.ts';

export interface DesireOptions {
  readonly site: Omit<SiteOptions, 'secrets'>;
  readonly secrets: SecretSource;
  /** Which site this is under the catalog. */
  readonly nameSite: (site: SiteName) => void;
  /** What it should look like. */
  readonly tell: (desired: DesiredSite) => void;
}

/**
 * Tells the host what a new catalog wants of it, and again when a secret has another value. Returns why that cannot be
 * told, because it is not clear which site this is; then what was desired before stays.
 */
export function createDesire(options: DesireOptions): (catalog: ResolvedCatalog | undefined) => string | undefined {
  const { site, secrets, nameSite, tell } = options;
  let latest: ResolvedCatalog | undefined;
  let desired: DesiredSite | undefined;
  let problem: string | undefined;

  function derive(catalog: ResolvedCatalog): void {
    const choice = resolveSiteContext(catalog, { ...site, secrets: secrets.current() });
    problem = choice.kind === 'problem' ? choice.message : undefined;
    if (choice.kind === 'problem') return;
    nameSite({ site: choice.context.site, labels: choice.context.labels });
    tell((desired = desiredSite(catalog, choice.context, desired)));
  }

  secrets.onChange(() => {
    if (latest !== undefined) derive(latest);
  });
  return (catalog) => {
    if (catalog === undefined || catalog === latest) return problem;
    latest = catalog;
    derive(catalog);
    return problem;
  };
}
