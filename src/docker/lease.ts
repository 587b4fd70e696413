import { leaseLabels, HOLDER_LABEL } from '../model/labels.ts';
import { LABEL } from '../model/names.ts';
import { startAttached, tryCreateAttached } from './attached-container.ts';
import type { EngineCalls } from './calls.ts';
import { delay } from './deadline.ts';
import { isRefusal } from './docker-errors.ts';
import { holdLease } from './held-lease.ts';
import { inspectContainer } from './inspect.ts';
import { throwNameTaken } from './name-taken.ts';
import type { Lease, LeaseTaken } from './port.ts';
import { removeHelpers } from './short-lived-container.ts';
import type { WireContainer } from './wire.ts';

/** How long a lease container may be seen not running before it counts as left behind by a crash. */
const LEFT_BEHIND_MS = 3_000;
const LOOK_AGAIN_MS = 200;

/** `fairlead.<owner>.lease` */
function leaseName(owner: string): string {
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
  const helper = { name, command: 'lease', labels: leaseLabels(owner, holder) } as const;
  let stale: { readonly id: string; readonly since: number } | undefined;
  for (;;) {
    const id = await tryCreateAttached(calls, helper, signal);
    if (id !== undefined) return await startLease(calls, { id, owner }, signal);
    const present = await inspectContainer(calls, name, signal);
    if (present === undefined) continue;
    if (ownerOf(present) !== owner) throwNameTaken(name, 'container', ownerOf(present));
    if (isHeld(present)) return { kind: 'taken', holder: present.Config.Labels?.[HOLDER_LABEL] ?? 'unknown' };
    if (stale?.id !== present.Id) stale = { id: present.Id, since: performance.now() };
    const isLeftBehind = performance.now() - stale.since > LEFT_BEHIND_MS;
    await (isLeftBehind ? discardStopped(calls, present.Id, signal) : delay(LOOK_AGAIN_MS, signal));
  }
}

/** Who holds it is alone: any other helper of the owner is one that nobody uses any more. */
async function startLease(
  calls: EngineCalls,
  { id, owner }: { readonly id: string; readonly owner: string },
  signal: AbortSignal,
): Promise<Lease> {
  const prove = async (lease: Lease) => {
    await lease.routes(signal);
    await removeHelpers(calls, { owner, except: id }, signal);
  };
  return await startAttached(calls, { id, what: 'the lease', hold: holdLease, prove }, signal);
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

function isHeld({ State }: WireContainer): boolean {
  return State.Status === 'running' || State.Status === 'paused' || State.Status === 'restarting';
}

function ownerOf(wire: WireContainer): string | undefined {
  return wire.Config.Labels?.[LABEL.owner];
}
