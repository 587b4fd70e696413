import type { EventDocument, EventFacts } from '../status/event-document.ts';
import { formatTime } from '../status/format.ts';

/**
 * The newest events, each at a position that only grows. A reader keeps a position of its own: it costs nothing while it
 * is slow, and finds out by `oldest` what it missed.
 */
export interface EventRing {
  /** Position of the oldest event that is kept; `end` when there is none. */
  oldest(): number;
  /** Position after the newest. */
  end(): number;
  /** undefined: no event is kept there. */
  at(position: number): EventDocument | undefined;
  /** Where the story goes on after an event; `gap`: some of what followed it is not kept any more. */
  resume(id: string): { readonly position: number; readonly gap: boolean };
  /** Told of each event; ends with the function returned. */
  subscribe(onEvent: () => void): () => void;
}

export interface GrowingEventRing extends EventRing {
  add(facts: EventFacts, site: string): void;
}

export interface EventRingOptions {
  /** How many are kept. */
  readonly capacity: number;
  readonly now: () => number;
  /** Events of an earlier daemon, oldest first. */
  readonly earlier?: readonly EventDocument[];
}

/** A longer message quotes a whole log. */
const LONGEST_MESSAGE = 4_000;

export function createEventRing({ capacity, now, earlier = [] }: EventRingOptions): GrowingEventRing {
  const kept: EventDocument[] = [...earlier.slice(-capacity)];
  const listeners = new Set<() => void>();
  let end = kept.length;
  let lastId = Number(kept.at(-1)?.id ?? 0);
  let droppedId = earlier.length > capacity ? (earlier.at(-capacity - 1)?.id ?? '') : '';

  const oldest = () => Math.max(0, end - capacity);
  const at = (position: number) =>
    position < oldest() || position >= end ? undefined : kept[position % Math.max(1, capacity)];

  /** The first position of an event with a greater id. */
  function after(id: number): number {
    let [low, high] = [oldest(), end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Number(at(middle)?.id) > id) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    oldest,
    end: () => end,
    at,
    resume(id) {
      const first = at(oldest());
      const isKnown = /^\d{1,16}$/.test(id) && first !== undefined;
      if (!isKnown || (Number(id) < Number(first.id) && id !== droppedId)) return { position: oldest(), gap: true };
      return { position: after(Number(id)), gap: false };
    },
    subscribe(onEvent) {
      listeners.add(onEvent);
      return () => void listeners.delete(onEvent);
    },
    add(facts, site) {
      const time = now();
      lastId = nextId(lastId, time);
      const index = end % capacity;
      droppedId = kept[index]?.id ?? droppedId;
      kept[index] = toEventDocument(facts, { id: String(lastId), time: formatTime(time), site });
      end += 1;
      for (const listener of listeners) listener();
    },
  };
}

/**
 * Microseconds of the clock, pushed on by one where two events share them: so ids grow over restarts, even when the
 * files that hold the last one are lost. As a number exact until the year 2255.
 */
function nextId(last: number, ms: number): number {
  return Math.max(last + 1, ms * 1000);
}

/** The keys in the order people read them. */
function toEventDocument(
  { type, host, tenant, application, container, message, revision, ...rest }: EventFacts,
  place: Pick<EventDocument, 'id' | 'time' | 'site'>,
): EventDocument {
  const instance = rest['service-instance'];
  return Object.freeze({
    id: place.id,
    time: place.time,
    type,
    site: place.site,
    ...(host === undefined ? {} : { host }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(application === undefined ? {} : { application }),
    ...(instance === undefined ? {} : { 'service-instance': instance }),
    ...(container === undefined ? {} : { container }),
    message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message,
    ...(revision === undefined ? {} : { revision }),
  });
}
