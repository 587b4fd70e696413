import { versionsWaiting } from '../../status/hold-state.ts';
import type { ApplicationEntry } from '../../store/store.ts';
import { entriesNamed, onlyEntry, scopedForm, visibleEntries, withTenant } from '../protocol/entries.ts';
import { readsList, readsOne, type Item, type Route, type View } from '../protocol/route.ts';

/** How applications are, site by site (avassa-reference 4.4). */
export const applicationStatusRoutes: readonly Route[] = [
  {
    path: '/v1/state/application-status/applications',
    audience: 'tenants',
    methods: readsList({
      id: 'listApplicationStatuses',
      summary: 'How each application is at the sites it is deployed to',
      schema: 'ApplicationStatus',
      answer: (view) => ({
        kind: 'list',
        items: visibleEntries(view.snapshot.applications, view.scope).map((entry) => statusItem(entry, view)),
      }),
    }),
  },
  {
    path: '/v1/state/application-status/applications/:application',
    audience: 'tenants',
    methods: readsOne({
      id: 'getApplicationStatus',
      summary: 'How an application is at the sites it is deployed to',
      schema: 'ApplicationStatus',
      answer: (view) => {
        const wanted = { noun: 'application', name: view.param('application') };
        const entry = onlyEntry(entriesNamed(view.snapshot.applications, view, wanted.name), wanted);
        return { kind: 'one', item: statusItem(entry, view) };
      },
    }),
  },
];

function statusItem({ name, tenant, state }: ApplicationEntry, { scope, snapshot }: View): Item {
  const connected = snapshot.hosts.some((host) => host['oper-status'] === 'up');
  return {
    key: name,
    source: state,
    form: scopedForm(`status ${connected ? 'connected' : 'disconnected'} ${snapshot.site}`, scope),
    body: () => {
      const status = { name, sites: state['locally-deployed'] ? [siteStatus(state, snapshot.site, connected)] : [] };
      return scope.kind === 'all-tenants' ? withTenant(status, tenant) : status;
    },
  };
}

function siteStatus(state: ApplicationEntry['state'], site: string, connected: boolean) {
  const { version, 'oper-status': status, 'error-message': message, waiting } = state;
  return {
    name: site,
    ...(version === undefined ? {} : { 'application-version': version }),
    'oper-status': status,
    ...(message === undefined ? {} : { 'error-message': message }),
    ...(waiting === undefined ? {} : { waiting }),
    connected,
    'waiting-to-be-scheduled': versionsWaiting(waiting),
  };
}
