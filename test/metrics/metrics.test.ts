import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/metrics/definitions.ts';
import { LABELS } from '../../src/metrics/labels.ts';
import { createMetrics, type Metrics } from '../../src/metrics/metrics.ts';
import { SYNC_STATUSES } from '../../src/metrics/sync-status.ts';
import type { ApplicationState, ContainerState } from '../../src/status/documents.ts';
import type { Figures, Snapshot, Standing } from '../../src/store/store.ts';
import { application, host, instance, plan, snapshot, stopStep, type SnapshotParts } from '../api/snapshot-builders.ts';
import { parseExposition } from './exposition.ts';

const NOW = Date.parse('2026-01-02T04:00:00.000Z');
const SHOP = { tenant: 'acme', application: 'shop' };
const LOCAL = { site: 'local', host: 'local' };

function create(now = () => NOW): Metrics {
  return createMetrics({ version: '1.2.3', now, keepMs: 0 });
}

async function scrape(shown: Snapshot, metrics = create()) {
  return parseExposition(await metrics.text(shown));
}

function withFigures(fields: Partial<Figures>): Snapshot {
  const shown = snapshot();
  return { ...shown, figures: { ...shown.figures, ...fields } };
}

/** Everything that is counted, once. */
function countEverything(metrics: Metrics): void {
  const step = stopStep('acme.shop.web-1.nginx');
  metrics.narrate({ kind: 'step-done', host: 'local', step, ms: 300 });
  metrics.narrate({ kind: 'step-failed', host: 'local', step, error: 'no', tries: 1, ms: 40 });
  const upgrade = { from: ['1.0'], to: '2.0', batch: 1, batches: 2, reason: '' };
  metrics.narrate({ kind: 'upgrade', host: 'local', application: 'acme.shop', transition: 'begun', ...upgrade });
  metrics.onPass({ host: 'local', outcome: 'good', ms: 3 });
  metrics.onFetch({ outcome: 'ok', ms: 8 });
  metrics.onDockerCall({ operation: 'stop-container', outcome: 'timeout', ms: 10_000 });
  metrics.requests.began();
  metrics.requests.ended({ method: 'GET', route: '/readyz', status: '2xx', streamed: false, ms: 1 });
  metrics.requests.refused('malformed');
  metrics.onNotification({ target: 'ops', outcome: 'delivered' });
  metrics.onCertificate(NOW);
}

const EVERYTHING = snapshot({
  applications: [application('acme.shop', { state: { 'application-deployment': 'all' } })],
  figures: {
    wantedSince: 0,
    outdatedSince: 0,
    inFlight: [],
    hosts: [{ host: 'local', lastPassAt: NOW, holdsLease: true, space: { totalBytes: 100, freeBytes: 7 } }],
  },
});

