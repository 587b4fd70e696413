import type { Figures } from '../store/store.ts';
import type { HostView } from './host-loop.ts';
import type { RevisionAges } from './revision-ages.ts';

/** What is known of a host and its revisions beyond the documents. */
export function figuresOf(view: HostView, ages: RevisionAges): Figures {
  const { lastPassAt, holdsLease, space, inFlight } = view;
  return { ...ages, inFlight, hosts: [{ host: view.desired?.host.name ?? view.host, lastPassAt, holdsLease, space }] };
}
