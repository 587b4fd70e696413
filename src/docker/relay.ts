import { helperLabels } from '../model/labels.ts';
import { LABEL } from '../model/names.ts';
import { startAttached, tryCreateAttached } from './attached-container.ts';
import type { EngineCalls } from './calls.ts';
import { removeContainer } from './containers.ts';
import { armDeadline, orAborted } from './deadline.ts';
import { toDockerError } from './docker-errors.ts';
import { holdRelay, type HeldRelay } from './held-relay.ts';
import { inspectContainer } from './inspect.ts';
import { throwNameTaken } from './name-taken.ts';
import type { Relay } from './port.ts';

/** How long the helper may take to speak. */
const READY_MS = 10_000;

/** `fairlead.<owner>.relay` */
function relayName(owner: string): string {
  return `fairlead.${owner}.relay`;
}

/** See DockerPort.openRelay. Who asks holds the owner's lease, so a relay that is there already is nobody's. */
export async function openRelay(calls: EngineCalls, owner: string, signal: AbortSignal): Promise<Relay> {
  const name = relayName(owner);
  const helper = { name, command: 'relay', labels: helperLabels(owner) } as const;
  for (;;) {
    const id = await tryCreateAttached(calls, helper, signal);
    const prove = ({ ready }: HeldRelay) => inTime(calls, ready, signal);
    if (id !== undefined) return await startAttached(calls, { id, what: 'the relay', hold: holdRelay, prove }, signal);
    const stale = await inspectContainer(calls, name, signal);
    const holder = stale?.Config.Labels?.[LABEL.owner];
    if (stale !== undefined && holder !== owner) throwNameTaken(name, 'container', holder);
    if (stale !== undefined) await removeContainer(calls, stale.Id, signal);
  }
}

async function inTime(calls: EngineCalls, ready: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const deadline = armDeadline(signal, READY_MS);
  try {
    await orAborted(ready, deadline.signal);
  } catch (error) {
    throw toDockerError(error, 'start the relay', calls.endpoint);
  } finally {
    deadline.disarm();
  }
}
