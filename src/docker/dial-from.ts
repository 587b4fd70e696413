import { randomBytes } from 'node:crypto';
import { helperLabels } from '../model/labels.ts';
import type { AttachedConnection } from './attached-connection.ts';
import { startAttached, tryCreateAttached } from './attached-container.ts';
import type { EngineCalls } from './calls.ts';
import { armDeadline, orAborted } from './deadline.ts';
import { toDockerError } from './docker-errors.ts';
import { holdRelay, type HeldRelay } from './held-relay.ts';
import { DockerError, type DockerPort } from './port.ts';
import { openShortWay, type ShortWay } from './short-way.ts';
import type { HelperPlace } from './to-docker.ts';

/** Somebody waits for it. */
const OPEN_MS = 15_000;

/** A relay in the namespaces of a sandbox, for all who connect from there at a time. */
interface Helper {
  readonly relay: Promise<HeldRelay>;
  users: number;
}

/**
 * See DockerPort.dialFrom. The first connection from a sandbox makes a helper container, the last one takes it away. It
 * is attached before it starts, so it ends with this process, and has the process namespace of the sandbox, so it ends
 * with that.
 */
export function openDialer(calls: EngineCalls, isOnThisHost: boolean): DockerPort['dialFrom'] {
  const start = openHelperStart(calls, isOnThisHost);
  /** By owner and sandbox. */
  const helpers = new Map<string, Helper>();

  const open = (key: string, owner: string, sandboxId: string): Helper => {
    const helper: Helper = { relay: start({ owner, sandboxId }), users: 0 };
    const forget = () => {
      if (helpers.get(key) === helper) helpers.delete(key);
    };
    helpers.set(key, helper);
    void helper.relay.then(({ lost }) => lost).then(forget, forget);
    return helper;
  };
  const leave = (key: string, helper: Helper): void => {
    helper.users -= 1;
    if (helper.users > 0) return;
    if (helpers.get(key) === helper) helpers.delete(key);
    void helper.relay.then((relay) => relay.close()).catch(() => undefined);
  };

  return async (sandboxId, { owner, ...target }, signal) => {
    const key = `${owner} ${sandboxId}`;
    const helper = helpers.get(key) ?? open(key, owner, sandboxId);
    helper.users += 1;
    let hasLeft = false;
    const onGone = () => {
      if (!hasLeft) leave(key, helper);
      hasLeft = true;
    };
    try {
      const relay = await orAborted(helper.relay, signal);
      return await relay.dial({ ...target, onGone }, signal);
    } catch (error) {
      onGone();
      throw error;
    }
  };
}

interface Place {
  readonly owner: string;
  readonly sandboxId: string;
}

/** Starts helpers; tries the short way until it has once turned out that only the long one leads to this engine. */
function openHelperStart(calls: EngineCalls, isOnThisHost: boolean): (place: Place) => Promise<HeldRelay> {
  let hasShortWay = isOnThisHost;
  return async (place) => {
    if (hasShortWay) {
      const relay = await startByShortWay(calls, place).catch(() => undefined);
      if (relay !== undefined) return relay;
    }
    const relay = await startHelper(calls, place, {});
    hasShortWay = false;
    return relay;
  };
}

async function startByShortWay(calls: EngineCalls, place: Place): Promise<HeldRelay> {
  const way = await openShortWay();
  try {
    const relay = await startHelper(calls, place, { way });
    void relay.lost.then(() => way.close());
    return relay;
  } catch (error) {
    await way.close();
    throw error;
  }
}

async function startHelper(
  calls: EngineCalls,
  { owner, sandboxId }: Place,
  { way }: { readonly way?: ShortWay },
): Promise<HeldRelay> {
  const name = `fairlead.${owner}.connect.${randomBytes(6).toString('hex')}`;
  const what = `the helper ${name}`;
  const deadline = armDeadline(new AbortController().signal, OPEN_MS);
  try {
    const command = way === undefined ? ('relay' as const) : (['relay', way.socket] as const);
    const helper = { name, command, labels: helperLabels(owner), place: toPlace(sandboxId, way) };
    const id = await tryCreateAttached(calls, helper, deadline.signal);
    if (id === undefined) throw new DockerError('conflict', `cannot create ${what}: its name is taken`);
    const prove = ({ ready }: HeldRelay) => orAborted(ready, deadline.signal);
    const hold = (attached: AttachedConnection) => holdRelay(way?.over(attached) ?? attached, toLoss);
    return await startAttached(calls, { id, what, hold, prove }, deadline.signal);
  } catch (error) {
    throw toDockerError(error, `start ${what}`, calls.endpoint);
  } finally {
    deadline.disarm();
  }
}

function toPlace(sandboxId: string, way: ShortWay | undefined): HelperPlace {
  const namespaces = { NetworkMode: `container:${sandboxId}`, PidMode: `container:${sandboxId}` };
  if (way === undefined) return namespaces;
  return { ...namespaces, Mounts: [{ Type: 'bind', Source: way.folder, Target: way.mount }] };
}

function toLoss(reason: string): DockerError {
  return new DockerError('conflict', `the instance ended, or the way into it: ${reason}`);
}
