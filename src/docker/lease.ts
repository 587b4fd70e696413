import type { Duplex } from 'node:stream';
import { leaseLabels, HOLDER_LABEL } from '../model/labels.ts';
import { LABEL } from '../model/names.ts';
import type { EngineCalls } from './calls.ts';
import { removeContainer } from './containers.ts';
import { delay } from './deadline.ts';
import { isRefusal } from './docker-errors.ts';
import { holdLease } from './held-lease.ts';
import { inspectContainer } from './inspect.ts';
import { throwNameTaken } from './name-taken.ts';
import { DockerError, type Lease, type LeaseTaken } from './port.ts';
import { SANDBOX_IMAGE } from './sandbox-image.ts';
import { toCreateLease } from './to-docker.ts';
import type { WireContainer } from './wire.ts';

/** How long a lease container may be seen not running before it counts as left behind by a crash. */
const LEFT_BEHIND_MS = 3_000;
const LOOK_AGAIN_MS = 200;

/** `fairlead.<owner>.lease` */
export function leaseName(owner: string): string {
  return `fairlead.${owner}.lease`;
}

/** See DockerPort.acquireLease and contract 3. Takes up to 3 s where a crash left a lease that never ran. */
export async function acquireLease(
  calls: EngineCalls,
  owner: string,
  holder: string,
  signal: AbortSignal,
): Promise<Lease | LeaseTaken> {
  const name = leaseName(owner);
  let stale: { readonly id: string; readonly since: number } | undefined;
  for (;;) {
    const id = await tryCreate(calls, { owner, holder }, signal);
    if (id !== undefined) return await startLease(calls, id, signal);
    const present = await inspectContainer(calls, name, signal);
    if (present === undefined) continue;
    if (ownerOf(present) !== owner) throwNameTaken(name, 'container', ownerOf(present));
    if (isHeld(present)) return { kind: 'taken', holder: present.Config.Labels?.[HOLDER_LABEL] ?? 'unknown' };
    if (stale?.id !== present.Id) stale = { id: present.Id, since: performance.now() };
    const isLeftBehind = performance.now() - stale.since > LEFT_BEHIND_MS;
    await (isLeftBehind ? discardStopped(calls, present.Id, signal) : delay(LOOK_AGAIN_MS, signal));
  }
}

/** The new container's id, or undefined when the name is in use. */
async function tryCreate(
  calls: EngineCalls,
  { owner, holder }: { readonly owner: string; readonly holder: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const name = leaseName(owner);
  const body = toCreateLease(SANDBOX_IMAGE, leaseLabels(owner, holder));
  const purpose = `take the lease ${name}`;
  try {
    const call = { method: 'POST', path: '/containers/create', query: { name }, body, purpose } as const;
    const { Id } = (await calls.answer(call, signal)) as { readonly Id: string };
    return Id;
  } catch (error) {
    if (isRefusal(error, 409)) return undefined;
    if (!isRefusal(error, 404)) throw error;
    throw new DockerError('image-missing', `image ${SANDBOX_IMAGE} is not on the host`, { cause: error });
  }
}

/** Without force: a slow holder that has started it after all keeps it. */
async function discardStopped(calls: EngineCalls, id: string, signal: AbortSignal): Promise<void> {
  const purpose = 'remove a lease left behind';
  try {
    await calls.answer({ method: 'DELETE', path: `/containers/${id}`, purpose }, signal);
  } catch (error) {
    if (!isRefusal(error, 404, 409)) throw error;
  }
}

/** Attached before it starts: a lease nobody is attached to would never end. */
async function startLease(calls: EngineCalls, id: string, signal: AbortSignal): Promise<Lease> {
  let connection: Duplex | undefined;
  try {
    const query = { stream: '1', stdin: '1', stdout: '1' };
    const attach = { method: 'POST', path: `/containers/${id}/attach`, query, purpose: 'attach to the lease' } as const;
    connection = await calls.hijack(attach, signal);
    const lease = holdLease(connection, { remove: () => removeContainer(calls, id, AbortSignal.timeout(REMOVE_MS)) });
    await calls.answer({ method: 'POST', path: `/containers/${id}/start`, purpose: 'start the lease' }, signal);
    // The first answer proves that the helper runs and hears us.
    await lease.routes(signal);
    return lease;
  } catch (error) {
    connection?.destroy();
    await removeContainer(calls, id, AbortSignal.timeout(REMOVE_MS)).catch(() => undefined);
    throw error;
  }
}

const REMOVE_MS = 10_000;

function isHeld({ State }: WireContainer): boolean {
  return State.Status === 'running' || State.Status === 'paused' || State.Status === 'restarting';
}

function ownerOf(wire: WireContainer): string | undefined {
  return wire.Config.Labels?.[LABEL.owner];
}
