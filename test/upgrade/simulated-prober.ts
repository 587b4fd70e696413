import { isSameHealth } from '../../src/health/container-health.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import type { ObservedHost } from '../../src/model/observed.ts';
import type { ProbeTarget } from '../../src/probe/probed-life.ts';
import type { Mirror } from '../../src/reconcile/mirror.ts';
import { createProbeTargets } from '../../src/reconcile/probe-targets.ts';
import type { FakeDocker } from '../fakes/fake-docker.ts';
import { healthOf } from './behaviour.ts';
import type { Truth } from './truth.ts';

/** Asks what the daemon's prober would ask, and has its answers at once; only a new daemon has to wait for the first. */
export interface SimulatedProber {
  watch(desired: DesiredSite, observed: ObservedHost): void;
  /** Notes in the mirror what is found; true when something of it is new. */
  tell(now: number): boolean;
  /** When a first answer comes, ms since the epoch; Infinity: none is waited for. */
  nextAnswer(now: number): number;
  asks(id: string): boolean;
}

export interface SimulatedProberOptions {
  readonly docker: FakeDocker;
  readonly truth: Truth;
  readonly mirror: Mirror;
  /** When the daemon came, ms since the epoch. */
  readonly bornAt: number;
}

export function createSimulatedProber({ docker, truth, mirror, bornAt }: SimulatedProberOptions): SimulatedProber {
  const targetsOf = createProbeTargets();
  let targets: readonly ProbeTarget[] = [];

  /** Of a life that the daemon was there for, at once. */
  function firstAnswer({ id, startedAt }: ProbeTarget): number {
    return startedAt > bornAt ? startedAt : bornAt + 1_000 * (1 + (parseInt(id.slice(-2), 16) % 9));
  }

  return {
    watch(desired, observed) {
      targets = targetsOf(desired, observed);
    },
    tell(now) {
      const news = targets.flatMap((target) => {
        const container = docker.engine.find(target.id);
        if (firstAnswer(target) > now || container?.status !== 'running') return [];
        const health = healthOf(container, target.probes, { now, upset: truth.upsetOf(container) });
        return isSameHealth(health, target.health) ? [] : [{ ...target, health }];
      });
      for (const { id, startedAt, health } of news) mirror.noteHealth(id, startedAt, health);
      return news.length > 0;
    },
    nextAnswer: (now) => Math.min(...targets.map(firstAnswer).map((time) => (time > now ? time : Infinity))),
    asks: (id) => targets.some((target) => target.id === id),
  };
}
