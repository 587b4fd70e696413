// What `/metrics` serves, in words: docs/metrics.md is made from it (scripts/generate.ts).

/** A metric before it has values. `L`: the names of its labels. */
export interface Definition<K extends 'gauge' | 'counter' | 'histogram', L extends string> {
  readonly kind: K;
  readonly name: string;
  /** What it means, in one line; times in seconds, sizes in bytes. */
  readonly help: string;
  readonly labels: readonly L[];
}
export type GaugeDefinition<L extends string> = Definition<'gauge', L>;
export type CounterDefinition<L extends string> = Definition<'counter', L>;
export interface HistogramDefinition<L extends string> extends Definition<'histogram', L> {
  /** Upper bounds, s. */
  readonly buckets: readonly number[];
}

function gauge<L extends string = never>(name: string, help: string, labels: readonly L[] = []): GaugeDefinition<L> {
  return { kind: 'gauge', name: `fairlead_${name}`, help, labels };
}

function counter<L extends string = never>(
  name: string,
  help: string,
  labels: readonly L[] = [],
): CounterDefinition<L> {
  return { kind: 'counter', name: `fairlead_${name}`, help, labels };
}

/** Durations. Few buckets: each costs a series for every combination of labels. */
function histogram<L extends string = never>(
  name: string,
  help: string,
  { buckets, labels = [] }: { readonly buckets: readonly number[]; readonly labels?: readonly L[] },
): HistogramDefinition<L> {
  return { kind: 'histogram', name: `fairlead_${name}`, help, labels, buckets };
}

const APPLICATION = ['tenant', 'application'] as const;
const HOST = ['site', 'host'] as const;
/** Of work inside this process. */
const SHORT = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];
/** Of questions to something outside. */
const MEDIUM = [0.005, 0.02, 0.1, 0.5, 2, 10, 60];
const LONG = [0.05, 0.25, 1, 5, 20, 60, 300];

/** THE table: every metric of Fairlead's own. None has a label for an instance, a container, a commit or a path. */
export const METRICS = {
  build: gauge('build_info', 'Always 1; the label says which Fairlead this is.', ['version']),
  ready: gauge('ready', 'Whether every reachable host had one full pass: 1 or 0, as /readyz.'),

  application: gauge('application_info', 'Always 1; the labels say how the application stands.', [
    ...APPLICATION,
    ...(['site', 'version', 'sync', 'health', 'deployment'] as const),
  ]),
  instancesWanted: gauge(
    'application_instances_wanted',
    'Service instances there are to be, without those in their delayed shutdown.',
    APPLICATION,
  ),
  instancesReady: gauge('application_instances_ready', 'Those of them that are ready.', APPLICATION),
  restarts: gauge(
    'application_container_restarts',
    'Restarts of all its containers since each was made; falls when one is replaced.',
    APPLICATION,
  ),
  recentRestarts: gauge(
    'application_container_restarts_recent',
    'Restarts of all its containers since each last ran ten minutes without one.',
    APPLICATION,
  ),

  repositoryUp: gauge('repository_up', 'Whether the last look at the repository went well: 1 or 0.'),
  fetchedAt: gauge(
    'repository_fetch_timestamp_seconds',
    'When the repository was last reached, as Unix time; 0 before the first time.',
  ),
  wantedAge: gauge(
    'repository_wanted_revision_age_seconds',
    'How long the wanted revision has been wanted, as far as this daemon saw, and is not applied; 0 when it is.',
  ),
  appliedAge: gauge(
    'repository_applied_revision_age_seconds',
    'How long the applied revision has no longer been the wanted one, whatever was wanted since; 0 while it is.',
  ),
  verified: gauge(
    'repository_verified',
    'Whether what is wanted is signed by a trusted key, or does not have to be: 1 or 0.',
  ),
  problems: gauge('repository_problems', 'Problems of the fetched revision.', ['severity']),
  heldRemovals: gauge('repository_held_removals', 'Applications whose removal is held.'),
  historyComplete: gauge('repository_history_complete', 'Whether the version lists are complete: 1 or 0.'),

  hostUp: gauge('host_up', 'Whether the Docker engine of the host answers: 1 or 0.', HOST),
  hostLease: gauge(
    'host_lease_held',
    'Whether this daemon has the lease of the host, and so may act there: 1 or 0.',
    HOST,
  ),
  lastPass: gauge(
    'host_last_good_pass_timestamp_seconds',
    'When the last pass was planned from the sight of an engine that answers, as Unix time; 0 before the first.',
    HOST,
  ),
  passAge: gauge(
    'host_seconds_since_last_good_pass',
    'The same as an age; before the first pass, since the daemon began. A host at rest has one each --resync-interval.',
    HOST,
  ),
  diskTotal: gauge('host_disk_total_bytes', "Size of the file system of the engine's data root.", HOST),
  diskFree: gauge(
    'host_disk_free_bytes',
    'What of it is free. Absent while nobody holds the lease, as the size.',
    HOST,
  ),
  diskLow: gauge('host_disk_low', 'Whether that is so little that pulls may fail: 1 or 0.', HOST),

  passes: counter('passes_total', 'Passes: each observes a host, plans, and starts what may start.', [
    'host',
    'outcome',
  ]),
  passTime: histogram('pass_duration_seconds', 'What a pass takes; the steps it starts go on after it.', {
    buckets: SHORT,
    labels: ['host'],
  }),
  steps: counter('steps_total', 'Steps that ended.', ['kind', 'outcome']),
  stepTime: histogram('step_duration_seconds', 'What a step took, the look at what it did included.', {
    buckets: LONG,
    labels: ['kind'],
  }),
  upgrades: counter('upgrade_transitions_total', 'What came to pass in upgrades.', ['transition']),
  fetches: counter('git_fetches_total', 'Looks at the repository.', ['outcome']),
  fetchTime: histogram('git_fetch_duration_seconds', 'What a look at the repository took.', { buckets: MEDIUM }),
  dockerCalls: counter('docker_calls_total', 'Calls to Docker engines.', ['operation', 'outcome']),
  dockerTime: histogram('docker_call_duration_seconds', 'What a call to a Docker engine took.', {
    buckets: MEDIUM,
    labels: ['operation'],
  }),

  notifications: counter('notifications_total', 'Commit statuses and notifications that ended, delivered or not.', [
    'target',
    'outcome',
  ]),

  requests: counter('api_requests_total', 'Answered requests to the state API.', ['method', 'route', 'status']),
  requestTime: histogram('api_request_duration_seconds', 'What an answer took, to its last byte; streams left out.', {
    buckets: SHORT,
    labels: ['method', 'route'],
  }),
  requestsInFlight: gauge('api_requests_in_flight', 'Requests that are being answered, open streams included.'),
  refused: counter('api_connections_refused_total', 'Connections that were ended without a request to answer.', [
    'reason',
  ]),
  certificateEnd: gauge(
    'api_certificate_expiry_timestamp_seconds',
    'When the certificate of the state API expires, as Unix time. Absent without TLS.',
  ),
};
