import type { ObservedContainer } from '../model/observed.ts';
import { formatTime, type ContainerState, type OperStatus } from './documents.ts';

/** Five restarts within five minutes are a crash loop, until five minutes without one (contract 8.6). */
const CRASH_LOOP_RESTARTS = 5;
const CRASH_LOOP_MS = 300_000;

export interface ContainerFacts {
  /** Its name inside the instance. */
  readonly name: string;
  readonly observed: ObservedContainer | undefined;
  /** The message of a failed step that stands in this container's way; undefined: none. */
  readonly failure: string | undefined;
  /** ms since the epoch */
  readonly now: number;
}

interface Judgement {
  readonly status: OperStatus;
  readonly message?: string;
}

/** One container of an instance, as the API shows it. */
export function containerState(facts: ContainerFacts): ContainerState {
  const { name, observed } = facts;
  const { status, message } = judge(facts);
  return {
    name,
    id: observed?.id.slice(0, 12) ?? '',
    'oper-status': status,
    ...(message === undefined ? {} : { 'error-message': message }),
    ready: status === 'running',
    'start-time': formatTime(observed?.startedAt ?? 0),
    'current-restarts': observed?.restartCount ?? 0,
    'total-restarts': observed?.restartCount ?? 0,
    probes: {},
    devices: [],
    gpus: [],
  };
}

/** contract 6: running = the process runs; error = crash loop; failed = cannot be made; starting = before. */
function judge({ observed, failure, now }: ContainerFacts): Judgement {
  if (observed === undefined)
    return failure === undefined ? { status: 'starting' } : { status: 'failed', message: failure };
  switch (observed.status) {
    case 'running':
      return isCrashLoop(observed, now) ? crashLoop(observed) : { status: 'running' };
    case 'restarting':
      return isCrashLoop(observed, now) ? crashLoop(observed) : { status: 'starting' };
    case 'dead':
      return { status: 'failed', message: 'the engine could not end it' };
    case 'created':
    case 'exited':
    case 'paused':
    case 'removing':
    case 'unknown':
      return failure === undefined ? { status: 'starting' } : { status: 'failed', message: failure };
    default:
      return observed.status satisfies never;
  }
}

/**
 * The engine's count covers the whole life of a container, so the times tell: those that were seen, or, of a container
 * that was last started at most five minutes after it was made, that all of them lie between.
 */
function isCrashLoop({ restartCount, restarts, createdAt, startedAt }: ObservedContainer, now: number): boolean {
  if (restartCount < CRASH_LOOP_RESTARTS || now - startedAt >= CRASH_LOOP_MS) return false;
  const fifthLast = restarts.at(-CRASH_LOOP_RESTARTS) ?? createdAt;
  return startedAt - fifthLast <= CRASH_LOOP_MS;
}

function crashLoop({ restartCount, exitCode, oomKilled }: ObservedContainer): Judgement {
  const how = oomKilled ? 'for lack of memory' : `with exit code ${exitCode}`;
  return { status: 'error', message: `it keeps ending: restarted ${restartCount} times, last ${how}` };
}
