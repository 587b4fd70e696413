import { howItEnded } from '../health/crash-loop.ts';
import type { DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { sandboxOf } from '../model/observed-instance.ts';
import type { ObservedContainer, ObservedInstance } from '../model/observed.ts';
import { memberOf, type Readiness } from './readiness.ts';

// What makes an upgrade fail (contract 8.4): something wrong with an instance that it made, before its time is over.

/** So often a start may fail, and an init container. */
export const FAILURES = 3;

export interface UpgradedInstance {
  readonly desired: DesiredInstance;
  readonly observed: ObservedInstance | undefined;
  readonly readiness: Readiness;
  /** Something is being done to it: a container that ended may have been ended by us. */
  readonly busy: boolean;
  /** Messages of steps that failed too often, by their sentences. */
  readonly failedSteps: ReadonlyMap<string, string>;
}

/** Why it has failed: `main: it ended with exit code 3`; undefined as long as it may yet become ready. */
export function failureOf(instance: UpgradedInstance): string | undefined {
  const { desired, observed } = instance;
  const initial = desired.initContainers.map((container) => initFailure(container, observed));
  const members = desired.containers.map((container) => memberFailure(container, instance));
  const all = [desired.sandbox, ...desired.initContainers, ...desired.containers];
  const steps = all.map((container) => stepFailure(container, instance.failedSteps));
  return [...initial, ...members, ...steps].find((failure) => failure !== undefined);
}

/** When it is too late for it to become ready, ms since the epoch; undefined: it is, or its time has not begun. */
export function deadlineOf({ observed, readiness }: UpgradedInstance, progressDeadlineMs: number): number | undefined {
  const began = sandboxOf(observed)?.sight.running ?? 0;
  return readiness.kind === 'ready' || began === 0 ? undefined : began + progressDeadlineMs;
}

function memberFailure({ container, probes }: DesiredContainer, instance: UpgradedInstance): string | undefined {
  const found = instance.observed && memberOf(instance.observed, container);
  if (found === undefined) return undefined;
  const { health, sight } = found;
  if (hasEnded(found, instance)) return `${container}: it ended ${howItEnded(found)}`;
  for (const kind of ['startup', 'liveness'] as const) {
    if (probes[kind] !== undefined && health[kind] === 'failure')
      return `${container}: its ${kind} probe failed${because(health.message)}`;
  }
  if (probes.readiness === undefined || !sight.lostReadiness) return undefined;
  return `${container}: it is not ready any more${because(health.message)}`;
}

/** In this life of its sandbox: what ends with the engine or its sandbox is not the version's fault. */
function hasEnded(container: ObservedContainer, { observed, busy }: UpgradedInstance): boolean {
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
