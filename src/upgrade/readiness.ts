import type { DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { sandboxRuns } from '../model/observed-instance.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
import { PROBE_KINDS } from '../model/probes.ts';

/** How an instance stands as a whole. Times are ms since the epoch, by this daemon's clock. */
export type Readiness =
  | { readonly kind: 'ready'; readonly since: number }
  | { readonly kind: 'unready' }
  /** Its probes have not answered this daemon yet: what they say is waited for, but not for ever. */
  | { readonly kind: 'unknown'; readonly until: number };

const UNREADY: Readiness = { kind: 'unready' };

/** So long a daemon that has just come waits for what the probes of others' instances say. */
const FIRST_ANSWERS_MS = 30_000;

/** Whether every container runs and is ready as the text says that it was made from, and since when all are. */
export function readinessOf(desired: DesiredInstance, observed: ObservedInstance | undefined): Readiness {
  if (observed === undefined || !sandboxRuns(observed)) return UNREADY;
  return desired.containers
    .map((container) => containerReadiness(container, memberOf(observed, container.container)))
    .reduce(worse, { kind: 'ready', since: 0 });
}

/** Of an instance whose text nobody knows: what runs is ready unless a probe says otherwise. */
export function apparentReadiness(observed: ObservedInstance): Readiness {
  const members = observed.containers.filter(({ identity }) => identity?.role === 'container');
  const isWell = ({ status, health }: ObservedContainer) => status === 'running' && health.readiness !== 'failure';
  const ready = sandboxRuns(observed) && members.length > 0 && members.every(isWell);
  return ready ? { kind: 'ready', since: 0 } : UNREADY;
}

/** The container of this name, init containers aside. */
export function memberOf(observed: ObservedInstance, container: string): ObservedContainer | undefined {
  return observed.containers.find(({ identity }) => identity?.role === 'container' && identity.container === container);
}

/** One without a readiness probe is ready when it runs and has started (contract 8.5). */
function containerReadiness({ probes }: DesiredContainer, observed: ObservedContainer | undefined): Readiness {
  if (observed?.status !== 'running') return UNREADY;
  const { sight, health } = observed;
  // It is about to be restarted.
  const hasFailed = (['startup', 'liveness'] as const).some((kind) => probes[kind] && health[kind] === 'failure');
  if (hasFailed) return UNREADY;
  const since =
    probes.readiness !== undefined ? sight.ready : probes.startup !== undefined ? sight.started : sight.running;
  if (since > 0) return { kind: 'ready', since };
  const isUnready = PROBE_KINDS.some((kind) => health[kind] === 'failure') || sight.lostReadiness;
  return isUnready ? UNREADY : { kind: 'unknown', until: sight.running + FIRST_ANSWERS_MS };
}

function worse(a: Readiness, b: Readiness): Readiness {
  if (a.kind === 'unready' || b.kind === 'unready') return UNREADY;
  if (a.kind === 'unknown' || b.kind === 'unknown') {
    const untils = [a, b].flatMap((one) => (one.kind === 'unknown' ? [one.until] : []));
    return { kind: 'unknown', until: Math.max(...untils) };
  }
  return { kind: 'ready', since: Math.max(a.since, b.since) };
}
