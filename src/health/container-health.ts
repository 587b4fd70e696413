import type { ObservedHealth } from '../model/observed.ts';
import { PROBE_KINDS, type DesiredProbe, type ProbeKind, type Probes } from '../model/probes.ts';
import { countAnswer, SUCCEEDED, UNCOUNTED, type ProbeCount } from './probe-count.ts';

// What the three probes of one life of a container say together (avassa-reference 2.8.2). A life is one start of it.

/** What came of asking once. `unknown`: nobody could be asked, which says nothing about the container. */
export type ProbeAnswer =
  { readonly kind: 'success' } | { readonly kind: 'failure'; readonly message: string } | { readonly kind: 'unknown' };

/** Goes with one life of a container. */
export interface ContainerHealth extends Readonly<Record<ProbeKind, ProbeCount>> {
  /** Why the probe that failed last did; '' when none is at `failure`. */
  readonly message: string;
}

const UNASKED: ContainerHealth = { startup: UNCOUNTED, readiness: UNCOUNTED, liveness: UNCOUNTED, message: '' };

/**
 * A container that has run for `ranMs` and is seen for the first time. One that has outlived all the time its startup
 * probe had has started: had it failed, somebody would have restarted it. So a new daemon asks no old container whether
 * it has started, and takes up its other probes at once.
 */
export function beginHealth(probes: Probes, ranMs: number): ContainerHealth {
  const { startup } = probes;
  const hasStarted = startup !== undefined && ranMs > startupTimeMs(startup);
  return hasStarted ? { ...UNASKED, startup: SUCCEEDED } : UNASKED;
}

/** The longest a startup probe can take until it fails, counted from the start of the container. */
function startupTimeMs({ initialDelayMs, periodMs, failureThreshold, timeoutMs }: DesiredProbe): number {
  return initialDelayMs + periodMs * failureThreshold + timeoutMs;
}

/**
 * The same life under other probes: what was found stays, so that a new period makes nothing unready; but a failure of a
 * probe that was changed is not held against the container, and a probe that is gone has found nothing.
 */
export function replaceProbes(
  health: ContainerHealth,
  { before, after }: { readonly before: Probes; readonly after: Probes },
  ranMs: number,
): ContainerHealth {
  const fresh = beginHealth(after, ranMs);
  const keep = (kind: ProbeKind): ProbeCount => {
    if (before[kind] === undefined || after[kind] === undefined) return fresh[kind];
    const mayStay = health[kind].status !== 'failure' || isSameProbe(before[kind], after[kind]);
    return mayStay ? health[kind] : fresh[kind];
  };
  return settle({ startup: keep('startup'), readiness: keep('readiness'), liveness: keep('liveness') }, health.message);
}

export function isSameProbe(a: DesiredProbe, b: DesiredProbe): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The probes to be asked now. A startup probe holds the other two until it has succeeded, and then has done its work; a
 * failed startup or liveness probe ends all asking, because the container has to be started anew.
 */
export function kindsToAsk(probes: Probes, health: ContainerHealth): readonly ProbeKind[] {
  if (health.startup.status === 'failure' || health.liveness.status === 'failure') return [];
  const hasStarted = probes.startup === undefined || health.startup.status === 'success';
  const open: readonly ProbeKind[] = hasStarted ? ['readiness', 'liveness'] : ['startup'];
  return open.filter((kind) => probes[kind] !== undefined);
}

/** Counts an answer. One to a probe that is not to be asked any more, as it may come in late, changes nothing. */
export function noteAnswer(
  health: ContainerHealth,
  { probes, kind }: { readonly probes: Probes; readonly kind: ProbeKind },
  answer: ProbeAnswer,
): ContainerHealth {
  const probe = probes[kind];
  if (answer.kind === 'unknown' || probe === undefined || !kindsToAsk(probes, health).includes(kind)) return health;
  const count = countAnswer(health[kind], answer.kind, probe);
  const isNewReason = answer.kind === 'failure' && count.status === 'failure';
  return settle({ ...health, [kind]: count }, isNewReason ? answer.message : health.message);
}

/** A reason stands only as long as something fails. */
function settle(counts: Readonly<Record<ProbeKind, ProbeCount>>, message: string): ContainerHealth {
  const isFailing = PROBE_KINDS.some((kind) => counts[kind].status === 'failure');
  return { ...counts, message: isFailing ? message : '' };
}

export function toObservedHealth({ startup, readiness, liveness, message }: ContainerHealth): ObservedHealth {
  return { startup: startup.status, readiness: readiness.status, liveness: liveness.status, message };
}

export function isSameHealth(a: ObservedHealth, b: ObservedHealth): boolean {
  return PROBE_KINDS.every((kind) => a[kind] === b[kind]) && a.message === b.message;
}
