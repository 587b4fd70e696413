import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import { planHost, type PlannedHost } from '../plan/plan-host.ts';
import type { PruneVerdict } from '../plan/prune-guard.ts';
import { createStepMemory } from '../plan/step-memory.ts';
import { changesOf, enact, type Change } from './enact.ts';
import type { ForeseeInput } from './foresee.ts';
import { happeningsOf, type Happening } from './happenings.ts';
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
  const { desired, networkPool, restarts = [], now: begun } = input;
  const { owner } = desired;
  const ahead = engineAhead(input);
  let now = begun;
  let world = toWorld(input.observed, desired);
  let planned = input.former;
  let verdict: PruneVerdict | undefined;
  const coming = createComing(desired, begun);
  coming.look(world.host, Object.keys(world.host.applications));
  const memory = createStepMemory({
    now: () => now,
    desiredHash: (application) => planned?.applications.get(application)?.hash ?? '',
    former: { attempts: input.attempts ?? [], ongoing: input.ongoing ?? [] },
  });

  const moment = (): Moment => ({ now, engineNow: now + ahead, owner });

  function change(changes: readonly Change[]): void {
    world = enact(world, changes);
    coming.look(world.host, new Set(changes.map(([key]) => key)));
  }

  function planOnce(): PlannedHost {
    const memories = { attempts: memory.attempts(), ongoing: memory.ongoing(), inFlight: [] };
    const known = { desired, observed: world.host, networkPool, restarts, pruneVerdict: verdict, now };
    return planHost({ ...known, ...memories }, planned);
  }

  return {
    now: () => now,
    observed: () => world.host,
    plan() {
      for (let due = coming.due(now); due.length > 0; due = coming.due(now)) {
        const at = moment();
        change(due.map(([key, { happen }]) => [key, (scene) => happen(scene, at)]));
      }
      planned = planOnce();
      const allowed = planned.pruning && input.allowsPrune?.(planned.pruning);
      if (planned.pruning !== undefined && allowed !== undefined) {
        verdict = { applications: planned.pruning.applications, allowed };
        planned = planOnce();
      }
      memory.settle(planned.plan, []);
      return planned;
    },
    take(steps) {
      for (const step of steps) memory.begin(step);
      change(changesOf(steps, world.host, moment()));
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

/** Logs that will be too old some day are no reason to wait for it. */
function lookAgainAt({ plan, applications }: PlannedHost): number {
  const times = [...plan.later.map(({ at }) => at), ...[...applications.values()].map(({ until }) => until)];
  return times.reduce<number>((first, time) => Math.min(first, time ?? Infinity), Infinity);
}

/** What comes to pass by itself, by application. */
interface Coming {
  /** Looks at these applications, which changed. */
  look(host: ObservedHost, keys: Iterable<string>): void;
  due(now: number): readonly (readonly [string, Happening])[];
  /** ms since the epoch; Infinity: nothing. */
  next(): number;
}

function createComing({ applications, earlier }: DesiredSite, begun: number): Coming {
  const happenings = new Map<string, readonly Happening[]>();
  const textsOf = (key: string): readonly DesiredApplication[] => {
    const newest = applications[key];
    return newest === undefined ? [] : [newest, ...(earlier[key] ?? [])];
  };
  return {
    look(host, keys) {
      for (const key of keys) {
        const application = host.applications[key];
        const found = application === undefined ? [] : happeningsOf(application, textsOf(key), begun);
        if (found.length === 0) happenings.delete(key);
        else happenings.set(key, found);
      }
    },
    due: (now) =>
      [...happenings].flatMap(([key, all]) =>
        all.filter(({ at }) => at <= now).map((one): readonly [string, Happening] => [key, one]),
      ),
    next: () => [...happenings.values()].flat().reduce((first, { at }) => Math.min(first, at), Infinity),
  };
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
