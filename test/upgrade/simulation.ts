import { DockerError } from '../../src/docker/port.ts';
import { perform } from '../../src/execute/perform.ts';
import { startableSteps } from '../../src/execute/lanes.ts';
import { createStepMemory, type StepMemory } from '../../src/plan/step-memory.ts';
import type { DesiredApplication, DesiredSite } from '../../src/model/desired.ts';
import type { ObservedMarker } from '../../src/model/markers.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { planHost, type PlanInput, type PlannedHost } from '../../src/plan/plan-host.ts';
import { createMirror, type Mirror } from '../../src/reconcile/mirror.ts';
import { noteStep } from '../../src/reconcile/note-step.ts';
import { IMAGE, SANDBOX_IMAGE } from '../builders.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';
import type { FakeContainer } from '../fakes/fake-container.ts';
import { nextChange, programOf } from './behaviour.ts';
import type { Dice } from './dice.ts';
import { createSimulatedProber, type SimulatedProber } from './simulated-prober.ts';
import { roleOf, Truth, type TrueInstances } from './truth.ts';

export type Planner = (input: PlanInput, former?: PlannedHost) => PlannedHost;

/** How everything is when a step begins. */
export interface Moment {
  readonly now: number;
  readonly desired: DesiredApplication;
  /** Newest first. */
  readonly earlier: readonly DesiredApplication[];
  readonly instances: TrueInstances;
  /** Those of the application, on the engine. */
  readonly markers: readonly ObservedMarker[];
  /** Begun before, and not at their end. */
  readonly inFlight: readonly Step[];
}

/** Who looks on. What it throws ends the simulation. */
export interface Watcher {
  /** A step begins: it was decided on what could be known until now. */
  begins(step: Step, moment: Moment): void;
  /** It has taken effect. */
  performed(step: Step, outcome: string): void;
  planned(input: PlanInput, planned: PlannedHost): void;
  /** The process of this container is about to end by itself, or by somebody's hand. */
  fails(container: FakeContainer, moment: Moment): void;
}

/** A step that has begun; its effect comes before its end, and the daemon may be killed in between. */
interface Flight {
  readonly step: Step;
  /** It takes longer than anybody waits for it. */
  readonly isSlow: boolean;
  outcome: 'pending' | 'done' | DockerError;
}

/** Everything that is lost with the process. */
interface Daemon {
  readonly mirror: Mirror;
  readonly memory: StepMemory;
  readonly prober: SimulatedProber;
  planned: PlannedHost | undefined;
}

const signal = new AbortController().signal;

/**
 * One application on a fake engine, with a daemon as the real one is: a mirror that follows the engine's events, steps
 * under way side by side, attempts remembered, plans made from their former plans. Time passes only here.
 */
export class Simulation {
  now = 1_000_000;
  /** Steps that took effect. */
  steps = 0;
  plan: Plan | undefined;
  readonly docker: FakeDocker;
  readonly truth: Truth;
  readonly #dice: Dice;
  readonly #planner: Planner;
  readonly #watcher: Watcher;
  #site: DesiredSite | undefined;
  #flights: Flight[] = [];
  #daemon: Daemon;

  constructor({ dice, watcher, planner = planHost }: { dice: Dice; watcher: Watcher; planner?: Planner | undefined }) {
    this.#dice = dice;
    this.#planner = planner;
    this.#watcher = watcher;
    const failures = new Map<string, number>();
    this.docker = new FakeDocker({
      now: () => this.now,
      exitAtStart: ({ role, name, configHash, env }) => {
        if (role !== 'init-container') return undefined;
        const failed = failures.get(`${name} ${configHash}`) ?? 0;
        failures.set(`${name} ${configHash}`, failed + 1);
        return failed < Number(env['FAILURES'] ?? 0) ? 4 : 0;
      },
    });
    const { engine } = this.docker;
    for (const image of [IMAGE, SANDBOX_IMAGE]) engine.images.set(image, engine.nextId());
    this.truth = new Truth(engine);
    this.#daemon = this.#newDaemon();
    engine.events.onEvent = (event) => this.#daemon.mirror.note(event);
  }

