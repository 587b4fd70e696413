import { collectDefaultMetrics, Registry, type Gauge } from 'prom-client';
import type { RequestWatch } from '../api/http/request-watch.ts';
import type { DockerCall } from '../docker/measure-calls.ts';
import type { FairleadEvent, Narrator } from '../events.ts';
import type { GitFetch } from '../git/measure-fetches.ts';
import type { Pass } from '../reconcile/passes.ts';
import type { Snapshot } from '../store/store.ts';
import { METRICS } from './definitions.ts';
import { openCounter, openGauge, openHistogram } from './instruments.ts';
import { createRequestMeters } from './request-meters.ts';
import { createSnapshotGauges } from './show-snapshot.ts';

/** Everything that is counted, in a registry of its own, and the text Prometheus reads. */
export interface Metrics {
  /** Its own gauges follow from the snapshot alone: neither Docker nor git is asked. */
  text(snapshot: Snapshot): Promise<string>;
  readonly contentType: string;
  /** Counts the steps and upgrades of the daemon's story. */
  readonly narrate: Narrator;
  readonly onPass: (pass: Pass) => void;
  readonly onFetch: (fetch: GitFetch) => void;
  readonly onDockerCall: (call: DockerCall) => void;
  /** A commit status or a notification is delivered, or never will be. */
  readonly onNotification: (end: { readonly target: string; readonly outcome: string }) => void;
  readonly requests: RequestWatch;
  /** The state API has a certificate that expires then, ms since the epoch. */
  readonly onCertificate: (expiresAt: number) => void;
}

export interface MetricsOptions {
  /** Of Fairlead. */
  readonly version: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Also of the process itself: memory, processor time, delays of the event loop. */
  readonly process?: boolean;
  /** For so long the same text is served again, ms: nobody who reaches the address can keep the process busy with it. */
  readonly keepMs?: number;
}

/** How often the event loop is looked at, ms: seldom enough to cost nothing. */
const LOOP_RESOLUTION_MS = 50;
const KEEP_MS = 1_000;

export function createMetrics({ version, now, process = false, keepMs = KEEP_MS }: MetricsOptions): Metrics {
  const registry = new Registry();
  const startedAt = now();
  if (process) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_RESOLUTION_MS });
  openGauge(registry, METRICS.build).set({ version }, 1);
  const show = createSnapshotGauges(registry);
  let kept: { readonly at: number; readonly text: Promise<string> } | undefined;
  let certificateEnd: Gauge | undefined;
  return {
    text: (snapshot) => {
      const at = now();
      if (kept !== undefined && Math.abs(at - kept.at) < keepMs) return kept.text;
      show(snapshot, { now: at, startedAt });
      kept = { at, text: registry.metrics() };
      return kept.text;
    },
    contentType: registry.contentType,
    narrate: createStoryMeters(registry),
    ...createWorkMeters(registry),
    requests: createRequestMeters(registry),
    onCertificate: (expiresAt) => {
      // Not before there is one: a gauge without a value would say 1970.
      certificateEnd ??= openGauge(registry, METRICS.certificateEnd);
      certificateEnd.set(expiresAt / 1000);
    },
  };
}

function createStoryMeters(registry: Registry): Narrator {
  const steps = openCounter(registry, METRICS.steps);
  const time = openHistogram(registry, METRICS.stepTime);
  const upgrades = openCounter(registry, METRICS.upgrades);
  const countStep = (outcome: 'done' | 'failed', { step, ms }: StepEvent) => {
    const { kind } = step.action;
    steps.inc({ kind, outcome });
    time.observe({ kind }, ms / 1000);
  };
  return (event) => {
    if (event.kind === 'step-done') countStep('done', event);
    if (event.kind === 'step-failed') countStep('failed', event);
    if (event.kind === 'upgrade') upgrades.inc({ transition: event.transition });
  };
}

type StepEvent = Extract<FairleadEvent, { kind: 'step-done' | 'step-failed' }>;

function createWorkMeters(registry: Registry): Pick<Metrics, 'onPass' | 'onFetch' | 'onDockerCall' | 'onNotification'> {
  const passes = openCounter(registry, METRICS.passes);
  const passTime = openHistogram(registry, METRICS.passTime);
  const fetches = openCounter(registry, METRICS.fetches);
  const fetchTime = openHistogram(registry, METRICS.fetchTime);
  const calls = openCounter(registry, METRICS.dockerCalls);
  const callTime = openHistogram(registry, METRICS.dockerTime);
  const notifications = openCounter(registry, METRICS.notifications);
  return {
    onPass: ({ host, outcome, ms }) => {
      passes.inc({ host, outcome });
      passTime.observe({ host }, ms / 1000);
    },
    onFetch: ({ outcome, ms }) => {
      fetches.inc({ outcome });
      fetchTime.observe(ms / 1000);
    },
    onDockerCall: ({ operation, outcome, ms }) => {
      calls.inc({ operation, outcome });
      callTime.observe({ operation }, ms / 1000);
    },
    onNotification: ({ target, outcome }) => notifications.inc({ target, outcome }),
  };
}
