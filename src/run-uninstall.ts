import { hostname } from 'node:os';
import { SANDBOX_IMAGE } from './docker/sandbox-image.ts';
import { DockerError, type DockerPort } from './docker/port.ts';
import type { Narrator } from './events.ts';
import { foresee } from './foresee/foresee.ts';
import type { Step } from './model/plan.ts';
import { createBell } from './reconcile/bell.ts';
import { createHostLoop, UNTRIED, type HostView } from './reconcile/host-loop.ts';
import { createMirror } from './reconcile/mirror.ts';
import { judgeRemoval } from './reconcile/removal-outcome.ts';
import { desireNothing } from './uninstall/desire-nothing.ts';
import { inventoryOf, type Inventory } from './uninstall/inventory.ts';

export interface UninstallOptions {
  readonly docker: DockerPort;
  readonly owner: string;
  /** ms since the epoch */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** What is told while it is done. */
export interface Telling {
  done(step: Step): void;
  failed(step: Step, error: string): void;
}

export type Removal =
  /** Sentences on what stands in the way; [] when all is gone. */
  | { readonly kind: 'ended'; readonly failures: readonly string[] }
  /** Nothing was touched: this one acts for the owner. */
  | { readonly kind: 'taken'; readonly holder: string }
  | { readonly kind: 'interrupted' };

/** Of the place that the daemon gives a host without `sites/`; nothing lasting is named after it. */
const HOST = 'local';
/** Only what is made is in need of it. */
const NETWORK_POOL = '10.201.0.0/16';
/** A lease that a killed process held goes by itself within this time. */
const LEASE_GRACE_MS = 2_000;
const LOOK_MS = 500;
const RESYNC_MS = 300_000;

export interface Look {
  readonly inventory: Inventory;
  /** Of this version of Fairlead and others, by name. */
  readonly sandboxImages: readonly string[];
}

/** What is there, and what removing it would come to. Touches nothing. @throws DockerError */
export async function lookAtOwner({ docker, owner, now, signal }: UninstallOptions): Promise<Look> {
  const mirror = createMirror(docker, { host: HOST, owner, now });
  await mirror.load(signal);
  const observed = mirror.snapshot();
  const desired = desireNothing(owner, HOST);
  const foreseen = foresee({ desired, observed, networkPool: NETWORK_POOL, now: now(), allowsPrune: () => true });
  const [repository = ''] = SANDBOX_IMAGE.split(':');
  const tags = observed.images.flatMap((image) => image.tags).filter((tag) => tag.startsWith(`${repository}:`));
  return { inventory: inventoryOf(foreseen), sandboxImages: tags.sort() };
}

/**
 * Removes everything of an owner but data, as the daemon removes what is not desired: under the owner's lease, step by
 * step, with time to stop and to live on. It can be killed at any time and done again. Never rejects for an engine.
 */
export async function removeOwner(options: UninstallOptions, telling: Telling): Promise<Removal> {
  const { docker, owner, now } = options;
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const bell = createBell();
  let view: HostView = { ...UNTRIED, host: HOST };
  let awaited: { readonly holder: string; readonly since: number } | undefined;
  const narrate: Narrator = (event) => {
    if (event.kind === 'step-done') telling.done(event.step);
    if (event.kind === 'step-failed') telling.failed(event.step, event.error);
    if (event.kind === 'lease-awaited') awaited = { holder: event.holder, since: now() };
    if (event.kind === 'lease-acquired') awaited = undefined;
  };
  const loop = createHostLoop({
    ...{ docker, owner, now, narrate },
    host: HOST,
    holder: `${hostname()} pid ${process.pid} (fairlead uninstall)`,
    sandboxImage: SANDBOX_IMAGE,
    networkPool: NETWORK_POOL,
    dryRun: false,
    resyncMs: RESYNC_MS,
    allowsPrune: () => Promise.resolve(true),
    publish: (next) => {
      view = next;
      bell.ring();
    },
  });
  loop.desire(desireNothing(owner, HOST));
  const running = loop.run(signal);
  try {
    do {
      const outcome = judgeRemoval(view, now());
      if (outcome.done) return { kind: 'ended', failures: outcome.failures };
      if (awaited !== undefined && now() - awaited.since >= LEASE_GRACE_MS)
        return { kind: 'taken', holder: awaited.holder };
    } while (await bell.wait(LOOK_MS, options.signal));
    return { kind: 'interrupted' };
  } finally {
    ending.abort();
    await running;
  }
}

/** Removes images of the sandbox that nobody uses. Returns the names of those that are gone. @throws DockerError */
export async function removeSandboxImages(
  images: readonly string[],
  { docker, signal }: UninstallOptions,
): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const image of images) {
    try {
      await docker.removeImage(image, signal);
      gone.push(image);
    } catch (error) {
      if (!(error instanceof DockerError && error.code === 'conflict')) throw error;
    }
  }
  return gone;
}
