import type { HostState } from '../status/documents.ts';
import { systemInstanceState } from '../status/instance-document.ts';
import { notFound } from './errors.ts';
import { plainItem, readsList, readsOne, type Item, type Route, type View } from './route.ts';

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
      answer: (view) => ({ kind: 'list', items: instances(view).map(({ item }) => item) }),
    }),
  },
  {
    path: `${CLUSTER}/service-instances/:instance`,
    audience: 'provider',
    methods: readsOne({
      id: 'getClusterServiceInstance',
      summary: 'A service instance, by its long name',
      schema: 'SystemServiceInstance',
      answer: (view) => ({ kind: 'one', item: findInstance(instances(view), view) }),
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
      answer: (view) => ({ kind: 'list', items: instancesOnHost(view).map(({ item }) => item) }),
    }),
  },
  {
    path: `${CLUSTER}/hosts/:host/service-instances/:instance`,
    audience: 'provider',
    methods: readsOne({
      id: 'getHostServiceInstance',
      summary: 'A service instance on a host, by its long name',
      schema: 'SystemServiceInstance',
      answer: (view) => ({ kind: 'one', item: findInstance(instancesOnHost(view), view) }),
    }),
  },
];

interface PlacedItem {
  readonly host: string;
  readonly item: Item;
}

/** Of every tenant, under long names. */
function instances({ snapshot }: View): readonly PlacedItem[] {
  return [...snapshot.applications.values()].flatMap(({ tenant, name, state }) =>
    state['service-instances'].map((instance) => ({
      host: instance.host,
      item: {
        key: `${tenant}.${name}.${instance.name}`,
        source: instance,
        form: 'system instance',
        body: () => ordered(systemInstanceState(instance, tenant, name)),
      },
    })),
  );
}

/** Tenant and application stand right after the name (avassa-reference 5.4). */
function ordered({ name, tenant, application, ...rest }: ReturnType<typeof systemInstanceState>) {
  return { name, tenant, application, ...rest };
}

function instancesOnHost(view: View): readonly PlacedItem[] {
  const host = findHost(view)['cluster-hostname'];
  return instances(view).filter((placed) => placed.host === host);
}

function findInstance(placed: readonly PlacedItem[], { param }: View): Item {
  const name = param('instance');
  const found = placed.find(({ item }) => item.key === name);
  if (found === undefined) throw notFound(`no service instance ${name}`);
  return found.item;
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
