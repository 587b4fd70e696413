import { setMaxListeners } from 'node:events';
import type { DockerPort, Lease } from '../docker/port.ts';
import type { Narrator } from '../events.ts';
import type { EngineInfo } from '../model/observed.ts';
import { pause } from './bell.ts';
import type { Mirror } from './mirror.ts';
import type { SpaceWatch } from './space-watch.ts';

/** Whether a host can be worked with. */
export interface HostCondition {
  readonly status: 'up' | 'down';
  /** Why it is down, or whose lease is waited for; '' when all is well. */
  readonly message: string;
  readonly engine: EngineInfo | undefined;
  /** ms since the epoch; 0: never. */
  readonly upSince: number;
  /** When `status` last changed, ms since the epoch; 0: never. */
  readonly changedAt: number;
  /** False until it answered or failed to. */
  readonly tried: boolean;
}

/** Before the first try. */
export const UNKNOWN_HOST: HostCondition = {
  status: 'down',
  message: 'not reached yet',
  engine: undefined,
  upSince: 0,
  changedAt: 0,
  tried: false,
};

export interface HostSessionOptions {
  readonly docker: DockerPort;
  readonly host: string;
  readonly owner: string;
  readonly holder: string;
  readonly sandboxImage: string;
  readonly dryRun: boolean;
  readonly resyncMs: number;
  readonly now: () => number;
  readonly narrate: Narrator;
  readonly mirror: Mirror;
  readonly space: SpaceWatch;
  readonly onCondition: (condition: HostCondition) => void;
  readonly onLoaded: () => void;
  /** The right to act came, or went. */
  readonly onLease: (lease: Lease | undefined) => void;
  readonly onChange: () => void;
  /** Finishes the steps in hand: when stopping, before the lease goes to the next daemon. */
  readonly drain: () => Promise<void>;
  readonly signal: AbortSignal;
}

const SHORTEST_ABSENCE_MS = 250;
const LONGEST_ABSENCE_MS = 15_000;
const PING_EVERY_MS = 5_000;
const PING_TIMEOUT_MS = 4_000;
/** So that the third ping missed in a row is 15 s after the last answer, or a little less. */
const SILENCE_MS = 14_000;
const LEASE_RETRY_MS = 1_000;

/** Keeps a session with an engine, again after each loss with growing delay, until `signal` aborts. */
export async function runHostSessions(options: HostSessionOptions): Promise<void> {
  const { host, narrate, onCondition, now, signal } = options;
  let condition = UNKNOWN_HOST;
  let absence = SHORTEST_ABSENCE_MS;
  const show = (change: Partial<HostCondition>) => onCondition((condition = { ...condition, ...change, tried: true }));
  do {
    const message = await runHostSession(options, {
      up(engine) {
        absence = SHORTEST_ABSENCE_MS;
        show({ status: 'up', message: '', engine, upSince: now(), changedAt: now() });
        narrate({ kind: 'host-up', host, engine: `Docker ${engine.version}, API ${engine.apiVersion}` });
      },
      waiting: (words) => show({ message: words }),
    });
    if (signal.aborted) return;
    if (condition.message !== message) narrate({ kind: 'host-down', host, error: message });
    const changedAt = condition.status === 'down' && condition.tried ? condition.changedAt : now();
    show({ status: 'down', message, changedAt });
    absence = Math.min(absence * 2, LONGEST_ABSENCE_MS);
  } while (await pause(absence, signal));
}

/** What a session says while it lasts. */
interface SessionNews {
  up(engine: EngineInfo): void;
  /** In the words to show; '' when it waits no more. */
  waiting(words: string): void;
}

/**
 * One connection to an engine, from its first answer until the events, the pings or the lease end. Resolves with the
 * reason it ended; never rejects.
 */
