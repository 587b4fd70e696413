import type { ContainerStatus, ObservedContainer } from '../model/observed.ts';
import { crashLoopMessage } from '../health/crash-loop.ts';
import type { ContainerState, InitOperStatus } from './documents.ts';
import { formatTime } from './format.ts';

// What containers and init containers have in common in their states.

export interface Judgement<S extends InitOperStatus> {
  readonly status: S;
  readonly message?: string | undefined;
}

/** One that is not there, or waits for its start; `failure`: the message of the step that keeps it from running. */
export function notRunning(failure: string | undefined): Judgement<'starting' | 'failed'> {
  return failure === undefined ? { status: 'starting' } : { status: 'failed', message: failure };
}

/** In any state in which no process of it runs or has ended by itself. */
export function atRest(
  status: Exclude<ContainerStatus, 'running' | 'restarting' | 'exited'>,
  failure: string | undefined,
): Judgement<'starting' | 'failed'> {
  return status === 'dead' ? { status: 'failed', message: 'the engine could not end it' } : notRunning(failure);
}

export function crashLoop(observed: ObservedContainer): Judgement<'error'> {
  return { status: 'error', message: crashLoopMessage(observed) };
}

/** The keys a state begins with. */
export function judged<S extends InitOperStatus>(
  { name, observed }: { readonly name: string; readonly observed: ObservedContainer | undefined },
  { status, message }: Judgement<S>,
) {
  return {
    name,
    id: observed?.id.slice(0, 12) ?? '',
    'oper-status': status,
    ...(message === undefined ? {} : { 'error-message': message }),
  };
}

export function starts(
  observed: ObservedContainer | undefined,
): Pick<ContainerState, 'start-time' | 'current-restarts' | 'total-restarts'> {
  return {
    'start-time': formatTime(observed?.startedAt ?? 0),
    'current-restarts': observed?.currentRestarts ?? 0,
    'total-restarts': observed?.totalRestarts ?? 0,
  };
}
