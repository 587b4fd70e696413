import type { ObservedHost } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import { planHost, type PlannedHost } from '../plan/plan-host.ts';
import type { PruneVerdict, Pruning } from '../plan/prune-guard.ts';
import { createStepMemory } from '../plan/step-memory.ts';
import { createComing } from './coming.ts';
import { changesOf, enact, type Change } from './enact.ts';
import { assumedSigners, signedBy } from './signed-by.ts';
import type { ForeseeInput } from './foresee.ts';
import { containersOf, toWorld, type Moment } from './world.ts';

/** A host on its way, from one plan to the next. */
export interface Course {
  now(): number;
  observed(): ObservedHost;
  plan(): PlannedHost;
  /** These steps take effect, side by side. */
  take(steps: readonly Step[]): void;
  /** Lets time pass until something can be done, or comes to pass by itself; false: nothing is to come. */
  wait(): boolean;
}

export function createCourse(input: ForeseeInput): Course {
  const { desired } = input;
  const ahead = engineAhead(input);
  let { now } = input;
  let world = toWorld(input.observed, desired);
  let planned = input.former;
  let signers = assumedSigners(input.observed, desired);
  let verdict: PruneVerdict | undefined;
  const coming = createComing(desired, now);
  coming.look(world.host, Object.keys(world.host.applications));
  const memory = createStepMemory({
    now: () => now,
    desiredHash: (application) => planned?.applications.get(application)?.hash ?? '',
    former: { attempts: input.attempts ?? [], ongoing: input.ongoing ?? [] },
  });

  const moment = (): Moment => ({ now, engineNow: now + ahead, owner: desired.owner });

  function change(changes: readonly Change[]): void {
    world = enact(world, changes);
    coming.look(world.host, new Set(changes.map(([key]) => key)));
  }

  /** What comes to pass by itself by now. */
  function happen(): void {
    for (let due = coming.due(now); due.length > 0; due = coming.due(now)) {
      const at = moment();
      change(due.map(([key, one]) => [key, (scene) => one.happen(scene, at)]));
    }
  }

  function planNow(): PlannedHost {
    const memories = { attempts: memory.attempts(), ongoing: memory.ongoing(), inFlight: [] };
    return planHost({ ...input, ...memories, observed: world.host, pruneVerdict: verdict, signers, now }, planned);
  }

  return {
    now: () => now,
    observed: () => world.host,
    plan() {
      happen();
      planned = planNow();
      verdict = verdictOn(planned.pruning, input) ?? verdict;
      if (planned.pruning !== undefined && verdict !== undefined) planned = planNow();
      memory.settle(planned.plan, []);
      return planned;
    },
    take(steps) {
      for (const step of steps) memory.begin(step);
      change(changesOf(steps, world.host, moment()));
      for (const { action } of steps) signers = signedBy(signers, action);
      for (const step of steps) memory.record(step, undefined);
    },
    wait() {
      const next = Math.min(planned === undefined ? Infinity : lookAgainAt(planned), coming.next());
      if (next === Infinity) return false;
      now = Math.max(now + 1, next);
      return true;
    },
  };
}

function verdictOn(pruning: Pruning | undefined, { allowsPrune }: ForeseeInput): PruneVerdict | undefined {
  const allowed = pruning && allowsPrune?.(pruning);
  return pruning === undefined || allowed === undefined ? undefined : { applications: pruning.applications, allowed };
}

/** Logs that will be too old some day are no reason to wait for it. */
function lookAgainAt({ plan, applications }: PlannedHost): number {
  const times = [...plan.later.map(({ at }) => at), ...[...applications.values()].map(({ until }) => until)];
  return times.reduce<number>((first, time) => Math.min(first, time ?? Infinity), Infinity);
}

/**
 * How far the engine's clock is ahead: what happens is later than everything that has happened. Where it is behind that
 * makes no difference.
 */
function engineAhead({ observed, now }: ForeseeInput): number {
  const latest = containersOf(observed).reduce((most, { createdAt, startedAt, finishedAt, files }) => {
    const switched = Object.values(files).map(({ switchedAt }) => switchedAt);
    return Math.max(most, createdAt, startedAt, finishedAt, ...switched);
  }, 0);
  return Math.max(0, latest + 1 - now);
}
