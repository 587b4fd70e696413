import type { DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { Attempt, Ongoing, Plan, Step } from '../model/plan.ts';
import type { PlannedHost } from '../plan/plan-host.ts';
import type { Pruning } from '../plan/prune-guard.ts';
import type { RestartRequest } from '../plan/restarts.ts';
import { createCourse, type Course } from './course.ts';
import { freeSteps } from '../plan/free-steps.ts';

export interface ForeseeInput {
  readonly desired: DesiredSite;
  readonly observed: ObservedHost;
  readonly networkPool: string;
  /** ms since the epoch; of a host that was foreseen before: `Foreseen.until`. */
  readonly now: number;
  /**
   * Whether history allows these removals; undefined: it is not known yet, and they stay held. Default: that. Asked only
   * about more than are always carried out.
   */
  readonly allowsPrune?: (pruning: Pruning) => boolean | undefined;
  /** Restarts that were asked for and are not noted on the engine yet; default: none. */
  readonly restarts?: readonly RestartRequest[];
  /** What is remembered of earlier tries; default: nothing. */
  readonly attempts?: readonly Attempt[];
  /** What targets are in the middle of; default: nothing. */
  readonly ongoing?: readonly Ongoing[];
  /** A plan that was made before, which only saves work. */
  readonly former?: PlannedHost | undefined;
}

export interface ForeseenStep {
  readonly step: Step;
  /** ms after the beginning, at the earliest: healthy-times, delays and waits count, work itself as nothing. */
  readonly at: number;
}

/** How it ends. */
export type ForeseenEnd =
  /** Nothing is left to do. */
  | { readonly kind: 'done' }
  /** What is left waits for something that nobody but a person can bring about: sentences, by application key. */
  | { readonly kind: 'waits'; readonly for: readonly ForeseenWait[] }
  /** It would go on and on. `step`: what is done again and again; '' when it is waiting. */
  | { readonly kind: 'endless'; readonly step: string };

export interface ForeseenWait {
  /** Application key; '' for what several share. */
  readonly application: string;
  readonly reason: string;
}

export interface Foreseen {
  /** In the order they are taken; the order of steps on different targets at the same time is accidental. */
  readonly steps: readonly ForeseenStep[];
  /** The host at the end. */
  readonly observed: ObservedHost;
  /** The time at the end, ms since the epoch. */
  readonly until: number;
  readonly end: ForeseenEnd;
  /** What was planned at the end: what is held, blocked or waits, and how upgrades stand. */
  readonly planned: PlannedHost;
}

/** More than any upgrade in batches needs. */
const MOST_ROUNDS = 100_000;
/** Times that pass one after another without anything to do. */
const MOST_WAITS = 2_000;
/** So often nothing is done in earnest: what is repeated has no effect. A pull may be repeated for every batch. */
const MOST_REPEATS = 20;

/**
 * Everything that will happen on a host until nothing is left to do, if all goes well: what the loop of the daemon does
 * round after round, with the effect of each step on what is observed put in place of the engine. Pure.
 */
export function foresee(input: ForeseeInput): Foreseen {
  const course = createCourse(input);
  const steps: ForeseenStep[] = [];
  const counts = new Map<string, number>();
  let waits = 0;
  for (let round = 0; round < MOST_ROUNDS && waits < MOST_WAITS; round += 1) {
    const planned = course.plan();
    const free = freeSteps(planned.plan);
    if (free.length > 0) {
      const at = course.now() - input.now;
      steps.push(...free.map((step) => ({ step, at })));
      const repeated = free.find((step) => count(step, counts) > MOST_REPEATS);
      if (repeated !== undefined) return atEnd(course, steps, { kind: 'endless', step: repeated.id });
      course.take(free);
      waits = 0;
    } else {
      if (!course.wait()) return atEnd(course, steps, endOf(planned.plan));
      waits += 1;
    }
  }
  return atEnd(course, steps, { kind: 'endless', step: '' });
}

function atEnd(course: Course, steps: readonly ForeseenStep[], end: ForeseenEnd): Foreseen {
  return { steps, end, observed: course.observed(), until: course.now(), planned: course.plan() };
}

function count({ id, action }: Step, counts: Map<string, number>): number {
  const times = (counts.get(id) ?? 0) + 1;
  counts.set(id, times);
  return action.kind === 'pull-image' ? 0 : times;
}

function endOf({ steps, later, held, blocked }: Plan): ForeseenEnd {
  const waits: readonly ForeseenWait[] = [
    ...held,
    ...Object.entries(blocked).map(([application, reason]) => ({ application, reason })),
    ...later.map(({ step, waitingFor }) => ({ application: step.application, reason: waitingFor })),
    ...steps.map(({ application, id }) => ({ application, reason: `${id}: what has to be done first is not` })),
  ];
  if (waits.length === 0) return { kind: 'done' };
  return { kind: 'waits', for: [...new Map(waits.map((wait) => [JSON.stringify(wait), wait])).values()] };
}
