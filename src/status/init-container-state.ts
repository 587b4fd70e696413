import type { DesiredContainer } from '../model/desired.ts';
import type { ObservedContainer } from '../model/observed.ts';
import { crashLoopMessage, howItEnded, isCrashLoop } from './crash-loop.ts';
import type { InitContainerState, InitOperStatus } from './documents.ts';
import { formatTime } from './format.ts';
import { gearOf } from './gear.ts';

export interface InitContainerFacts {
  /** Its name inside the instance. */
  readonly name: string;
  /** undefined: nobody knows what it should be. */
  readonly desired: DesiredContainer | undefined;
  readonly observed: ObservedContainer | undefined;
  /** Whether it has done, in this life of the instance, what it is for. */
  readonly completed: boolean;
  /** The message of a failed step that keeps it from running; undefined: none. */
  readonly failure: string | undefined;
  /** ms since the epoch */
  readonly now: number;
}

interface Judgement {
  readonly status: InitOperStatus;
  readonly message?: string;
}

/** One init container of an instance, as the API shows it. */
export function initContainerState(facts: InitContainerFacts): InitContainerState {
  const { name, desired, observed } = facts;
  const { status, message } = judge(facts);
  return {
    name,
    id: observed?.id.slice(0, 12) ?? '',
    'oper-status': status,
    ...(message === undefined ? {} : { 'error-message': message }),
    'start-time': formatTime(observed?.startedAt ?? 0),
    'current-restarts': observed?.currentRestarts ?? 0,
    'total-restarts': observed?.totalRestarts ?? 0,
    ...gearOf(desired, observed),
  };
}

/** After this many failures in a row it is an error (contract 8.4); until then it is run again without ado. */
const FAILURES = 3;

/** Beside the statuses of a container: completed = it ended with 0; error = it did not, again and again. */
function judge({ observed, completed, failure, now }: InitContainerFacts): Judgement {
  if (completed) return { status: 'completed' };
  if (observed === undefined) return notRunning(failure);
  switch (observed.status) {
    case 'running':
    case 'restarting':
      return isCrashLoop(observed, now)
        ? { status: 'error', message: crashLoopMessage(observed) }
        : { status: 'running' };
    case 'exited':
      return failure === undefined && observed.exitCode !== 0 ? failed(observed) : notRunning(failure);
    case 'dead':
      return { status: 'failed', message: 'the engine could not end it' };
    case 'created':
    case 'paused':
    case 'removing':
    case 'unknown':
      return notRunning(failure);
    default:
      return observed.status satisfies never;
  }
}

/** It has run once more than it was restarted. */
function failed(observed: ObservedContainer): Judgement {
  const status = observed.totalRestarts + 1 < FAILURES ? 'starting' : 'error';
  return { status, message: `it ended ${howItEnded(observed)}` };
}

function notRunning(failure: string | undefined): Judgement {
  return failure === undefined ? { status: 'starting' } : { status: 'failed', message: failure };
}
