import type { DockerPort, Lease } from '../docker/port.ts';
import type { DesiredSite } from '../model/desired.ts';
import type { ObservedHost } from '../model/observed.ts';
import { systemClock } from '../probe/clock.ts';
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

export function createProbing({ docker, owner, mirror, onChange }: ProbingOptions): Probing {
  const clock = systemClock;
  const targets = createProbeTargets();
  const prober = createProber({
    docker,
    clock,
    report(id, startedAt, health) {
      mirror.noteHealth(id, startedAt, health);
      onChange();
    },
  });
  let held: Lease | undefined;
  let dialer: Dialer | undefined;

  async function leave(): Promise<void> {
    const former = dialer;
    dialer = undefined;
    prober.close();
    await former?.close();
  }

  async function enter(lease: Lease): Promise<void> {
    const chosen = await chooseDialer({ docker, owner, lease, clock }, AbortSignal.timeout(CHOOSE_MS));
    if (held !== lease) return;
    dialer = chosen;
    prober.open(chosen.dial);
  }

  return {
    setLease(lease) {
      if (lease === held) return;
      held = lease;
      void leave().catch(() => undefined);
      // A lease that cannot answer is about to be lost, and the next one is asked anew.
      if (lease !== undefined) void enter(lease).catch(() => undefined);
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
