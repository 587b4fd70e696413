import { afterEach, expect } from 'vitest';
import type { FairleadEvent } from '../../src/events.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { createHostLoop, type HostLoop, type HostLoopOptions, type HostView } from '../../src/reconcile/host-loop.ts';
import { IMAGE, SANDBOX_IMAGE } from '../builders.ts';
import { FakeDocker } from '../fakes/fake-docker.ts';
import { eventually } from '../eventually.ts';

// The host loop as a daemon runs it, on a fake engine, and ended with the test.

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

export interface Daemon {
  desire(site: DesiredSite): void;
  readonly restart: HostLoop['restart'];
  view(): HostView;
  readonly events: FairleadEvent[];
  stop(): Promise<void>;
}

export function startDaemon(
  docker: FakeDocker,
  options: Partial<
    Pick<HostLoopOptions, 'owner' | 'sandboxImage' | 'dryRun' | 'resyncMs' | 'allowsPrune' | 'onPass'>
  > = {},
): Daemon {
  const events: FairleadEvent[] = [];
  let view: HostView | undefined;
  const loop = createHostLoop({
    docker,
    host: 'local',
    owner: options.owner ?? 'test',
    holder: 'this test',
    sandboxImage: options.sandboxImage ?? SANDBOX_IMAGE,
    networkPool: '10.201.0.0/16',
    dryRun: options.dryRun ?? false,
    resyncMs: options.resyncMs ?? 300_000,
    now: () => Date.now(),
    narrate: (event) => events.push(event),
    allowsPrune: options.allowsPrune ?? (() => Promise.resolve(false)),
    publish: (next) => void (view = next),
    onPass: (pass) => options.onPass?.(pass),
  });
  const stopping = new AbortController();
  const running = loop.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  stops.push(stop);
  const restart: HostLoop['restart'] = (instance, wish) => loop.restart(instance, wish);
  return { desire: (site) => loop.desire(site), restart, view: () => view!, events, stop };
}

export function engine(): FakeDocker {
  const docker = new FakeDocker({ now: () => Date.now() });
  docker.engine.images.set(IMAGE, 'sha256:1');
  return docker;
}

export const converged = (daemon: Daemon, revision: string) =>
  eventually(() => expect(daemon.view().appliedRevision).toBe(revision));

export const names = (docker: FakeDocker) =>
  docker.engine
    .containers()
    .map(({ name }) => name)
    .sort();
