import { createExecutor } from '../../src/execute/executor.ts';
import type { DesiredContainer, DesiredSite } from '../../src/model/desired.ts';
import type { ObservedHost } from '../../src/model/observed.ts';
import type { Attempt, Ongoing, Step } from '../../src/model/plan.ts';
import { planHost, type PlannedHost } from '../../src/plan/plan-host.ts';
import type { PruneVerdict } from '../../src/plan/prune-guard.ts';
import { createProber } from '../../src/probe/prober.ts';
import { createMirror } from '../../src/reconcile/mirror.ts';
import { noteStep } from '../../src/reconcile/note-step.ts';
import { createProbeTargets } from '../../src/reconcile/probe-targets.ts';
import { FakeDocker, type FakeCall } from '../fakes/fake-docker.ts';
import { createFakeClock, type FakeClock } from '../probe/fake-clock.ts';
import type { Dice } from '../upgrade/dice.ts';

/** A step that was taken. */
export interface TakenStep {
  readonly step: Step;
  /** When it ended, ms after the commit. */
  readonly at: number;
}

/**
 * A host on the fake engine, and a daemon with the executor, the mirror and the prober that the real one has. What is
 * under way side by side takes effect in any order. Time passes only when nothing else is left to do.
 */
export interface ActualHost {
  readonly docker: FakeDocker;
  readonly clock: FakeClock;
  /** As it is now. */
  look(): Promise<ObservedHost>;
  /** What the daemon remembers of steps. */
  memories(): { readonly attempts: readonly Attempt[]; readonly ongoing: readonly Ongoing[] };
  /** Brings it there, until nothing is left to do. @throws when a step fails */
  bring(desired: DesiredSite, options?: BringOptions): Promise<readonly TakenStep[]>;
}

export interface BringOptions {
  readonly pruneVerdict?: PruneVerdict;
  /** No step is begun after so many have ended; default: all are taken. */
  readonly stopAfter?: number | undefined;
}

const signal = new AbortController().signal;
/** In which time passes while probes are waited for. */
const TICK_MS = 250;

/** What a container does of itself: init containers end well, and who is asked to leave leaves. */
function engineOf(clock: FakeClock): FakeDocker {
  const exitAtStart = ({ role }: DesiredContainer) => (role === 'init-container' ? 0 : undefined);
  const docker = new FakeDocker({ now: () => clock.now(), exitAtStart, linesAtEnd: () => ['the end'] });
  docker.onExec = ({ id }, [word]) => {
    if (word === 'leave') docker.engine.endProcess(id, 0);
    return { exitCode: 0, output: '' };
  };
  return docker;
}

/** Of the calls that change something any may take effect first. */
function createTurns(docker: FakeDocker, dice: Dice) {
  const waiting: (() => void)[] = [];
  docker.onCall = ({ method }: FakeCall) =>
    CHANGES_NOTHING.test(method) ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
  return {
    size: () => waiting.length,
    next: () => waiting.splice(dice.roll(waiting.length), 1)[0]?.(),
  };
}

const CHANGES_NOTHING = /^(?:inspect|list|info|ping|events|exec)/;

export async function createActualHost(dice: Dice): Promise<ActualHost> {
  const clock = createFakeClock(1_800_000_000_000);
  const docker = engineOf(clock);
  const turns = createTurns(docker, dice);
  const mirror = createMirror(docker, { host: 'local', owner: 'test', now: () => clock.now() });
  const targets = createProbeTargets();
  let isRung = false;
  let planned: PlannedHost | undefined;
  let taken: TakenStep[] = [];
  let began = clock.now();
  const ring = () => void (isRung = true);

  docker.engine.events.onEvent = (event) => {
    if (mirror.note(event)) ring();
  };
  const prober = createProber({
    docker,
    clock,
    report(id, startedAt, health) {
      mirror.noteHealth(id, startedAt, health);
      ring();
    },
  });
  prober.open(() => Promise.reject(new Error('every probe is a command')));
  const executor = createExecutor({
    docker,
    host: 'local',
    now: () => clock.now(),
    desiredHash: (application) => planned?.applications.get(application)?.hash ?? '',
    explain: (failure) => Promise.resolve(failure),
    async observe(step) {
      noteStep(mirror, step.action);
      await mirror.refresh(signal);
    },
    narrate(event) {
      if (event.kind === 'step-failed') throw new Error(`${event.step.id} failed: ${event.error}`);
      if (event.kind === 'step-done') taken.push({ step: event.step, at: clock.now() - began });
    },
    onDone: ring,
  });

  async function pass(desired: DesiredSite, { pruneVerdict, stopAfter = Infinity }: BringOptions): Promise<void> {
    isRung = false;
    await mirror.refresh(signal);
    const observed = mirror.snapshot();
    const memories = { inFlight: executor.inFlight(), attempts: executor.attempts(), ongoing: executor.ongoing() };
    const input = { desired, observed, ...memories, networkPool: '10.201.0.0/16', pruneVerdict, now: clock.now() };
    planned = planHost(input, planned);
    if (taken.length < stopAfter) executor.advance(planned.plan);
    prober.watch(targets(desired, observed));
  }

  /** When something is to come though nothing is under way, ms since the epoch; Infinity: it is at rest. */
  function nextTime(desired: DesiredSite, { stopAfter = Infinity }: BringOptions): number {
    if (taken.length >= stopAfter) return Infinity;
    const isProving = targets(desired, mirror.snapshot()).some(({ probes, health }) =>
      (['startup', 'readiness'] as const).some((kind) => probes[kind] !== undefined && health[kind] !== 'success'),
    );
    return Math.min(lookAgainAt(planned), isProving ? clock.now() + TICK_MS : Infinity);
  }

  await mirror.load(signal);
  return {
    docker,
    clock,
    async look() {
      await mirror.refresh(signal);
      return mirror.snapshot();
    },
    memories: () => ({ attempts: executor.attempts(), ongoing: executor.ongoing() }),
    async bring(desired, options = {}) {
      taken = [];
      began = clock.now();
      ring();
      for (;;) {
        await clock.advance(0);
        if (isRung) await pass(desired, options);
        else if (turns.size() > 0) {
          await clock.advance(dice.roll(2));
          turns.next();
        } else if (executor.inFlight().length === 0) {
          const next = nextTime(desired, options);
          if (next === Infinity) return taken;
          await clock.advance(Math.max(1, next - clock.now()));
          if (clock.now() >= lookAgainAt(planned)) ring();
        }
      }
    },
  };
}

/** Logs that will be too old some day are not waited for. */
function lookAgainAt(planned: PlannedHost | undefined): number {
  const times = [
    ...(planned?.plan.later ?? []).map(({ at }) => at),
    ...[...(planned?.applications.values() ?? [])].map(({ until }) => until),
  ];
  return Math.min(...times.map((time) => time ?? Infinity));
}
