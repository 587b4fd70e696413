import type { DockerPort } from '../docker/port.ts';
import type { Narrator } from '../events.ts';
import { createExecutor } from '../execute/executor.ts';
import type { SignedPulls } from '../execute/signed-pulls.ts';
import type { DesiredSite } from '../model/desired.ts';
import type { DiskSpace, ObservedHost } from '../model/observed.ts';
import type { Attempt, Plan, Step } from '../model/plan.ts';
import type { ApplicationPlan } from '../plan/plan-application.ts';
import { planHost, type PlannedHost } from '../plan/plan-host.ts';
import type { Pruning } from '../plan/prune-guard.ts';
import { createBell } from './bell.ts';
import { createConvergence } from './convergence.ts';
import { runHostSessions, UNKNOWN_HOST, type HostCondition } from './host-session.ts';
import { createMirror } from './mirror.ts';
import { noteStep } from './note-step.ts';
import { createPasses, type Pass } from './passes.ts';
import { createProbing } from './probing.ts';
import { createPruneQuestion } from './prune-question.ts';
import { withPull, type Pulls } from './pull-log.ts';
import { createRestartRequests, type RestartAnswer } from './restart-requests.ts';
import { createSpaceWatch, fillsDisk } from './space-watch.ts';
import { tellUpgrades } from './tell-upgrades.ts';

/** What is known of a host after a pass: what the store and the API show, and nothing of how it is done. */
export interface HostView extends HostCondition {
  readonly host: string;
  /** undefined while the lease is not held, or where its file system does not tell. */
  readonly space: DiskSpace | undefined;
  /** undefined until everything on the host was seen once. */
  readonly observed: ObservedHost | undefined;
  /** undefined until there is something to compare with. */
  readonly desired: DesiredSite | undefined;
  readonly plan: Plan | undefined;
  /** By application key, of those there are plans for. */
  readonly applications: ReadonlyMap<string, Pick<ApplicationPlan, 'hash' | 'upgrade' | 'hold'>>;
  readonly inFlight: readonly Step[];
  readonly attempts: readonly Attempt[];
  readonly pulls: Pulls;
  /** The newest revision after which nothing was left to do but what it wants to wait; '' before the first. */
  readonly appliedRevision: string;
  /** When all was last seen on an engine that answers, and planned for, ms since the epoch; 0: never. */
  readonly lastPassAt: number;
  readonly holdsLease: boolean;
}

/** A host before anything is known of it. */
export const UNTRIED: Omit<HostView, 'host'> = {
  ...UNKNOWN_HOST,
  space: undefined,
  observed: undefined,
  desired: undefined,
  plan: undefined,
  applications: new Map(),
  inFlight: [],
  attempts: [],
  pulls: new Map(),
  appliedRevision: '',
  lastPassAt: 0,
  holdsLease: false,
};

export interface HostLoopOptions {
  readonly docker: DockerPort;
  /** Absent: no image that has to be signed is brought. */
  readonly signedPulls?: SignedPulls;
  readonly host: string;
  readonly owner: string;
  /** In words, for whoever waits for the lease: `host-a pid 4711`. */
  readonly holder: string;
  readonly sandboxImage: string;
  readonly networkPool: string;
  readonly dryRun: boolean;
  readonly resyncMs: number;
  readonly now: () => number;
  readonly narrate: Narrator;
  /** Whether the history of the desired revision allows so many removals. Asked only when it matters. */
  readonly allowsPrune: (revision: string, pruning: Pruning) => Promise<boolean>;
  readonly publish: (view: HostView) => void;
  /** Told of each pass, for whoever counts them. */
  readonly onPass?: (pass: Pass) => void;
}

export interface HostLoop {
  desire(site: DesiredSite): void;
  /** `instance`: `acme.shop.web-1`; `delayed`: with the delayed shutdown of its service, if it has one (contract 5.4). */
  restart(instance: string, options: { readonly delayed: boolean }): RestartAnswer;
  /** Ends when `signal` aborts, the step in hand finished or 10 s gone. Workloads stay as they are. */
  run(signal: AbortSignal): Promise<void>;
}

const TICK_MS = 1_000;
const DRAIN_MS = 10_000;
const REFRESH_MS = 10_000;

/**
 * Keeps one host as desired. One pass at a time; whatever happens only rings the bell. All state here can be lost: it
 * is found again on the engine and in git.
 */
