import type { Event, EventType } from './document-types.ts';

// What happens, as the API tells it (contract 5.3); schemas/api/events.json says what is in it.

export type { Event as EventDocument, EventType } from './document-types.ts';

/** Every kind of event. Most are told by the daemon as it works, those of the last lines are seen in what runs. */
export const EVENT_TYPES = [
  ...['revision-fetched', 'revision-refused', 'repository-failed', 'history-failed', 'converged'],
  ...['host-up', 'host-down', 'lease-acquired', 'lease-awaited', 'space-low', 'space-ample'],
  ...['step-done', 'step-failed', 'removal-held', 'application-waits', 'application-goes-on'],
  ...['upgrade-begun', 'upgrade-continued', 'upgrade-batch', 'upgrade-ended', 'upgrade-aborted'],
  ...['upgrade-rolling-back', 'upgrade-rolled-back'],
  ...['application-status', 'application-deployment-status', 'service-instance-status'],
  ...['service-instance-ready', 'service-instance-unready'],
  ...['container-status', 'container-restarted', 'probe-failed', 'probe-recovered'],
] as const satisfies readonly EventType[];

/** What happened, and to what; keys that do not apply are left out. Without a tenant it is the site provider's alone. */
export type EventFacts = Omit<Event, 'id' | 'time' | 'site'>;
