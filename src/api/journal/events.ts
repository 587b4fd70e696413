import type { EventRing } from '../../journal/event-ring.ts';
import type { EventDocument } from '../../status/event-document.ts';
import { EVENT_QUERY, parseEventQuery, type EventQuery } from './event-query.ts';
import { eventStream } from './event-stream.ts';
import { prefersEvents } from '../protocol/negotiate.ts';
import { parseSelection } from '../protocol/query.ts';
import { plainItem, readsList, type Answer, type Route, type View } from '../protocol/route.ts';

const DESCRIPTION = `Newest first, or oldest first with \`Accept: text/event-stream\`: then the answer goes on with what happens
next, \`Last-Event-ID\` says where it begins, and an event \`gap\` tells that some are not kept any more. Without
\`Last-Event-ID\` it begins with \`since\`, or with the newest \`limit\`, or with what happens from now on.`;

/**
 * What has happened: kept for a while, also over restarts (contract 5.3).
 * @param now ms, from any start: a clock that is put back must not silence a stream
 */
export function eventRoutes(events: EventRing, now: () => number = () => performance.now()): readonly Route[] {
  return [
    {
      path: '/v1/state/events',
      audience: 'tenants',
      methods: readsList({
        id: 'listEvents',
        summary: 'What has happened, newest first, or as it happens',
        description: DESCRIPTION,
        schema: 'Event',
        stream: 'text/event-stream',
        query: EVENT_QUERY,
        answer: (view) => {
          const query = parseEventQuery(view);
          if (prefersEvents(view.header('accept'))) return followingAnswer(events, query, { view, now });
          return { kind: 'list', items: newestFirst(events, query).map((event) => plainItem(event.id, event)) };
        },
      }),
    },
  ];
}

function newestFirst(events: EventRing, { matches, limit = Infinity }: EventQuery): readonly EventDocument[] {
  const found: EventDocument[] = [];
  for (let position = events.end() - 1; position >= events.oldest() && found.length < limit; position -= 1) {
    const event = events.at(position);
    if (event !== undefined && matches(event)) found.push(event);
  }
  return found;
}

interface Following {
  readonly view: View;
  readonly now: () => number;
}

function followingAnswer(events: EventRing, query: EventQuery, { view, now }: Following): Answer {
  const { fields } = parseSelection(view.query);
  const lastEventId = view.header('last-event-id');
  const chunks = eventStream({ events, query, lastEventId, fields, signal: view.signal(), now });
  return {
    kind: 'stream',
    contentType: 'text/event-stream; charset=utf-8',
    // Some proxies gather an answer before they pass it on, unless they are told.
    headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    chunks,
  };
}