async function runHostSession(options: HostSessionOptions, news: SessionNews): Promise<string> {
  const { docker, mirror } = options;
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  setMaxListeners(0, signal); // one for each call under way
  const parts: Promise<void>[] = [];
  let taking: Promise<Lease | undefined> = Promise.resolve(undefined);
  try {
    news.up(await docker.info(signal));
    await followEvents(options, signal, parts);
    await mirror.load(signal);
    options.onLoaded();
    parts.push(watchPulse(options, signal));
    if (!options.dryRun) taking = takeLease(options, news, signal);
    const lease = await Promise.race([taking, ...parts.map(onlyFailures)]);
    if (lease !== undefined) {
      mirror.setRoutes(await lease.routes(signal));
      news.waiting('');
      options.onLease(lease);
      parts.push(loss(lease));
    }
    await Promise.race([resync(options, lease, signal), ...parts]);
    return 'stopped';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    ending.abort();
    options.onLease(undefined);
    if (options.signal.aborted) await options.drain();
    // Whatever came of it: a lease nobody releases would keep every daemon of this owner waiting.
    const lease = await taking.catch(() => undefined);
    await lease?.release();
    await Promise.allSettled(parts);
  }
}

/** A promise that fails as this one does and never succeeds: for a race that it may only lose. */
function onlyFailures(part: Promise<void>): Promise<never> {
  return part.then(() => new Promise<never>(() => undefined));
}

async function loss(lease: Lease): Promise<never> {
  throw new Error(`the lease was lost: ${await lease.lost}`);
}

/** Resolves once the stream is open. What it brings is noted at once and read by and by, however much it is. */
function followEvents(options: HostSessionOptions, signal: AbortSignal, parts: Promise<void>[]): Promise<void> {
  const { docker, mirror, onChange } = options;
  return new Promise((resolve, reject) => {
    const follow = async () => {
      for await (const event of docker.events(signal)) {
        if (event.kind === 'connected') resolve();
        if (!mirror.note(event)) continue;
        // That the engine is away is told by this stream, and by the pings.
        void mirror.refresh(signal).then(onChange, () => undefined);
      }
    };
    const following = follow();
    following.then(resolve, reject);
    parts.push(following);
  });
}

/** Fails when the engine has not answered for 15 s (contract 8.8). */
async function watchPulse({ docker, now }: HostSessionOptions, signal: AbortSignal): Promise<void> {
  let answeredAt = now();
  while (await pause(PING_EVERY_MS, signal)) {
    try {
      await docker.ping(AbortSignal.any([signal, AbortSignal.timeout(PING_TIMEOUT_MS)]));
      answeredAt = now();
    } catch (error) {
      if (now() - answeredAt >= SILENCE_MS) throw error;
    }
  }
}

/** The slow look at everything, for events that never came and routes that did, and for how full the disk is. */
async function resync(options: HostSessionOptions, lease: Lease | undefined, signal: AbortSignal): Promise<void> {
  const { mirror, space, resyncMs, onChange } = options;
  while (await pause(resyncMs, signal)) {
    await mirror.load(signal);
    if (lease !== undefined) mirror.setRoutes(await lease.routes(signal));
    await space.look();
    onChange();
  }
}

/** Waits until no other daemon of this owner has it. undefined when stopped meanwhile. */
async function takeLease(
  options: HostSessionOptions,
  news: SessionNews,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const { docker, host, owner, holder, sandboxImage, narrate } = options;
  if ((await docker.inspectImage(sandboxImage, signal)) === undefined)
    await docker.importSandboxImage(sandboxImage, signal);
  let told = '';
  do {
    const answer = await docker.acquireLease(owner, holder, signal);
    if (answer.kind === 'lease') {
      narrate({ kind: 'lease-acquired', host });
      return answer;
    }
    if (answer.holder !== told) narrate({ kind: 'lease-awaited', host, holder: answer.holder });
    told = answer.holder;
    news.waiting(`another daemon of owner "${owner}" acts here: ${answer.holder}`);
  } while (await pause(LEASE_RETRY_MS, signal));
  return undefined;
}
