// What happens, as the API tells it (contract 5.3).

/** Every kind of event. Most are told by the daemon as it works, those of the last lines are seen in what runs. */
export const EVENT_TYPES = [
  ...['revision-fetched', 'repository-failed', 'history-failed', 'converged'],
  ...['host-up', 'host-down', 'lease-acquired', 'lease-awaited', 'space-low', 'space-ample'],
  ...['step-done', 'step-failed', 'removal-held'],
  ...['upgrade-begun', 'upgrade-continued', 'upgrade-batch', 'upgrade-ended', 'upgrade-aborted'],
  ...['upgrade-rolling-back', 'upgrade-rolled-back'],
  ...['application-status', 'application-deployment-status', 'service-instance-status'],
  ...['service-instance-ready', 'service-instance-unready'],
  ...['container-status', 'container-restarted', 'probe-failed', 'probe-recovered'],
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What happened, and to what; keys that do not apply are left out. */
export interface EventFacts {
  readonly type: EventType;
  readonly host?: string;
  /** Whose event it is; without one it is the site provider's alone. */
  readonly tenant?: string;
  readonly application?: string;
  /** `web-1` */
  readonly 'service-instance'?: string;
  /** Its name inside the instance. */
  readonly container?: string;
  /** In the words of the log, the plan and the state. */
  readonly message: string;
  /** The commit that was in force. */
  readonly revision?: string;
}

/** An event with its place in the story. */
export interface EventDocument extends EventFacts {
  /** Digits; a later event has a greater number, also after a restart of the daemon. */
  readonly id: string;
  /** RFC 3339 */
  readonly time: string;
  readonly site: string;
}
