import {
  beginHealth,
  isSameHealth,
  isSameProbe,
  kindsToAsk,
  noteAnswer,
  replaceProbes,
  toObservedHealth,
  type ContainerHealth,
  type ProbeAnswer,
} from '../health/container-health.ts';
import type { ObservedHealth } from '../model/observed.ts';
import { PROBE_KINDS, type DesiredProbe, type ProbeKind, type Probes } from '../model/probes.ts';
import type { Asker } from './ask.ts';
import type { Clock } from './clock.ts';
import { firstTurn, nextTurn, phaseOf, type Turn } from './schedule.ts';

/** A container to be probed in one of its lives. */
export interface ProbeTarget {
  /** Of the container on its engine. */
  readonly id: string;
  /** ms since the epoch: together with `id` it names a life. */
  readonly startedAt: number;
  /** IPv4 address of its instance; '' while that has none. */
  readonly address: string;
  readonly probes: Probes;
  /** What is known of it: only what differs from this is reported. */
  readonly health: ObservedHealth;
}

/** One probe of one life. */
export interface Probing {
  readonly kind: ProbeKind;
  readonly probe: DesiredProbe;
  readonly asker: Asker;
  turn: Turn;
  /** While it is being asked; aborting it takes the question back. */
  asking: AbortController | undefined;
}

/** One life of a container and how its probes stand. Nothing here acts by itself. */
export interface ProbedLife {
  target(): ProbeTarget;
  /** What may be asked now or later, as things are. */
  open(): readonly Probing[];
  /** Takes the place of the former target: another address, or other probes. */
  replace(target: ProbeTarget): void;
  /** Counts an answer, and sets the time of the next question. */
  note(probing: Probing, answer: ProbeAnswer, askedAt: number): void;
  /** Health that has not been reported yet. */
  news(): ObservedHealth | undefined;
  /** Takes back every question, and forgets what runs on. */
  leave(): void;
}

export interface ProbedLifeOptions {
  readonly clock: Clock;
  readonly createAsker: (probe: DesiredProbe) => Asker;
}

export function createProbedLife(first: ProbeTarget, { clock, createAsker }: ProbedLifeOptions): ProbedLife {
  // An engine's clock may be ahead of ours.
  const ran = Math.max(0, clock.now() - first.startedAt);
  const startedAt = clock.elapsed() - ran;
  let target = first;
  let health: ContainerHealth = beginHealth(first.probes, ran);
  let reported = first.health;
  let probings = toProbings(first.probes, new Map(), begin);
  let open = toOpen();

  function begin(kind: ProbeKind, probe: DesiredProbe): Probing {
    const turn = firstTurn(probe, { startedAt, now: clock.elapsed(), phase: phaseOf(`${first.id} ${kind}`) });
    return { kind, probe, asker: createAsker(probe), turn, asking: undefined };
  }

  function toOpen(): readonly Probing[] {
    return kindsToAsk(target.probes, health).flatMap((kind) => probings.get(kind) ?? []);
  }

  return {
    target: () => target,
    open: () => open,
    replace(next) {
      const before = target.probes;
      target = next;
      reported = next.health;
      if (before === next.probes) return;
      const replaced = toProbings(next.probes, probings, begin);
      for (const [kind, former] of probings) if (replaced.get(kind) !== former) leaveProbing(former);
      probings = replaced;
      health = replaceProbes(health, { before, after: next.probes }, clock.elapsed() - startedAt);
      open = toOpen();
    },
    note(probing, answer, askedAt) {
      probing.turn = nextTurn(probing.probe, probing.turn, { at: askedAt, now: clock.elapsed() });
      health = noteAnswer(health, { probes: target.probes, kind: probing.kind }, answer);
      open = toOpen();
    },
    news() {
      const observed = toObservedHealth(health);
      if (isSameHealth(observed, reported)) return undefined;
      reported = observed;
      return observed;
    },
    leave() {
      for (const probing of probings.values()) leaveProbing(probing);
    },
  };
}

type Probings = ReadonlyMap<ProbeKind, Probing>;

/** A probe that says what it said before is the very same one. */
function toProbings(probes: Probes, formers: Probings, begin: (kind: ProbeKind, probe: DesiredProbe) => Probing) {
  const made = new Map<ProbeKind, Probing>();
  for (const kind of PROBE_KINDS) {
    const probe = probes[kind];
    if (probe === undefined) continue;
    const former = formers.get(kind);
    made.set(kind, former !== undefined && isSameProbe(former.probe, probe) ? former : begin(kind, probe));
  }
  return made;
}

function leaveProbing({ asking, asker }: Probing): void {
  asking?.abort();
  asker.leave();
}
