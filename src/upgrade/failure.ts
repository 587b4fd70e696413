import { howItEnded } from '../health/crash-loop.ts';
import type { DesiredContainer } from '../model/desired.ts';
import { sandboxOf } from '../model/observed-instance.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
import { memberOf } from './readiness.ts';
import { isHealthy, type Standing } from './standing.ts';

// What makes an upgrade fail (contract 8.4): something wrong with an instance that it made, before its time is over.

/** So often a start may fail, and an init container. */
export const FAILURES = 3;

export interface UpgradedInstance {
  readonly standing: Standing;
  /** Something is being done to it: a container that ended may have been ended by us. */
  readonly busy: boolean;
  /** Something of another batch was made after it. */
  readonly hasFollowers: boolean;
  /** Messages of steps that failed too often, by their sentences. */
  readonly failedSteps: ReadonlyMap<string, string>;
  readonly healthyTimeMs: number;
  readonly progressDeadlineMs: number;
  /** When the upgrade began, ms since the epoch. */
  readonly began: number;
}

/**
 * Why it has failed: `main: it ended with exit code 3`; undefined as long as it may yet become ready. One that an earlier
 * upgrade made can only be late: what befell it before is not this upgrade's doing.
 */
export function failureOf(instance: UpgradedInstance, now: number): string | undefined {
  const { standing, healthyTimeMs } = instance;
  if (standing.kind === 'outdated' || standing.kind === 'current') return undefined;
  const isHealthyNow = isHealthy(standing, healthyTimeMs, now);
  const wrong = standing.kind === 'unproven' || isHealthyNow ? undefined : whatIsWrong(instance, now);
  const isLate = (deadlineOf(instance) ?? Infinity) <= now;
  return wrong ?? (isLate ? 'it has not become ready in time' : undefined);
}

/** When it is too late for it to become ready, ms since the epoch; undefined: it is, or its time has not begun. */
export function deadlineOf(instance: UpgradedInstance): number | undefined {
  const { standing, progressDeadlineMs, began } = instance;
  const { kind, observed, readiness } = standing;
  const running = sandboxOf(observed)?.sight.running ?? 0;
  if ((kind !== 'made' && kind !== 'unproven') || readiness.kind === 'ready' || running === 0) return undefined;
  return wasReady(instance) ? undefined : Math.max(running, began) + progressDeadlineMs;
}

/** Others were upgraded after it, so it had its time; if it is down, that is another matter. */
function wasReady({ standing: { desired, observed }, hasFollowers }: UpgradedInstance): boolean {
  if (!hasFollowers || observed === undefined) return false;
  const members = desired.containers.flatMap(({ container }) => memberOf(observed, container) ?? []);
  return members.some(({ sight, finishedAt }) => sight.lostReadiness || finishedAt > 0);
}

function whatIsWrong(instance: UpgradedInstance, now: number): string | undefined {
  const { desired, observed } = instance.standing;
  const members = desired.containers.map((container) => memberFailure(container, instance, now));
  const all = [desired.sandbox, ...desired.initContainers, ...desired.containers];
  const initial = desired.initContainers.map((container) => initFailure(container, observed));
  const steps = all.map((container) => stepFailure(container, instance.failedSteps));
  const atStart = instance.hasFollowers ? [] : [...initial, ...steps];
  return [...members, ...atStart].find((failure) => failure !== undefined);
}

function memberFailure({ container, probes }: DesiredContainer, instance: UpgradedInstance, now: number) {
  const { observed } = instance.standing;
  const found = observed && memberOf(observed, container);
  if (found === undefined) return undefined;
  // Another batch begins only when this one has had its time; but one that was not there at all waits for nobody.
  if (instance.hasFollowers && ageAtFirstEnd(found, instance.standing, now) >= instance.healthyTimeMs) return undefined;
  const { health, sight } = found;
  if (hasEnded(found, instance)) return `${container}: it ended ${howItEnded(found)}`;
  for (const kind of ['startup', 'liveness'] as const) {
    if (probes[kind] !== undefined && health[kind] === 'failure')
      return `${container}: its ${kind} probe failed${because(health.message)}`;
  }
  if (probes.readiness === undefined || !sight.lostReadiness) return undefined;
  return `${container}: it is not ready any more${because(health.message)}`;
}

/** How old the instance was when this container ended for the first time, as far as that is known; or is now. */
function ageAtFirstEnd(
  { finishedAt, restarts, totalRestarts }: ObservedContainer,
  { madeAt, observed }: Standing,
  now: number,
) {
  const running = sandboxOf(observed)?.sight.running ?? 0;
  if (finishedAt === 0) return running === 0 ? 0 : now - running;
  const [first = finishedAt] = restarts;
  return restarts.length === totalRestarts ? first - madeAt : 0;
}

/** In this life of its sandbox: what ends with the engine or its sandbox is not the version's fault. */
function hasEnded(container: ObservedContainer, { standing: { observed }, busy }: UpgradedInstance): boolean {
  const { status, restartCount, startedAt } = container;
  if (status === 'restarting' || restartCount > 0) return true;
  const sandbox = sandboxOf(observed);
  if (status !== 'exited' || busy || sandbox?.status !== 'running') return false;
  return startedAt > 0 && (sandbox.finishedAt === 0 || startedAt >= sandbox.startedAt);
}

/** It has run once more than it was restarted. */
function initFailure({ container }: DesiredContainer, observed: ObservedInstance | undefined): string | undefined {
  const found = observed?.containers.find(
    ({ identity }) => identity?.role === 'init-container' && identity.container === container,
  );
  if (found?.status !== 'exited' || found.exitCode === 0 || found.startedAt === 0) return undefined;
  return found.totalRestarts + 1 < FAILURES ? undefined : `${container}: it ended ${howItEnded(found)}`;
}

function stepFailure({ name, container, role }: DesiredContainer, failed: ReadonlyMap<string, string>) {
  const noun = role === 'init-container' ? 'init container' : role;
  const message = failed.get(`create ${noun} ${name}`) ?? failed.get(`start container ${name}`);
  return message === undefined ? undefined : `${container === '' ? 'sandbox' : container}: ${message}`;
}

function because(message: string): string {
  return message === '' ? '' : `: ${message}`;
}
