import type { DesiredContainer } from '../model/desired.ts';
import type { ObservedContainer } from '../model/observed.ts';
import { howItEnded, isCrashLoop } from '../health/crash-loop.ts';
import type { InitContainerState, InitOperStatus } from './documents.ts';
import { gearOf } from './gear.ts';
import { atRest, crashLoop, judged, notRunning, starts, type Judgement } from './judgement.ts';

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

/** One init container of an instance, as the API shows it. */
export function initContainerState(facts: InitContainerFacts): InitContainerState {
  const { desired, observed } = facts;
  return { ...judged(facts, judge(facts)), ...starts(observed), ...gearOf(desired, observed) };
}

/** After this many failures in a row it is an error (contract 8.4); until then it is run again without ado. */
const FAILURES = 3;

/** Beside the statuses of a container: completed = it ended with 0; error = it did not, again and again. */
function judge({ observed, completed, failure, now }: InitContainerFacts): Judgement<InitOperStatus> {
  if (completed) return { status: 'completed' };
  if (observed === undefined) return notRunning(failure);
  switch (observed.status) {
    case 'running':
    case 'restarting':
      return isCrashLoop(observed, now) ? crashLoop(observed) : { status: 'running' };
    case 'exited':
      return failure === undefined && observed.exitCode !== 0 ? failed(observed) : notRunning(failure);
    default:
      return atRest(observed.status, failure);
  }
}

/** It has run once more than it was restarted. */
function failed(observed: ObservedContainer): Judgement<InitOperStatus> {
  const status = observed.totalRestarts + 1 < FAILURES ? 'starting' : 'error';
  return { status, message: `it ended ${howItEnded(observed)}` };
}
