import { LABEL, type Role } from '../model/names.ts';
import type { EngineCalls } from './calls.ts';
import { toLostConnection } from './docker-errors.ts';
import { readLines } from './lines.ts';
import { DockerError, type EngineEvent } from './port.ts';
import type { WireEvent } from './wire.ts';

/** What changes something a plan looks at. Not in it: exec_*, health_status, attach, top, resize, kill. */
const ACTIONS = [
  ...['create', 'start', 'die', 'oom', 'pause', 'unpause', 'rename', 'update', 'destroy'],
  ...['connect', 'disconnect'],
  ...['pull', 'import', 'load', 'tag', 'untag', 'delete'],
];

/** See DockerPort.events. */
export async function* readEvents(calls: EngineCalls, signal: AbortSignal): AsyncIterable<EngineEvent> {
  const filters = JSON.stringify({ type: ['container', 'network', 'volume', 'image'], event: ACTIONS });
  const call = { method: 'GET', path: '/events', query: { filters }, purpose: 'watch the engine' } as const;
  try {
    const stream = await calls.stream(call, signal);
    yield { kind: 'connected' };
    for await (const line of readLines(stream)) {
      const event = toEngineEvent(JSON.parse(line) as WireEvent);
      if (event !== undefined) yield event;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof DockerError ? error : toLostConnection(calls.endpoint, error);
  }
  if (!signal.aborted) throw toLostConnection(calls.endpoint);
}

/** Undefined for types nobody asked for, as an engine may ignore a filter, and for helpers: no plan looks at one. */
export function toEngineEvent(wire: WireEvent): EngineEvent | undefined {
  const { ID: id, Attributes } = wire.Actor;
  const attributes = Attributes ?? {};
  const name = attributes['name'] ?? '';
  switch (wire.Type) {
    case 'container':
      if (attributes[LABEL.role] === ('helper' satisfies Role)) return undefined;
      return { kind: 'container', action: wire.Action, id, name, owner: attributes[LABEL.owner] };
    case 'network':
      return { kind: 'network', action: wire.Action, id, name, container: attributes['container'] };
    case 'volume':
      // Mounted and unmounted with every start and end: nothing a plan looks at.
      return wire.Action === 'create' || wire.Action === 'destroy'
        ? { kind: 'volume', action: wire.Action, name: id }
        : undefined;
    case 'image':
      // A pull has the reference for its id, a tag or an import for its name.
      return { kind: 'image', action: wire.Action, reference: id.startsWith('sha256:') && name !== '' ? name : id };
    default:
      return undefined;
  }
}
