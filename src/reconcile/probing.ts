import type { DockerPort, Lease } from '../docker/port.ts';
import type { DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
import { systemClock, type Clock } from '../probe/clock.ts';
import { chooseDialer, type Dialer } from '../probe/dial.ts';
import { createProber } from '../probe/prober.ts';
import type { Mirror } from './mirror.ts';
import { createProbeTargets } from './probe-targets.ts';

export interface ProbingOptions {
  readonly docker: DockerPort;
  readonly owner: string;
  readonly mirror: Mirror;
  /** The mirror knows something new. */
  readonly onChange: () => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** The probes of a host: asked by whoever has the lease, their findings noted in the mirror. */
export interface Probing {
  /** The right to act came, or went with undefined. */
  setLease(lease: Lease | undefined): void;
  watch(desired: DesiredSite, observed: ObservedHost): void;
  /** Resolves when nothing of it is left on the engine. */
  close(): Promise<void>;
}

/** How long the engine may take to say where its containers can be reached. */
const CHOOSE_MS = 10_000;
/** Before an engine that did not tell is asked again: without an answer nothing would ever become ready. */
const CHOOSE_AGAIN_MS = 5_000;

export function createProbing({ docker, owner, mirror, onChange, clock = systemClock }: ProbingOptions): Probing {
  const targets = createProbeTargets();
  let clockAheadMs = 0;
  const prober = createProber({
    docker,
    // How long a container has run is told by the clock of the engine's host, and that one may be another.
    clock: { ...clock, now: () => clock.now() + clockAheadMs },
    report(id, startedAt, health) {
      mirror.noteHealth(id, startedAt, health);
      onChange();
    },
  });
  let held: Lease | undefined;
  let dialer: Dialer | undefined;
  let callOff = (): void => undefined;

  async function leave(): Promise<void> {
    const former = dialer;
    dialer = undefined;
    callOff();
    prober.close();
    await former?.close();
  }

  async function enter(lease: Lease): Promise<void> {
    const inTime = AbortSignal.timeout(CHOOSE_MS);
    const { systemTime } = await docker.info(inTime);
    const askedAt = clock.now();
    const chosen = await chooseDialer({ docker, owner, lease, clock }, inTime);
    if (held !== lease) return;
    clockAheadMs = systemTime - askedAt;
    dialer = chosen;
    prober.open(chosen.dial);
  }

  function tryToEnter(lease: Lease): void {
    enter(lease).catch(() => {
      if (held === lease) callOff = clock.after(CHOOSE_AGAIN_MS, () => tryToEnter(lease));
    });
  }

  return {
    setLease(lease) {
      if (lease === held) return;
      held = lease;
      void leave().catch(() => undefined);
      if (lease !== undefined) tryToEnter(lease);
    },
    watch(desired, observed) {
      if (held !== undefined) prober.watch(targets(desired, observed));
    },
    async close() {
      held = undefined;
      await leave().catch(() => undefined);
    },
  };
}
