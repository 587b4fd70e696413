import type { DeploymentEntry } from '../../store/store.ts';
import { checksNew, checksOne } from '../changes/checked-changes.ts';
import type { CheckedKind } from '../protocol/check.ts';
import { configList, oneConfig } from './configs.ts';
import { entriesNamed, onlyEntry, scopedForm, visibleEntries, withTenant } from '../protocol/entries.ts';
import { deploymentHalf } from './halves.ts';
import { readsList, readsOne, type Item, type Route, type Scope, type View } from '../protocol/route.ts';

const CHECKED: CheckedKind = {
  kind: 'application-deployment',
  noun: 'application deployment',
  parameter: 'deployment',
  schema: 'ApplicationDeployment',
  entriesOf: ({ deployments }) => deployments,
};

/** Application deployments: specification and state (avassa-reference 4.2). */
export const deploymentRoutes: readonly Route[] = [
  {
    path: '/v1/config/application-deployments',
    audience: 'tenants',
    methods: {
      ...readsList({
        id: 'listApplicationDeployments',
        summary: 'The newest valid application deployments',
        schema: 'ApplicationDeployment',
        query: ['validate'],
        answer: (view) => configList(view.snapshot.deployments, view),
      }),
      ...checksNew(CHECKED),
    },
  },
  {
    path: '/v1/config/application-deployments/:deployment',
    audience: 'tenants',
    methods: {
      ...readsOne({
        id: 'getApplicationDeployment',
        summary: 'The newest valid text of an application deployment',
        schema: 'ApplicationDeployment',
        query: ['validate'],
        answer: (view) => oneConfig(view.snapshot.deployments, view, wanted(view)),
      }),
      ...checksOne(CHECKED),
    },
  },
  {
    path: '/v1/state/application-deployments',
    audience: 'tenants',
    methods: readsList({
      id: 'listApplicationDeploymentStates',
      summary: 'The application deployments and how far they are',
      schema: 'ApplicationDeploymentState',
      query: ['content'],
      answer: ({ snapshot, scope }) => ({
        kind: 'list',
        items: visibleEntries(snapshot.deployments, scope).map((entry) => stateItem(entry, scope)),
      }),
    }),
  },
  {
    path: '/v1/state/application-deployments/:deployment',
    audience: 'tenants',
    methods: readsOne({
      id: 'getApplicationDeploymentState',
      summary: 'An application deployment and how far it is',
      schema: 'ApplicationDeploymentState',
      query: ['content'],
      answer: (view) => {
        const named = entriesNamed(view.snapshot.deployments, view, wanted(view).name);
        const entry = onlyEntry(named, wanted(view));
        return { kind: 'one', item: stateItem(entry, view.scope) };
      },
    }),
  },
];

function wanted({ param }: View) {
  return { noun: 'application deployment', name: param('deployment') };
}

function stateItem({ name, tenant, state }: DeploymentEntry, scope: Scope): Item {
  return {
    key: name,
    source: state,
    form: scopedForm('deployment', scope),
    body: (content) => {
      const half = deploymentHalf(state, content);
      return scope.kind === 'all-tenants' ? withTenant(half, tenant) : half;
    },
  };
}
