import { applicationKey } from '../../model/names.ts';
import type { HostState, InstanceState } from '../../status/documents.ts';
import { systemInstanceState } from '../../status/instance-document.ts';
import type { ApplicationEntry } from '../../store/store.ts';
import { notFound } from '../protocol/errors.ts';
import {
  plainItem,
  readsList,
  readsOne,
  type GroupedList,
  type Item,
  type ItemGroup,
  type Route,
  type View,
} from '../protocol/route.ts';

const CLUSTER = '/v1/state/system/cluster';

/** The site provider's view of hosts and of everybody's instances (seed 000). */
export const systemRoutes: readonly Route[] = [
  {
    path: `${CLUSTER}/service-instances`,
    audience: 'provider',
    methods: readsList({
      id: 'listClusterServiceInstances',
      summary: 'The service instances of every tenant',
      schema: 'SystemServiceInstance',
      answer: (view) => ({ kind: 'grouped-list', list: instanceList(view) }),
    }),
  },
  {
    path: `${CLUSTER}/service-instances/:instance`,
    audience: 'provider',
    methods: readsOne({
      id: 'getClusterServiceInstance',
      summary: 'A service instance, by its long name',
      schema: 'SystemServiceInstance',
      answer: (view) => ({ kind: 'one', item: findInstance(view) }),
    }),
  },
  {
    path: `${CLUSTER}/hosts`,
    audience: 'provider',
    methods: readsList({
      id: 'listHosts',
      summary: 'The hosts of the site',
      schema: 'Host',
      answer: ({ snapshot }) => ({ kind: 'list', items: snapshot.hosts.map(hostItem) }),
    }),
  },
  {
    path: `${CLUSTER}/hosts/:host`,
    audience: 'provider',
    methods: readsOne({
      id: 'getHost',
      summary: 'A host',
      schema: 'Host',
      answer: (view) => ({ kind: 'one', item: hostItem(findHost(view)) }),
    }),
  },
  {
    path: `${CLUSTER}/hosts/:host/service-instances`,
    audience: 'provider',
    methods: readsList({
      id: 'listHostServiceInstances',
      summary: 'The service instances on a host',
      schema: 'SystemServiceInstance',
      answer: (view) => ({ kind: 'grouped-list', list: instanceList(view, findHost(view)['cluster-hostname']) }),
    }),
  },
  {
    path: `${CLUSTER}/hosts/:host/service-instances/:instance`,
    audience: 'provider',
    methods: readsOne({
      id: 'getHostServiceInstance',
      summary: 'A service instance on a host, by its long name',
      schema: 'SystemServiceInstance',
      answer: (view) => ({ kind: 'one', item: instanceOnHost(view) }),
    }),
  },
];

/** Of every tenant, under long names; with a host only those on it. */
function instanceList({ snapshot: { applications } }: View, host?: string): GroupedList {
  const form = host === undefined ? 'system instances' : `system instances on ${host}`;
  const listed = ({ state: { 'service-instances': all } }: ApplicationEntry) =>
    host === undefined ? all : all.filter((instance) => instance.host === host);
  const toGroup = (entry: ApplicationEntry): ItemGroup => ({
    source: entry.state,
    form,
    size: () => listed(entry).length,
    items: () => listed(entry).map((instance) => instanceItem(instance, entry)),
  });
  return { source: applications, form, groups: () => [...applications.values()].map(toGroup) };
}

function instanceItem(instance: InstanceState, { tenant, name }: ApplicationEntry): Item {
  return {
    key: longName(instance, { tenant, name }),
    source: instance,
    form: 'system instance',
    body: () => ordered(systemInstanceState(instance, tenant, name)),
  };
}

function longName(instance: InstanceState, { tenant, name }: Pick<ApplicationEntry, 'tenant' | 'name'>): string {
  return `${tenant}.${name}.${instance.name}`;
}

/** Tenant and application stand right after the name (avassa-reference 5.4). */
function ordered({ name, tenant, application, ...rest }: ReturnType<typeof systemInstanceState>) {
  return { name, tenant, application, ...rest };
}

/** By its long name, which says whose it is. @throws ApiError 404 */
function findInstance({ snapshot, param }: View, isMeant: (instance: InstanceState) => boolean = () => true): Item {
  const wanted = param('instance');
  const [tenant = '', application = ''] = wanted.split('.');
  const entry = snapshot.applications.get(applicationKey({ tenant, application }));
  const found = entry?.state['service-instances'].find((one) => longName(one, entry) === wanted && isMeant(one));
  if (entry === undefined || found === undefined) throw notFound(`no service instance ${wanted}`);
  return instanceItem(found, entry);
}

function instanceOnHost(view: View): Item {
  const host = findHost(view)['cluster-hostname'];
  return findInstance(view, (instance) => instance.host === host);
}

function findHost({ snapshot, param }: View): HostState {
  const name = param('host');
  const found = snapshot.hosts.find((host) => host['cluster-hostname'] === name);
  if (found === undefined) throw notFound(`no host ${name}`);
  return found;
}

function hostItem(host: HostState): Item {
  return plainItem(host['cluster-hostname'], host);
}