describe('the metrics', () => {
  it('are those that are defined, each with its type and its labels', async () => {
    const metrics = create();
    countEverything(metrics);
    const { types, samples } = await scrape(EVERYTHING, metrics);
    const defined = Object.values(METRICS);
    expect(Object.fromEntries(types)).toEqual(Object.fromEntries(defined.map(({ name, kind }) => [name, kind])));
    for (const { name, kind, labels } of defined) {
      const shown = samples.find((sample) => sample.name === (kind === 'histogram' ? `${name}_count` : name));
      expect(Object.keys(shown?.labels ?? { missing: name }).sort(), name).toEqual([...labels].sort());
    }
  });

  it('have no label but those that are explained, and no value beyond a closed set', async () => {
    const metrics = create();
    countEverything(metrics);
    const { samples } = await scrape(EVERYTHING, metrics);
    const meanings = new Map<string, readonly string[] | undefined>(
      Object.entries(LABELS).map(([label, { values }]) => [label, values]),
    );
    for (const { name, labels } of samples)
      for (const [label, value] of Object.entries(labels).filter(([key]) => key !== 'le')) {
        expect([...meanings.keys()], name).toContain(label);
        expect(meanings.get(label) ?? [value], `${name} ${label}`).toContain(value);
      }
  });

  it('of the process are served where they are asked for', async () => {
    const { types } = await scrape(snapshot(), createMetrics({ version: '1.2.3', now: () => NOW, process: true }));
    for (const name of [
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(types.has(name), name).toBe(true);
  });

  it('are the same text for a second, whoever asks', async () => {
    let now = NOW;
    const metrics = createMetrics({ version: '1.2.3', now: () => now });
    const before = await metrics.text(snapshot());
    const after = { ...snapshot(), ready: false };
    now += 999;
    expect(await metrics.text(after)).toBe(before);
    now += 1;
    expect(parseExposition(await metrics.text(after)).value('fairlead_ready')).toBe(0);
  });
});

describe('of an application', () => {
  it('it is told how it stands, in labels', async () => {
    const shop = application('acme.shop', { state: { 'application-deployment': 'all', 'oper-status': 'starting' } });
    const { samples } = await scrape(snapshot({ applications: [shop], plan: plan() }));
    expect(samples.filter(({ name }) => name === 'fairlead_application_info')).toEqual([
      {
        name: 'fairlead_application_info',
        labels: { ...SHOP, site: 'local', version: '1.0', sync: 'synced', health: 'starting', deployment: 'all' },
        value: 1,
      },
    ]);
  });

  it('no version and no deployment are no label', async () => {
    const shop = application('acme.shop');
    const state = Object.fromEntries(
      Object.entries(shop.state).filter(([key]) => key !== 'version'),
    ) as ApplicationState;
    const [info] = (await scrape(snapshot({ applications: [{ ...shop, state }] }))).named('fairlead_application_info');
    expect(info?.labels).toEqual({ ...SHOP, site: 'local', sync: 'unknown', health: 'running' });
  });

  const step = stopStep('acme.shop.web-1.nginx');
  const other = stopStep('acme.blog.web-1.nginx');
  const FREE: readonly (readonly [string, string, SnapshotParts])[] = [
    ['synced', 'nothing is left to do for it', { plan: plan({ steps: [other] }) }],
    ['out-of-sync', 'a step is to be taken', { plan: plan({ steps: [step] }) }],
    ['out-of-sync', 'a step comes later', { plan: plan({ later: [{ step, at: undefined, waitingFor: 'try 2' }] }) }],
    ['out-of-sync', 'a step is being taken', { plan: plan(), figures: withFigures({ inFlight: [step] }).figures }],
    ['unknown', 'nothing was compared yet', { plan: undefined }],
  ];
  it.each(FREE)('sync is %s when %s', async (sync, _when, fields) => {
    const { value } = await scrape(snapshot({ applications: [application('acme.shop')], ...fields }));
    expect(value('fairlead_application_info', { ...SHOP, sync })).toBe(1);
  });

  const STANDINGS: readonly (readonly [Standing, string])[] = [
    ['rejected', 'rejected'],
    ['held', 'held'],
    ['blocked', 'blocked'],
    ['aborted', 'aborted'],
    ['upgrading', 'upgrading'],
    ['awaited', 'unknown'],
  ];
  it.each(STANDINGS)('that is %s sync is %s, whatever is left to do', async (standing, sync) => {
    const shop = application('acme.shop', { standing });
    const { value } = await scrape(snapshot({ applications: [shop], plan: plan({ steps: [step] }) }));
    expect(value('fairlead_application_info', { ...SHOP, sync })).toBe(1);
    expect(SYNC_STATUSES).toContain(sync);
  });

  it('instances are counted without those that linger, and restarts with them', async () => {
    const restarted = (total: number, recent: number): readonly ContainerState[] =>
      instance('web-1').containers.map((one) => ({ ...one, 'total-restarts': total, 'current-restarts': recent }));
    const instances = [
      instance('web-1', { containers: restarted(3, 0) }),
      instance('web-2', { ready: false, host: '' }),
      instance('web-3', { lingering: true, containers: restarted(4, 2) }),
    ];
    const shop = application('acme.shop', { state: { 'service-instances': instances } });
    const { value } = await scrape(snapshot({ applications: [shop] }));
    expect(value('fairlead_application_instances_wanted', SHOP)).toBe(2);
    expect(value('fairlead_application_instances_ready', SHOP)).toBe(1);
    expect(value('fairlead_application_container_restarts', SHOP)).toBe(7);
    expect(value('fairlead_application_container_restarts_recent', SHOP)).toBe(2);
  });

  it('that is gone nothing is told any more', async () => {
    const metrics = create();
    await metrics.text(snapshot({ applications: [application('acme.shop'), application('acme.blog')] }));
    const { samples } = await scrape(snapshot({ applications: [application('acme.blog')] }), metrics);
    const applications = samples.flatMap(({ labels }) => labels['application'] ?? []);
    expect(new Set(applications)).toEqual(new Set(['blog']));
  });

  it('the number of series does not grow with its instances', async () => {
    const seriesOf = async (count: number) => {
      const instances = Array.from({ length: count }, (_, n) => instance(`web-${n + 1}`));
      const shop = application('acme.shop', { state: { 'service-instances': instances } });
      return (await scrape(snapshot({ applications: [shop] }))).samples.length;
    };
    expect(await seriesOf(50)).toBe(await seriesOf(1));
  });
});

describe('of the repository', () => {
  const ages = async (figures: Partial<Figures>) => {
    const { value } = await scrape(withFigures(figures));
    return [
      value('fairlead_repository_wanted_revision_age_seconds'),
      value('fairlead_repository_applied_revision_age_seconds'),
    ];
  };

  it('both ages are 0 while what is wanted is applied', async () => {
    expect(await ages({ wantedSince: NOW - 60_000, outdatedSince: 0 })).toEqual([0, 0]);
  });

  it('the ages are those of the wish and of the delay while it is not', async () => {
    expect(await ages({ wantedSince: NOW - 5_000, outdatedSince: NOW - 65_000 })).toEqual([5, 65]);
  });

  it('no age is negative when the clock was put back', async () => {
    expect(await ages({ wantedSince: NOW + 5_000, outdatedSince: NOW + 5_000 })).toEqual([0, 0]);
  });

  it('problems are counted by severity, and removals that are held', async () => {
    const problem = { file: 'a.yaml', line: 1, column: 1, message: 'no' };
    const { repository } = snapshot();
    const { value, samples } = await scrape(
      snapshot({
        repository: {
          ...repository,
          'error-message': 'no such repository',
          problems: [
            { ...problem, severity: 'error' },
            { ...problem, severity: 'error' },
          ],
          'held-removals': [{ application: 'acme.shop', reason: 'too many' }],
          'history-complete': false,
        },
      }),
    );
    expect(value('fairlead_repository_problems', { severity: 'error' })).toBe(2);
    expect(value('fairlead_repository_problems', { severity: 'warning' })).toBe(0);
    expect(value('fairlead_repository_held_removals')).toBe(1);
    expect(value('fairlead_repository_history_complete')).toBe(0);
    expect(value('fairlead_repository_up')).toBe(0);
    expect(value('fairlead_repository_fetch_timestamp_seconds')).toBe(Date.parse(repository['fetch-time']) / 1000);
    expect(JSON.stringify(samples)).not.toContain('a.yaml');
  });

  it('a revision that nobody trusted signed is told apart from a repository that cannot be read', async () => {
    const { repository } = snapshot();
    expect((await scrape(snapshot())).value('fairlead_repository_verified')).toBe(1);
    const verification = { mode: 'commit', 'verified-revision': 'r0', 'error-message': 'no signature' } as const;
    const gauges = async (message: string) => {
      const { value } = await scrape(
        snapshot({ repository: { ...repository, verification, 'error-message': message } }),
      );
      return { verified: value('fairlead_repository_verified'), up: value('fairlead_repository_up') };
    };
    expect(await gauges('no signature')).toEqual({ verified: 0, up: 1 });
    expect(await gauges('no answer; no signature')).toEqual({ verified: 0, up: 0 });
  });

  it('nothing is up before it was reached', async () => {
    const { repository } = snapshot();
    const never = { ...repository, 'fetch-time': '1970-01-01T00:00:00.000Z' };
    const { value } = await scrape(snapshot({ repository: never }));
    expect(value('fairlead_repository_up')).toBe(0);
    expect(value('fairlead_repository_fetch_timestamp_seconds')).toBe(0);
  });
});

describe('of a host', () => {
  const one = { host: 'local', lastPassAt: NOW - 90_000, holdsLease: true, space: undefined };

  it('it is told whether it is up, who acts there, and when the last good pass was', async () => {
    const { value } = await scrape(withFigures({ hosts: [one] }));
    expect(value('fairlead_host_up', LOCAL)).toBe(1);
    expect(value('fairlead_host_lease_held', LOCAL)).toBe(1);
    expect(value('fairlead_host_last_good_pass_timestamp_seconds', LOCAL)).toBe((NOW - 90_000) / 1000);
    expect(value('fairlead_host_seconds_since_last_good_pass', LOCAL)).toBe(90);
  });

  it('the age before the first pass is that of the daemon', async () => {
    let now = NOW;
    const metrics = create(() => now);
    now += 7_000;
    const { value } = await scrape(withFigures({ hosts: [{ ...one, lastPassAt: 0 }] }), metrics);
    expect(value('fairlead_host_last_good_pass_timestamp_seconds', LOCAL)).toBe(0);
    expect(value('fairlead_host_seconds_since_last_good_pass', LOCAL)).toBe(7);
  });

  it('the disk is told in bytes, and not at all while nobody knows', async () => {
    const metrics = create();
    const space = { totalBytes: 2 ** 40, freeBytes: 2 ** 29 };
    const { value } = await scrape(withFigures({ hosts: [{ ...one, space }] }), metrics);
    expect(value('fairlead_host_disk_total_bytes', LOCAL)).toBe(2 ** 40);
    expect(value('fairlead_host_disk_free_bytes', LOCAL)).toBe(2 ** 29);
    expect(value('fairlead_host_disk_low', LOCAL)).toBe(1);
    const later = await scrape(withFigures({ hosts: [one] }), metrics);
    expect(later.named('fairlead_host_disk_free_bytes')).toEqual([]);
  });

  it('one that is down is 0', async () => {
    const { value } = await scrape(snapshot({ hosts: [host('local', { 'oper-status': 'down' })] }));
    expect(value('fairlead_host_up', LOCAL)).toBe(0);
  });
});

describe('what was done', () => {
  it('is counted, with its time in seconds', async () => {
    const metrics = create();
    countEverything(metrics);
    const { value } = await scrape(snapshot(), metrics);
    const kind = 'stop-container';
    expect(value('fairlead_steps_total', { kind, outcome: 'done' })).toBe(1);
    expect(value('fairlead_steps_total', { kind, outcome: 'failed' })).toBe(1);
    expect(value('fairlead_step_duration_seconds_sum', { kind })).toBeCloseTo(0.34);
    expect(value('fairlead_upgrade_transitions_total', { transition: 'begun' })).toBe(1);
    expect(value('fairlead_passes_total', { host: 'local', outcome: 'good' })).toBe(1);
    expect(value('fairlead_pass_duration_seconds_sum', { host: 'local' })).toBeCloseTo(0.003);
    expect(value('fairlead_git_fetches_total', { outcome: 'ok' })).toBe(1);
    expect(value('fairlead_git_fetch_duration_seconds_count')).toBe(1);
    expect(value('fairlead_docker_calls_total', { operation: kind, outcome: 'timeout' })).toBe(1);
    expect(value('fairlead_docker_call_duration_seconds_bucket', { operation: kind, le: '10' })).toBe(1);
    expect(value('fairlead_docker_call_duration_seconds_bucket', { operation: kind, le: '2' })).toBe(0);
    expect(value('fairlead_api_certificate_expiry_timestamp_seconds')).toBe(NOW / 1000);
  });

  it('is not mixed up between two daemons of one process', async () => {
    const [busy, idle] = [create(), create()];
    countEverything(busy);
    expect((await scrape(snapshot(), idle)).named('fairlead_steps_total')).toEqual([]);
  });
});
