import type { Duplex } from 'node:stream';
import type { Labels } from '../model/labels.ts';
import type { EngineCalls } from './calls.ts';
import { removeContainer } from './containers.ts';
import { isRefusal } from './docker-errors.ts';
import { openAttachedConnection, type AttachedConnection } from './attached-connection.ts';
import { DockerError } from './port.ts';
import { SANDBOX_IMAGE } from './sandbox-image.ts';
import { toCreateAttached, type HelperPlace } from './to-docker.ts';

// Lease, relay and the helpers of connections into an instance: containers of the sandbox image that live as long as the connection to their stdin.

const REMOVE_MS = 10_000;

export interface AttachedContainer {
  /** `fairlead.<owner>.lease` */
  readonly name: string;
  /** What the sandbox program is told to be. */
  readonly command: 'lease' | 'relay' | readonly ['relay', string];
  readonly labels: Labels;
  /** Whose namespaces it has, and what of the host. Default: the network of the engine's host, and nothing else. */
  readonly place?: HelperPlace;
}

/** The new container's id, or undefined when the name is in use. */
export async function tryCreateAttached(
  calls: EngineCalls,
  { name, command, labels, place }: AttachedContainer,
  signal: AbortSignal,
): Promise<string | undefined> {
  const body = toCreateAttached(SANDBOX_IMAGE, command, labels, place);
  const purpose = `create the helper container ${name}`;
  try {
    const call = { method: 'POST', path: '/containers/create', query: { name }, body, purpose } as const;
    const { Id } = (await calls.answer(call, signal)) as { readonly Id: string };
    return Id;
  } catch (error) {
    if (isRefusal(error, 409)) return undefined;
    if (!isRefusal(error, 404) || !error.message.includes('No such image')) throw error;
    throw new DockerError('image-missing', `image ${SANDBOX_IMAGE} is not on the host`, { cause: error });
  }
}

export interface StartAttached<T> {
  readonly id: string;
  /** What follows "start", "attach to": `the lease`. */
  readonly what: string;
  /** Begins to listen to the helper, which does not run yet. */
  readonly hold: (connection: AttachedConnection) => T;
  /** Resolves when the helper has shown that it runs and hears us. */
  readonly prove: (held: T) => Promise<unknown>;
}

/** Attached before it starts: a helper nobody is attached to would never end. Removed again when anything fails. */
export async function startAttached<T>(
  calls: EngineCalls,
  { id, what, hold, prove }: StartAttached<T>,
  signal: AbortSignal,
): Promise<T> {
  const remove = () => removeContainer(calls, id, AbortSignal.timeout(REMOVE_MS));
  let connection: Duplex | undefined;
  try {
    const query = { stream: '1', stdin: '1', stdout: '1' };
    const attach = { method: 'POST', path: `/containers/${id}/attach`, query, purpose: `attach to ${what}` } as const;
    connection = await calls.hijack(attach, signal);
    const held = hold(openAttachedConnection(connection, remove));
    await calls.answer({ method: 'POST', path: `/containers/${id}/start`, purpose: `start ${what}` }, signal);
    await prove(held);
    return held;
  } catch (error) {
    connection?.destroy();
    await remove().catch(() => undefined);
    throw error;
  }
}
