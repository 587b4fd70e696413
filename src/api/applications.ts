import type { InstanceState } from '../status/documents.ts';
import type { ApplicationEntry } from '../store/store.ts';
import { configList, oneVersion } from './configs.ts';
import { onlyEntry, scopedForm, visibleEntries, withTenant } from './entries.ts';
import { notFound } from './errors.ts';
import { applicationHalf } from './halves.ts';
import type { Item, Route, Scope, View } from './route.ts';

/** Applications: specification, state, and the service instances of one (seed 002). */
export const applicationRoutes: readonly Route[] = [
  {
    path: '/v1/config/applications',
    audience: 'tenants',
    answer: (view) => configList(view.snapshot.applications, view),
  },
  {
    path: '/v1/config/applications/:application',
    audience: 'tenants',
    answer: (view) =>
      oneVersion(view.snapshot.applications, view, { noun: 'application', name: view.param('application') }),
  },
  {
    path: '/v1/state/applications',
    audience: 'tenants',
    answer: ({ snapshot, scope }) => ({
      kind: 'list',
      items: visibleEntries(snapshot.applications, scope).map((entry) => stateItem(entry, scope)),
    }),
  },
  {
    path: '/v1/state/applications/:application',
    audience: 'tenants',
    answer: (view) => ({ kind: 'one', item: stateItem(findApplication(view), view.scope) }),
  },
  {
    path: '/v1/state/applications/:application/service-instances',
    audience: 'tenants',
    answer: (view) => {
      const entry = findApplication(view);
      const instances = entry.state['service-instances'];
      return { kind: 'list', items: instances.map((instance) => instanceItem(instance, entry.tenant, view.scope)) };
    },
  },
  {
    path: '/v1/state/applications/:application/service-instances/:instance',
    audience: 'tenants',
    answer: (view) => ({ kind: 'one', item: findInstance(view) }),
  },
];

function stateItem({ name, tenant, state }: ApplicationEntry, scope: Scope): Item {
  return {
    key: name,
    source: state,
    form: scopedForm('application', scope),
    body: (content) => {
      const half = applicationHalf(state, content);
      return scope.kind === 'all-tenants' ? withTenant(half, tenant) : half;
    },
  };
}

function instanceItem(instance: InstanceState, tenant: string, scope: Scope): Item {
  return {
    key: instance.name,
    source: instance,
    form: scopedForm('instance', scope),
    body: () => (scope.kind === 'all-tenants' ? withTenant(instance, tenant) : instance),
  };
}

function findApplication({ snapshot, scope, param }: View): ApplicationEntry {
  const name = param('application');
  return onlyEntry(visibleEntries(snapshot.applications, scope), { noun: 'application', name });
}

/** By its short name, or its long one, which also says whose application is meant (contract 5.1). */
function findInstance({ snapshot, scope, param }: View): Item {
  const [name, wanted] = [param('application'), param('instance')];
  const prefix = (entry: ApplicationEntry) => `${entry.tenant}.${entry.name}.`;
  const visible = visibleEntries(snapshot.applications, scope);
  const owner = visible.find((entry) => entry.name === name && wanted.startsWith(prefix(entry)));
  const application = owner ?? onlyEntry(visible, { noun: 'application', name });
  const short = owner === undefined ? wanted : wanted.slice(prefix(owner).length);
  const instance = application.state['service-instances'].find((candidate) => candidate.name === short);
  if (instance === undefined) throw notFound(`no service instance ${wanted} of application ${name}`);
  return instanceItem(instance, application.tenant, scope);
}
