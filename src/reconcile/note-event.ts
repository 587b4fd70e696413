import type { EngineEvent } from '../docker/port.ts';
import type { Holdings } from './holdings.ts';

/** Ids or names of what has to be read again; all images at once. */
export interface Stale {
  readonly containers: Set<string>;
  readonly networks: Set<string>;
  readonly volumes: Set<string>;
  readonly images: Set<'all'>;
}

interface Noted {
  readonly owner: string;
  readonly holdings: Holdings;
  readonly stale: Stale;
}

/** Notes what an event makes stale; true when something of ours is. */
export function noteEvent(event: EngineEvent, noted: Noted): boolean {
  switch (event.kind) {
    case 'connected':
      return false;
    case 'container':
      return noteContainerEvent(event, noted);
    case 'network':
      return noteNetworkEvent(event, noted);
    case 'volume':
      return noteVolumeEvent(event, noted);
    case 'image':
      noted.stale.images.add('all');
      return true;
    default:
      return event satisfies never;
  }
}

type EventOf<K extends EngineEvent['kind']> = Extract<EngineEvent, { readonly kind: K }>;

function noteContainerEvent(event: EventOf<'container'>, { owner, holdings, stale }: Noted): boolean {
  if (event.owner !== owner) return false;
  if (event.action === 'destroy') holdings.containers.drop(event.id);
  stale.containers.add(event.id);
  return true;
}

/** A container that joins or leaves a network makes the container stale; a network that comes or goes, itself. */
function noteNetworkEvent({ action, id, container }: EventOf<'network'>, { holdings, stale }: Noted): boolean {
  if (container === undefined) {
    if (action === 'destroy') holdings.networks.drop(id);
    stale.networks.add(id);
    return true;
  }
  if (!holdings.containers.has(container)) return false;
  stale.containers.add(container);
  return true;
}

/** The event does not say whose it is; one that comes is looked at. */
function noteVolumeEvent({ action, name }: EventOf<'volume'>, { holdings, stale }: Noted): boolean {
  if (action !== 'destroy') {
    stale.volumes.add(name);
    return true;
  }
  const { volumes, logs, markers } = holdings;
  const shelves = [volumes, logs, markers].filter((shelf) => shelf.has(name));
  for (const shelf of shelves) shelf.drop(name);
  return shelves.length > 0;
}
