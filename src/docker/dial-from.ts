import { randomBytes } from 'node:crypto';
import { helperLabels } from '../model/labels.ts';
import { startAttached, tryCreateAttached } from './attached-container.ts';
import type { EngineCalls } from './calls.ts';
import { armDeadline, orAborted } from './deadline.ts';
import { toDockerError } from './docker-errors.ts';
import { holdRelay, type HeldRelay } from './held-relay.ts';
import { DockerError, type DockerPort } from './port.ts';

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
export function openDialer(calls: EngineCalls): DockerPort['dialFrom'] {
  /** By owner and sandbox. */
  const helpers = new Map<string, Helper>();

  const open = (key: string, owner: string, sandboxId: string): Helper => {
    const helper: Helper = { relay: startHelper(calls, owner, sandboxId), users: 0 };
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

async function startHelper(calls: EngineCalls, owner: string, sandboxId: string): Promise<HeldRelay> {
  const name = `fairlead.${owner}.connect.${randomBytes(6).toString('hex')}`;
  const namespaces = `container:${sandboxId}`;
  const place = { NetworkMode: namespaces, PidMode: namespaces };
  const what = `the helper ${name}`;
  const deadline = armDeadline(new AbortController().signal, OPEN_MS);
  try {
    const helper = { name, command: 'relay', labels: helperLabels(owner), place } as const;
    const id = await tryCreateAttached(calls, helper, deadline.signal);
    if (id === undefined) throw new DockerError('conflict', `cannot create ${what}: its name is taken`);
    const prove = ({ ready }: HeldRelay) => orAborted(ready, deadline.signal);
    const hold = (connection: Parameters<typeof holdRelay>[0]) => holdRelay(connection, toLoss);
    return await startAttached(calls, { id, what, hold, prove }, deadline.signal);
  } catch (error) {
    throw toDockerError(error, `start ${what}`, calls.endpoint);
  } finally {
    deadline.disarm();
  }
}

function toLoss(reason: string): DockerError {
  return new DockerError('conflict', `the instance ended, or the way into it: ${reason}`);
}
