import { perform } from '../src/execute/perform.ts';
import { startableSteps } from '../src/execute/lanes.ts';
import type { DesiredContainer, DesiredSite } from '../src/model/desired.ts';
import { UNPROBED, type ObservedHealth, type ObservedHost } from '../src/model/observed.ts';
import type { Plan, Step } from '../src/model/plan.ts';
import { planHost, type PlanInput } from '../src/plan/plan-host.ts';
import { createMirror } from '../src/reconcile/mirror.ts';
import { IMAGE, SANDBOX_IMAGE } from './builders.ts';
import { FakeDocker } from './fakes/fake-docker.ts';

/** A host on a fake engine, planned and carried out step by step without the shell. */
export interface World {
  readonly docker: FakeDocker;
  /** Containers, by their names inside an instance, whose process ends at once with this exit code. */
  readonly exits: Map<string, number>;
  /** ms since the epoch; moves only when a test moves it. */
  now: number;
  observe(): Promise<ObservedHost>;
  /** The daemon is killed and another one comes: all that it alone had seen is lost. */
  restartDaemon(): void;
  /** What probes find of a container in its present life. */
  probe(id: string, health: Partial<ObservedHealth>): void;
  /** What a plan is made from now. */
  input(desired: DesiredSite): Promise<PlanInput>;
  plan(desired: DesiredSite, overrides?: Partial<PlanInput>): Promise<Plan>;
  /** Performs what may start, until nothing is left or `limit` steps are done. Returns the ids of the steps done. */
  converge(desired: DesiredSite, limit?: number): Promise<string[]>;
  /** The same, and whenever only time is waited for, it passes. */
  settle(desired: DesiredSite): Promise<string[]>;
}

/** Init containers end well at once; everything else runs until it is stopped. */
const endsAtStart = ({ role }: DesiredContainer) => (role === 'init-container' ? 0 : undefined);

export function createWorld(exitAtStart: (container: DesiredContainer) => number | undefined = endsAtStart): World {
  const signal = new AbortController().signal;
  const world: World = {
    exits: new Map(),
    now: 1_000_000,
    docker: new FakeDocker({
      now: () => world.now,
      exitAtStart: (one) => world.exits.get(one.container) ?? exitAtStart(one),
      linesAtEnd: () => ['the end'],
    }),
    async observe() {
      await mirror.load(signal);
      return mirror.snapshot();
    },
    restartDaemon() {
      mirror = newMirror();
    },
    probe(id, health) {
      const { startedAt } = world.docker.engine.get(id, 'probe');
      mirror.noteHealth(id, startedAt, { ...UNPROBED, ...health });
    },
    async input(desired) {
      const observed = await world.observe();
      const nothing = { inFlight: [], attempts: [], ongoing: [] };
      return { desired, observed, ...nothing, networkPool: '10.201.0.0/16', now: world.now };
    },
    async plan(desired, overrides = {}) {
      return planHost({ ...(await world.input(desired)), ...overrides }).plan;
    },
    async converge(desired, limit = 10_000) {
      const done: string[] = [];
      for (;;) {
        const steps: readonly Step[] = startableSteps(await world.plan(desired), []);
        if (steps.length === 0) return done;
        for (const step of steps) {
          if (done.length >= limit) return done;
          world.now += 1;
          await perform(world.docker, step.action, signal);
          done.push(step.id);
        }
      }
    },
    async settle(desired) {
      const done: string[] = [];
      for (;;) {
        done.push(...(await world.converge(desired)));
        const { wakeAt } = await world.plan(desired);
        if (wakeAt === undefined) return done;
        world.now = Math.max(world.now + 1, wakeAt);
      }
    },
  };
  const newMirror = () => createMirror(world.docker, { host: 'local', owner: 'test', now: () => world.now });
  let mirror = newMirror();
  world.docker.engine.images.set(IMAGE, 'sha256:1');
  world.docker.engine.images.set(SANDBOX_IMAGE, 'sha256:2');
  return world;
}

/** The steps as short lines: `stop container x — reason`. */
export function lines(plan: Plan): string[] {
  return plan.steps.map((step) => `${step.id} — ${step.reason}`);
}
