import { resolveSiteContext, type SiteOptions } from '../desired/site-context.ts';
import { desiredSite } from '../desired/site.ts';
import { resolveCatalog } from '../spec/resolve-catalog.ts';
import type { TreeLoader } from './tree-loader.ts';

/** Keys of the applications a revision deploys to the site, as far as its own text tells. @throws GitError */
export async function deployedApplications(
  loader: TreeLoader,
  revision: string,
  site: SiteOptions,
): Promise<ReadonlySet<string>> {
  const catalog = resolveCatalog(await loader.load(revision), []);
  const choice = resolveSiteContext(catalog, site);
  if (choice.kind === 'problem') return new Set();
  const { applications, leftAlone } = desiredSite(catalog, choice.context);
  return new Set([...Object.keys(applications), ...Object.keys(leftAlone)]);
}