  #newDaemon(): Daemon {
    const now = () => this.now;
    const mirror = createMirror(this.docker, { host: 'local', owner: 'test', now });
    const desiredHash = (key: string) => this.#site?.applications[key]?.hash ?? '';
    const prober = createSimulatedProber({ docker: this.docker, truth: this.truth, mirror, bornAt: this.now });
    return { mirror, prober, memory: createStepMemory({ now, desiredHash }), planned: undefined };
  }

  inFlight(): readonly Step[] {
    return this.#flights.map(({ step }) => step);
  }

  get desired(): DesiredApplication {
    const [desired] = Object.values(this.#site?.applications ?? {});
    if (desired === undefined) throw new TypeError('nothing was committed');
    return desired;
  }

  get earlier(): readonly DesiredApplication[] {
    return this.#site?.earlier[this.desired.key] ?? [];
  }

  moment(): Moment {
    const { now, desired, earlier, docker } = this;
    const markers = docker.engine.volumes.markersOf('test').filter(({ application }) => application !== '');
    return { now, desired, earlier, instances: this.truth.look(), markers, inFlight: this.inFlight() };
  }

  async commit(site: DesiredSite): Promise<void> {
    this.#site = site;
    this.truth.learn([this.desired, ...this.earlier]);
    await this.pass();
  }

  /** Observe, plan, begin: what the host loop does whenever something rings. */
  async pass(): Promise<void> {
    const daemon = this.#daemon;
    do {
      await daemon.mirror.refresh(signal);
      if (this.#site === undefined) return;
      const input = this.#input(this.#site);
      daemon.planned = this.#planner(input, daemon.planned);
      const { plan } = daemon.planned;
      this.plan = plan;
      this.#watcher.planned(input, daemon.planned);
      daemon.memory.settle(plan, this.inFlight());
      const moment = this.moment();
      for (const step of startableSteps(plan, moment.inFlight)) this.#begin(step, moment);
      daemon.prober.watch(this.#site, input.observed);
    } while (daemon.prober.tell(this.now));
  }

  #input(desired: DesiredSite): PlanInput {
    const { mirror, memory } = this.#daemon;
    const memories = { attempts: memory.attempts(), ongoing: memory.ongoing(), inFlight: this.inFlight() };
    return { desired, observed: mirror.snapshot(), ...memories, networkPool: '10.201.0.0/16', now: this.now };
  }

  #begin(step: Step, moment: Moment): void {
    this.#watcher.begins(step, { ...moment, inFlight: this.inFlight() });
    this.#daemon.memory.begin(step);
    const mayBeSlow = step.action.kind === 'pull-image' || step.action.kind === 'stop-container';
    this.#flights.push({ step, isSlow: mayBeSlow && this.#dice.roll(4) === 0, outcome: 'pending' });
  }

  /** So many times something goes on with a step that is under way; nothing when none is. */
  async work(times: number): Promise<void> {
    for (let time = 0; time < times && this.#flights.length > 0; time += 1) await this.#goOn(this.#flights);
  }

  /** Time passes and whatever is under way goes on, but for what is slow. */
  async wait(ms: number): Promise<void> {
    const end = this.now + ms;
    while (this.now < end) {
      const quick = this.#flights.filter(({ isSlow }) => !isSlow);
      if (quick.length > 0) await this.#goOn(quick);
      else await this.elapse(Math.min(end, this.#nextTime()) - this.now);
    }
  }

  async #goOn(flights: readonly Flight[]): Promise<void> {
    await this.elapse(1 + this.#dice.roll(40));
    const flight = flights[this.#dice.roll(flights.length)];
    if (flight === undefined || !this.#flights.includes(flight)) return;
    if (flight.outcome === 'pending') await this.#perform(flight);
    // Mostly nobody looks between the effect and the end, and what ends together may be seen together.
    if (this.#dice.roll(4) > 0) this.#end(flight);
    if (this.#flights.length === 0 || this.#dice.roll(2) === 0) await this.pass();
  }

  async #perform(flight: Flight): Promise<void> {
    try {
      await perform(this.docker, flight.step.action, signal);
      flight.outcome = 'done';
      this.steps += 1;
    } catch (error) {
      if (!(error instanceof DockerError)) throw error;
      flight.outcome = error;
    }
    this.#watcher.performed(flight.step, flight.outcome instanceof DockerError ? flight.outcome.message : 'done');
  }

  #end({ step, outcome }: Flight): void {
    const { memory, mirror } = this.#daemon;
    memory.record(step, outcome instanceof DockerError ? outcome : undefined);
    noteStep(mirror, step.action);
    this.#flights = this.#flights.filter((flight) => flight.step !== step);
  }

  /** Time passes; whatever happens by itself meanwhile happens in its order. */
  async elapse(ms: number): Promise<void> {
    const end = this.now + ms;
    for (let next = this.#nextTime(); next <= end; next = this.#nextTime()) {
      this.now = next;
      this.#endProcesses();
      await this.pass();
    }
    this.now = end;
  }

  /** Nobody meddles any more: goes on until nothing happens by itself and nothing is left to do. */
  async settle(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const next = this.#nextTime();
      if (this.#flights.length > 0) await this.work(1);
      else if (next === Infinity) return;
      else await this.elapse(next - this.now);
    }
    throw new Error(`the host has not come to rest after ${MOST_ROUNDS} rounds`);
  }

  /** The daemon is killed and another one comes; of what was under way some takes effect, and some never does. */
  async restartDaemon(): Promise<void> {
    for (const flight of this.#flights) {
      if (flight.outcome === 'pending' && this.#dice.roll(2) === 0) await this.#perform(flight);
    }
    this.#flights = [];
    this.#daemon = this.#newDaemon();
    await this.#daemon.mirror.load(signal);
    await this.pass();
  }

  /** The engine stops and comes back after a while; what was under way has failed. */
  async restartEngine(): Promise<void> {
    const { engine } = this.docker;
    const { memory, mirror } = this.#daemon;
    for (const { step, outcome } of this.#flights) {
      memory.record(step, outcome === 'done' ? undefined : new DockerError('unreachable', 'the engine is away'));
    }
    this.#flights = [];
    engine.shutDown();
    this.now += 5_000;
    engine.boot();
    memory.reconnected();
    await mirror.load(signal);
    await this.pass();
  }

  /** When something happens by itself, or the daemon looks again, ms since the epoch; Infinity: never. */
  #nextTime(): number {
    const { now, truth, docker } = this;
    const { prober } = this.#daemon;
    const changes = docker.engine
      .containers()
      .filter((one) => one.status === 'running' && roleOf(one) === 'container')
      .map((one) => {
        const isAsked = prober.asks(one.id) || Object.keys(truth.probesOf(one)).length > 0;
        return nextChange(one, { isAsked, now, upset: truth.upsetOf(one) });
      });
    const wakeAt = this.plan?.wakeAt ?? Infinity;
    return Math.max(now + 1, Math.min(wakeAt, prober.nextAnswer(now), ...changes));
  }

  /** Of programs whose time to end has come. */
  #endProcesses(): void {
    for (const container of this.docker.engine.containers()) {
      if (container.status !== 'running' || roleOf(container) !== 'container') continue;
      if (this.now - container.startedAt >= programOf(container).endsAfter) this.crash(container, 3);
    }
  }

  /** A process ends by itself. */
  crash(container: FakeContainer, exitCode: number): void {
    this.#watcher.fails(container, this.moment());
    this.docker.engine.endProcess(container.id, exitCode);
  }
}

/** More than any history needs. */
const MOST_ROUNDS = 4_000;
