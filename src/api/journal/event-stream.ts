import type { EventRing } from '../../journal/event-ring.ts';
import { createBell } from '../../reconcile/bell.ts';
import type { EventDocument } from '../../status/event-document.ts';
import { selectFields, type FieldSelection } from '../protocol/fields.ts';
import type { EventQuery } from './event-query.ts';

// Server-sent events. A reader is a position in the ring and nothing else: one that is slow falls behind, is told what it
// missed when it reads on, and costs no memory meanwhile.

export interface EventStreamOptions {
  readonly events: EventRing;
  readonly query: EventQuery;
  /** undefined: from now on, or from where the query says. */
  readonly lastEventId: string | undefined;
  readonly fields: FieldSelection | undefined;
  readonly signal: AbortSignal;
  /** ms, from any start. */
  readonly now: () => number;
  readonly heartbeatMs?: number;
  readonly longestMs?: number;
}

/** Proxies close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;

/** So long a stream lives; a client comes back with the last id, and with a token that is looked at anew. */
const LONGEST_MS = 3_600_000;

/** How long a client waits before it comes back. */
const RETRY_MS = 2_000;

/** So many events are looked through before others have a turn, and so many characters made into one piece of text. */
const PIECE_EVENTS = 200;
const PIECE_LENGTH = 64 * 1024;

/** What a reader is sent, until `signal` aborts or its time is over. */
export async function* eventStream(options: EventStreamOptions): AsyncGenerator<string, void> {
  const { events, signal, now, heartbeatMs = HEARTBEAT_MS, longestMs = LONGEST_MS } = options;
  const bell = createBell();
  const unsubscribe = events.subscribe(() => bell.ring());
  const ends = now() + longestMs;
  try {
    const begin = whereToBegin(options);
    let position = begin.position;
    let spokenAt = now();
    yield `retry: ${RETRY_MS}\n\n${begin.gap ? GAP : ''}`;
    while (!signal.aborted && now() < ends) {
      const piece = nextPiece(options, position);
      position = piece.position;
      if (piece.text !== '') {
        spokenAt = now();
        yield piece.text;
      } else if (position >= events.end()) {
        if (now() - spokenAt >= heartbeatMs) {
          spokenAt = now();
          yield ': alive\n\n';
        }
        await bell.wait(Math.min(spokenAt + heartbeatMs, ends) - now(), signal);
      } else {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  } finally {
    unsubscribe();
  }
}

interface Beginning {
  readonly position: number;
  readonly gap: boolean;
}

function whereToBegin({ events, query, lastEventId }: EventStreamOptions): Beginning {
  const { sinceId, limit, isSinceTime } = query;
  if (lastEventId !== undefined) return events.resume(lastEventId);
  if (sinceId !== undefined) return events.resume(sinceId);
  if (isSinceTime) return { position: events.oldest(), gap: false };
  return { position: limit === undefined ? events.end() : newest(events, query, limit), gap: false };
}

/** The position of the first of the newest so many that are asked for. */
function newest(events: EventRing, { matches }: EventQuery, limit: number): number {
  let found = 0;
  let position = events.end();
  while (position > events.oldest() && found < limit) {
    position -= 1;
    const event = events.at(position);
    if (event !== undefined && matches(event)) found += 1;
  }
  return position;
}

function nextPiece(options: EventStreamOptions, from: number): { readonly text: string; readonly position: number } {
  const { events, query, fields } = options;
  const oldest = events.oldest();
  let position = Math.max(from, oldest);
  const end = Math.min(events.end(), position + PIECE_EVENTS);
  let text = from < oldest ? GAP : '';
  for (; position < end && text.length < PIECE_LENGTH; position += 1) {
    const event = events.at(position);
    if (event !== undefined && query.matches(event))
      text += fields === undefined ? textOf(event) : toText(event, fields);
  }
  return { text, position };
}

/** An event of its own kind, which a client that only listens to messages passes over. */
const GAP = `event: gap\ndata: ${JSON.stringify({ 'error-message': 'some events before this are not kept any more' })}\n\n`;

/** Of every reader the same. */
const texts = new WeakMap<EventDocument, string>();

function textOf(event: EventDocument): string {
  const text = texts.get(event) ?? toText(event, undefined);
  texts.set(event, text);
  return text;
}

function toText(event: EventDocument, fields: FieldSelection | undefined): string {
  const body = fields === undefined ? event : selectFields(event, fields);
  return `id: ${event.id}\ndata: ${JSON.stringify(body)}\n\n`;
}
