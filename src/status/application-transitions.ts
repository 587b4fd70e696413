import type { ApplicationName } from '../model/names.ts';
import { PROBE_KINDS } from '../model/probes.ts';
import type { ApplicationState, ContainerState, InitContainerState, InstanceState } from './documents.ts';
import type { EventFacts } from './event-document.ts';

/** Two looks at an application; undefined where there was none of it. */
export interface ApplicationLooks {
  readonly name: ApplicationName;
  readonly before: ApplicationState | undefined;
  readonly after: ApplicationState | undefined;
  /** When this daemon began, ms since the epoch: what it has not asked yet is no news. */
  readonly since: number;
}

/**
 * What has come to pass in an application between two looks, in the words of its state. What is the same object in both
 * costs nothing.
 */
export function applicationTransitions({ name, before, after, since }: ApplicationLooks): readonly EventFacts[] {
  if (before === after) return [];
  const status = statusChange(before, after);
  const own: readonly EventFacts[] = status === undefined ? [] : [{ type: 'application-status', ...name, ...status }];
  const [former, now] = [byName(before?.['service-instances']), byName(after?.['service-instances'])];
  const keys = new Set([...former.keys(), ...now.keys()]);
  const instances = [...keys].flatMap((key) =>
    instanceTransitions({ before: former.get(key), after: now.get(key), since }).map((facts) => ({
      ...placeOf(former.get(key), now.get(key)),
      ...name,
      'service-instance': key,
      ...facts,
    })),
  );
  return [...instances, ...own];
}

/** The host it is or was on. */
function placeOf(before: InstanceState | undefined, after: InstanceState | undefined): { readonly host?: string } {
  const host = after?.host || before?.host;
  return host === undefined || host === '' ? {} : { host };
}

type Told = Pick<EventFacts, 'type' | 'container' | 'message'>;

interface InstanceLooks {
  readonly before: InstanceState | undefined;
  readonly after: InstanceState | undefined;
  readonly since: number;
}

function instanceTransitions({ before, after, since }: InstanceLooks): readonly Told[] {
  if (before === after) return [];
  const status = statusChange(before, after);
  const own: readonly Told[] = status === undefined ? [] : [{ type: 'service-instance-status', ...status }];
  if (before === undefined || after === undefined) return own;
  return [...containersOf(before, after), ...own, ...readiness(before, after, since)];
}

function readiness(before: InstanceState, after: InstanceState, since: number): readonly Told[] {
  if (before.ready === after.ready) return [];
  if (after.ready) return wasUnasked(before, since) ? [] : [{ type: 'service-instance-ready', message: 'ready' }];
  const reason = after['error-message'] ?? after.progress;
  return [{ type: 'service-instance-unready', message: reason === undefined ? 'not ready' : `not ready: ${reason}` }];
}

/** It was not ready only because this daemon had not asked yet what runs for longer than the daemon does. */
function wasUnasked({ containers }: InstanceState, since: number): boolean {
  return containers.every(
    ({ ready, probes, 'start-time': start }) =>
      ready || (probes.readiness?.status === 'unknown' && Date.parse(start) < since),
  );
}

type AnyContainer = ContainerState | InitContainerState;

function containersOf(before: InstanceState, after: InstanceState): readonly Told[] {
  const former = byName<AnyContainer>([...before['init-containers'], ...before.containers]);
  return [...after['init-containers'], ...after.containers].flatMap((now): readonly Told[] => {
    const then = former.get(now.name);
    if (then === undefined || then === now) return [];
    return containerTransitions(then, now).map((told) => ({ ...told, container: now.name }));
  });
}

function containerTransitions(before: AnyContainer, after: AnyContainer): readonly Told[] {
  const status = statusChange(before, after);
  return [
    ...(status === undefined ? [] : [{ type: 'container-status', ...status } as const]),
    ...restarts(before, after),
    ...probeTransitions(before, after),
  ];
}

/** One that was made anew counts from the beginning. */
function restarts(before: AnyContainer, after: AnyContainer): readonly Told[] {
  const [then, now] = [before['total-restarts'], after['total-restarts']];
  if (before.id !== after.id || now <= then) return [];
  return [{ type: 'container-restarted', message: `it ended and was started again, restart ${now}` }];
}

function probeTransitions(before: AnyContainer, after: AnyContainer): readonly Told[] {
  if (!('probes' in before && 'probes' in after)) return [];
  return PROBE_KINDS.flatMap((kind): readonly Told[] => {
    const [then, now] = [before.probes[kind], after.probes[kind]];
    if (now === undefined || now.status === then?.status) return [];
    if (now.status === 'failure')
      return [{ type: 'probe-failed', message: now['error-message'] ?? `its ${kind} probe failed` }];
    const isBack = then?.status === 'failure' && now.status === 'success';
    return isBack ? [{ type: 'probe-recovered', message: `its ${kind} probe succeeds again` }] : [];
  });
}

/** Something with a status, and why. */
interface Standing {
  readonly 'oper-status': string;
  readonly 'error-message'?: string;
  readonly progress?: string;
}

/** `starting → running`, `running → error: it keeps ending`, `starting` of what is new, `gone`; undefined: as before. */
export function statusChange(
  before: Standing | undefined,
  after: Standing | undefined,
): { readonly message: string } | undefined {
  const [then, now] = [before?.['oper-status'], after?.['oper-status']];
  if (then === now) return undefined;
  if (now === undefined) return { message: 'gone' };
  const reason = after?.['error-message'] ?? after?.progress;
  const words = then === undefined ? now : `${then} → ${now}`;
  return { message: reason === undefined ? words : `${words}: ${reason}` };
}

function byName<T extends { readonly name: string }>(values: readonly T[] = []): ReadonlyMap<string, T> {
  return new Map(values.map((value) => [value.name, value]));
}
