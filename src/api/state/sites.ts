import type { SiteState } from '../../status/documents.ts';
import { notFound } from '../protocol/errors.ts';
import { plainItem, readsList, readsOne, type Item, type Route, type View } from '../protocol/route.ts';

/** Sites and the cluster of the one that is served (avassa-reference 8.1, 8.2). @param version of Fairlead */
export function siteRoutes(version: string): readonly Route[] {
  return [
    {
      path: '/v1/state/system/sites',
      audience: 'provider',
      methods: readsList({
        id: 'listSites',
        summary: 'The sites of the repository',
        schema: 'Site',
        answer: ({ snapshot }) => ({ kind: 'list', items: snapshot.sites.map((site) => plainItem(site.name, site)) }),
      }),
    },
    {
      path: '/v1/state/system/sites/:site',
      audience: 'provider',
      methods: readsOne({
        id: 'getSite',
        summary: 'A site of the repository',
        schema: 'Site',
        answer: (view) => ({ kind: 'one', item: findSite(view) }),
      }),
    },
    {
      path: '/v1/state/assigned-sites',
      audience: 'tenants',
      methods: readsList({
        id: 'listAssignedSites',
        summary: 'The sites a tenant may deploy to: all of them',
        schema: 'AssignedSite',
        answer: ({ snapshot }) => ({ kind: 'list', items: snapshot.sites.map(assignedSite) }),
      }),
    },
    {
      path: '/v1/state/system/cluster',
      audience: 'provider',
      methods: readsOne({
        id: 'getCluster',
        summary: 'The cluster of the site, and how many of its hosts each version of Fairlead looks after',
        schema: 'Cluster',
        answer: ({ snapshot: { site, hosts } }) => ({
          kind: 'one',
          item: plainItem('cluster', { 'site-name': site, versions: { [version]: hosts.length } }),
        }),
      }),
    },
  ];
}

function findSite({ snapshot, param }: View): Item {
  const name = param('site');
  const site = snapshot.sites.find((one) => one.name === name);
  if (site === undefined) throw notFound(`no site ${name}`);
  return plainItem(name, site);
}

/** What a tenant is to know of a site: nothing of its hosts. */
function assignedSite(site: SiteState): Item {
  const { name, type, labels, 'descriptive-name': descriptiveName } = site;
  const described = descriptiveName === undefined ? {} : { 'descriptive-name': descriptiveName };
  return { key: name, source: site, form: 'assigned', body: () => ({ name, ...described, type, labels }) };
}
