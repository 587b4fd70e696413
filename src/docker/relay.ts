import { helperLabels } from '../model/labels.ts';
import { LABEL } from '../model/names.ts';
import { startAttached, tryCreateAttached } from './attached-container.ts';
import type { EngineCalls } from './calls.ts';
import { removeContainer } from './containers.ts';
import { orAborted } from './deadline.ts';
import { holdRelay, type HeldRelay } from './held-relay.ts';
import { inspectContainer } from './inspect.ts';
import { throwNameTaken } from './name-taken.ts';
import type { Relay } from './port.ts';

/** `fairlead.<owner>.relay` */
export function relayName(owner: string): string {
  return `fairlead.${owner}.relay`;
}

/** See DockerPort.openRelay. Who asks holds the owner's lease, so a relay that is there already is nobody's. */
export async function openRelay(calls: EngineCalls, owner: string, signal: AbortSignal): Promise<Relay> {
  const name = relayName(owner);
  const helper = { name, command: 'relay', labels: helperLabels(owner) } as const;
  for (;;) {
    const id = await tryCreateAttached(calls, helper, signal);
    const prove = ({ ready }: HeldRelay) => orAborted(ready, signal);
    if (id !== undefined) return await startAttached(calls, { id, what: 'the relay', hold: holdRelay, prove }, signal);
    const stale = await inspectContainer(calls, name, signal);
    const holder = stale?.Config.Labels?.[LABEL.owner];
    if (stale !== undefined && holder !== owner) throwNameTaken(name, 'container', holder);
    if (stale !== undefined) await removeContainer(calls, stale.Id, signal);
  }
}
