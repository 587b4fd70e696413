import type { InstanceState } from '../../status/documents.ts';
import type { ApplicationEntry } from '../../store/store.ts';
import { checksNew, checksOne } from '../changes/checked-changes.ts';
import type { CheckedKind } from '../protocol/check.ts';
import { configList, oneVersion } from './configs.ts';
import { entriesNamed, onlyEntry, scopedForm, visibleEntries, withTenant } from '../protocol/entries.ts';
import { notFound } from '../protocol/errors.ts';
import { applicationHalf } from './halves.ts';
import { readsList, readsOne, type Item, type Route, type Scope, type View } from '../protocol/route.ts';

const VERSION_QUERY = ['version-list', 'version', 'revision-list', 'revision'];

const CHECKED: CheckedKind = {
  kind: 'application',
  noun: 'application',
  parameter: 'application',
  schema: 'Application',
  entriesOf: ({ applications }) => applications,
};

/** Applications: specification, state, and the service instances of one (seed 002). */
export const applicationRoutes: readonly Route[] = [
  {
    path: '/v1/config/applications',
    audience: 'tenants',
    methods: {
      ...readsList({
        id: 'listApplications',
        summary: 'The newest valid specifications',
        schema: 'Application',
        query: ['validate'],
        answer: (view) => configList(view.snapshot.applications, view),
      }),
      ...checksNew(CHECKED),
    },
  },
  {
    path: '/v1/config/applications/:application',
    audience: 'tenants',
    methods: {
      ...readsOne({
        id: 'getApplication',
        summary: 'The newest valid specification, one of another version, or the list of versions',
        schema: 'Application',
        query: ['validate', ...VERSION_QUERY],
        answer: (view) =>
          oneVersion(view.snapshot.applications, view, { noun: 'application', name: view.param('application') }),
      }),
      ...checksOne(CHECKED),
    },
  },
  {
    path: '/v1/state/applications',
    audience: 'tenants',
    methods: readsList({
      id: 'listApplicationStates',
      summary: 'Specification in force and state of each application',
      schema: 'ApplicationState',
      query: ['content'],
      answer: ({ snapshot, scope }) => ({
        kind: 'list',
        items: visibleEntries(snapshot.applications, scope).map((entry) => stateItem(entry, scope)),
      }),
    }),
  },
  {
    path: '/v1/state/applications/:application',
    audience: 'tenants',
    methods: readsOne({
      id: 'getApplicationState',
      summary: 'Specification in force and state of an application',
      schema: 'ApplicationState',
      query: ['content'],
      answer: (view) => ({ kind: 'one', item: stateItem(findApplication(view), view.scope) }),
    }),
  },
  {
    path: '/v1/state/applications/:application/service-instances',
    audience: 'tenants',
    methods: readsList({
      id: 'listServiceInstances',
      summary: 'The service instances of an application',
      schema: 'ServiceInstance',
      answer: (view) => {
        const entry = findApplication(view);
        checkDeployed(entry);
        const instances = entry.state['service-instances'];
        return { kind: 'list', items: instances.map((instance) => instanceItem(instance, entry.tenant, view.scope)) };
      },
    }),
  },
  {
    path: '/v1/state/applications/:application/service-instances/:instance',
    audience: 'tenants',
    methods: readsOne({
      id: 'getServiceInstance',
      summary: 'A service instance of an application',
      schema: 'ServiceInstance',
      answer: (view) => {
        const { entry, instance } = findInstance(view);
        return { kind: 'one', item: instanceItem(instance, entry.tenant, view.scope) };
      },
    }),
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

function findApplication(view: View): ApplicationEntry {
  const name = view.param('application');
  return onlyEntry(entriesNamed(view.snapshot.applications, view, name), { noun: 'application', name });
}

/** Of an application that is not deployed here there are no service instances (seed 001). @throws ApiError 404 */
function checkDeployed({ name, state }: ApplicationEntry): void {
  if (!state['locally-deployed']) throw notFound(`application ${name} is not deployed to this site`);
}

export interface FoundInstance {
  readonly entry: ApplicationEntry;
  readonly instance: InstanceState;
}

/**
 * The instance of the path, by its short name or its long one, which also says whose application is meant (contract 5.1).
 * @throws ApiError 404, 409
 */
export function findInstance(view: View): FoundInstance {
  const [name, wanted] = [view.param('application'), view.param('instance')];
  const prefix = (entry: ApplicationEntry) => `${entry.tenant}.${entry.name}.`;
  const named = entriesNamed(view.snapshot.applications, view, name);
  const owner = named.find((entry) => wanted.startsWith(prefix(entry)));
  const application = owner ?? onlyEntry(named, { noun: 'application', name });
  const short = owner === undefined ? wanted : wanted.slice(prefix(owner).length);
  checkDeployed(application);
  const instance = application.state['service-instances'].find((candidate) => candidate.name === short);
  if (instance === undefined) throw notFound(`no service instance ${wanted} of application ${name}`);
  return { entry: application, instance };
}