export function createHostLoop(options: HostLoopOptions): HostLoop {
  const { docker, host, owner, now } = options;
  const bell = createBell();
  const mirror = createMirror(docker, options);
  let desired: DesiredSite | undefined;
  let planned: PlannedHost | undefined;
  let condition: HostCondition = UNKNOWN_HOST;
  let loaded = false;
  let mayAct = false;
  let holdsLease = false;
  let pulls: Pulls = new Map();

  const hostName = () => desired?.host.name ?? host;
  const narrate: Narrator = (event) => {
    if (event.kind === 'step-done') pulls = withPull(pulls, event.step, { at: now(), ms: event.ms });
    options.narrate('host' in event ? { ...event, host: hostName() } : event);
  };
  const convergence = createConvergence(host, narrate);
  const probing = createProbing({ docker, owner, mirror, onChange: () => bell.ring() });
  const passed = createPasses({ host: hostName, now, onPass: options.onPass });
  const space = createSpaceWatch({ host, narrate, onChange: () => bell.ring() });

  const executor = createExecutor({
    ...{ docker, host, now, narrate, signedPulls: options.signedPulls },
    desiredHash: (application) => planned?.applications.get(application)?.hash ?? '',
    explain: (failure) => space.explain(failure),
    observe: async (step) => {
      if (fillsDisk(step.action)) void space.look();
      noteStep(mirror, step.action);
      // A failure here leaves it stale; the session notices the engine's absence by itself.
      await mirror.refresh(AbortSignal.timeout(REFRESH_MS)).catch(() => undefined);
    },
    onDone: () => bell.ring(),
  });

  const restarts = createRestartRequests();
  const prune = createPruneQuestion({ ...options, narrate, onAnswer: () => bell.ring() });

  function publish(): void {
    options.publish({
      ...condition,
      host: hostName(),
      space: space.latest(),
      observed: loaded ? mirror.snapshot() : undefined,
      desired: planned?.admission.desired === desired ? planned?.admission.admitted : desired,
      plan: planned?.plan,
      applications: planned?.applications ?? new Map(),
      inFlight: executor.inFlight(),
      attempts: executor.attempts(),
      pulls,
      appliedRevision: convergence.appliedRevision(),
      lastPassAt: passed.lastGoodAt(),
      holdsLease,
    });
  }

  /** Observe, plan, execute: the only place where the three meet. */
  function pass(): void {
    passed.run(() => {
      if (desired === undefined || !loaded) return 'blind';
      reconcile(desired);
      return condition.status === 'up' ? 'good' : 'blind';
    });
    publish();
  }

  function reconcile(desired: DesiredSite): void {
    const observed = mirror.snapshot();
    const input = {
      desired,
      observed,
      inFlight: executor.inFlight(),
      attempts: executor.attempts(),
      ongoing: executor.ongoing(),
      networkPool: options.networkPool,
      pruneVerdict: prune.verdict(desired.revision),
      restarts: restarts.pending(observed),
      signers: options.signedPulls?.signers(),
      now: now(),
    };
    const former = planned;
    planned = planHost(input, planned);
    tellUpgrades(former?.applications, planned.applications, { host, narrate });
    const { plan } = planned;
    if (mayAct) executor.advance(plan);
    probing.watch(planned.admission.admitted, observed);
    prune.consider(plan, planned.pruning);
    // A version may yet be found in history: then there is more to do for this revision.
    if (desired.awaited.length === 0) convergence.note(planned, executor.inFlight());
  }

  async function passes(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      pass();
      const isTimed = [...(planned?.applications.values() ?? [])].some(
        ({ upgrade }) => upgrade?.healthyAt !== undefined,
      );
      // Time that is left is shown, so it is looked at anew while any runs.
      const tick = isTimed ? now() + TICK_MS : Infinity;
      const wakeAt = Math.min(planned?.plan.wakeAt ?? Infinity, prune.wakeAt() ?? Infinity, tick);
      await bell.wait(wakeAt - now(), signal);
      // Let what arrived together be seen together.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  function sessions(signal: AbortSignal): Promise<void> {
    return runHostSessions({
      ...options,
      narrate,
      mirror,
      space,
      onCondition: (next) => {
        condition = next;
        bell.ring();
      },
      onLoaded: () => {
        loaded = true;
        bell.ring();
      },
      onLease: (lease) => {
        holdsLease = lease !== undefined;
        mayAct = holdsLease && !options.dryRun;
        if (lease !== undefined) executor.reconnected();
        probing.setLease(lease);
        space.setLease(lease);
        bell.ring();
      },
      onChange: () => bell.ring(),
      drain: async () => {
        await Promise.all([executor.drain(DRAIN_MS), probing.close()]);
      },
      signal,
    });
  }

  return {
    desire(site) {
      desired = site;
      bell.ring();
    },
    restart(instance, { delayed }) {
      const answer = restarts.ask(instance, delayed, { desired, observed: loaded ? mirror.snapshot() : undefined });
      bell.ring();
      return answer;
    },
    async run(signal) {
      await Promise.all([sessions(signal), passes(signal)]);
      await executor.drain(DRAIN_MS); // when it was stopped while no engine answered
    },
  };
}
