import type { DesiredContainer } from '../model/desired.ts';
import type { ObservedContainer, ObservedHealth } from '../model/observed.ts';
import { PROBE_KINDS, type ProbeKind } from '../model/probes.ts';
import { isCrashLoop } from '../health/crash-loop.ts';
import type { ContainerState, OperStatus, PortState } from './documents.ts';
import { gearOf } from './gear.ts';
import { atRest, crashLoop, judged, notRunning, starts, type Judgement } from './judgement.ts';

export interface ContainerFacts {
  /** Its name inside the instance. */
  readonly name: string;
  /** undefined: nobody knows what it should be. */
  readonly desired: DesiredContainer | undefined;
  readonly observed: ObservedContainer | undefined;
  /** The message of a failed step that keeps it from running; undefined: none. */
  readonly failure: string | undefined;
  /** The message of a failed step that it runs on without; undefined: none. */
  readonly concern: string | undefined;
  readonly ports: readonly PortState[];
  /** ms since the epoch */
  readonly now: number;
}

/** One container of an instance, as the API shows it. */
export function containerState(facts: ContainerFacts): ContainerState {
  const { desired, observed, ports } = facts;
  const judgement = judge(facts);
  return {
    ...judged(facts, judgement),
    ready: judgement.status === 'running' && isReady(desired, observed),
    ...starts(observed),
    probes: probeStates(desired, observed),
    ...(ports.length === 0 ? {} : { ports }),
    ...gearOf(desired, observed),
  };
}

/** contract 6: running = it runs and its startup probe passed; error = crash loop; failed = cannot be made; starting = before. */
function judge({ desired, observed, failure, concern, now }: ContainerFacts): Judgement<OperStatus> {
  if (observed === undefined) return notRunning(failure);
  switch (observed.status) {
    case 'running':
      return isCrashLoop(observed, now) ? crashLoop(observed) : judgeRunning(desired, observed, concern);
    case 'restarting':
      return isCrashLoop(observed, now) ? crashLoop(observed) : { status: 'starting' };
    case 'exited':
      return failure === undefined && isCrashLoop(observed, now) ? crashLoop(observed) : notRunning(failure);
    default:
      return atRest(observed.status, failure);
  }
}

function judgeRunning(
  desired: DesiredContainer | undefined,
  { health }: ObservedContainer,
  concern: string | undefined,
): Judgement<OperStatus> {
  const probes = desired?.probes ?? {};
  const failed = PROBE_KINDS.find((kind) => probes[kind] !== undefined && health[kind] === 'failure');
  const message = failed === undefined ? concern : probeFailure(failed, health);
  const started = probes.startup === undefined || health.startup === 'success';
  return { status: started ? 'running' : 'starting', message };
}

/** A container without readiness probe is ready when it runs (contract 8.5). */
function isReady(desired: DesiredContainer | undefined, observed: ObservedContainer | undefined): boolean {
  return desired?.probes.readiness === undefined || observed?.health.readiness === 'success';
}

function probeStates(
  desired: DesiredContainer | undefined,
  observed: ObservedContainer | undefined,
): ContainerState['probes'] {
  const kinds = PROBE_KINDS.filter((kind) => desired?.probes[kind] !== undefined);
  return Object.fromEntries(
    kinds.map((kind) => {
      const status = observed?.health[kind] ?? 'unknown';
      const failed = observed !== undefined && status === 'failure';
      return [kind, { status, ...(failed ? { 'error-message': probeFailure(kind, observed.health) } : {}) }];
    }),
  );
}

/** In the words of the plan, which restarts it for them. */
function probeFailure(kind: ProbeKind, { message }: ObservedHealth): string {
  return `its ${kind} probe failed${message === '' ? '' : `: ${message}`}`;
}
