import { EVENT_TYPES, type EventDocument } from '../../status/event-document.ts';
import { badRequest } from '../protocol/errors.ts';
import type { Scope, View } from '../protocol/route.ts';
import { valueOf } from '../protocol/query.ts';

/** The names of the parameters that events are chosen by. */
export const EVENT_QUERY = ['application', 'service-instance', 'type', 'since', 'limit'] as const;

/** Which events are asked for. */
export interface EventQuery {
  readonly matches: (event: EventDocument) => boolean;
  /** The event after which it begins, where the query names one. */
  readonly sinceId: string | undefined;
  /** It names a time: the events before it have to be looked through. */
  readonly isSinceTime: boolean;
  /** The newest so many. */
  readonly limit: number | undefined;
}

/**
 * `application=shop`, `service-instance=web-1` (or its long name), `type=step-failed,upgrade-aborted`, `since=` the id of an
 * event or a time, `limit=100`.
 * @throws ApiError 400
 */
export function parseEventQuery({ query, scope }: Pick<View, 'query' | 'scope'>): EventQuery {
  const twice = EVENT_QUERY.find((name) => Array.isArray(query[name]));
  if (twice !== undefined) throw badRequest(`${twice}: given more than once`);
  const [application, instance] = [valueOf(query, 'application'), valueOf(query, 'service-instance')];
  const types = parseTypes(valueOf(query, 'type'));
  const since = parseSince(valueOf(query, 'since'));
  return {
    matches: (event) =>
      isVisible(event, scope) &&
      (application === undefined || event.application === application) &&
      (instance === undefined || isOfInstance(event, instance)) &&
      (types?.has(event.type) ?? true) &&
      (since.time === undefined || Date.parse(event.time) >= since.time) &&
      (since.id === undefined || Number(event.id) > Number(since.id)),
    sinceId: since.id,
    isSinceTime: since.time !== undefined,
    limit: parseLimit(valueOf(query, 'limit')),
  };
}

/** A tenant sees what is its own; what is nobody's, such as a host that is down, is the site provider's. */
function isVisible({ tenant }: EventDocument, scope: Scope): boolean {
  return scope.kind === 'all-tenants' || tenant === scope.tenant;
}

/** By its short name, or its long one (contract 5.1). */
export function isOfInstance(
  event: Pick<EventDocument, 'tenant' | 'application' | 'service-instance'>,
  wanted: string,
): boolean {
  const short = event['service-instance'];
  return short === wanted || `${event.tenant ?? ''}.${event.application ?? ''}.${short ?? ''}` === wanted;
}

function parseTypes(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  const types = text.split(',');
  const known: readonly string[] = EVENT_TYPES;
  const unknown = types.find((type) => !known.includes(type));
  if (unknown !== undefined) throw badRequest(`type: ${unknown} is none of ${EVENT_TYPES.join(', ')}`);
  return new Set(types);
}

interface Since {
  readonly id?: string;
  /** ms since the epoch */
  readonly time?: number;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

function parseSince(text: string | undefined): Since {
  if (text === undefined) return {};
  if (/^\d{1,16}$/.test(text)) return { id: text };
  const time = TIME.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) throw badRequest('since: expected the id of an event or a time such as 2026-01-02T03:04:05Z');
  return { time };
}

/** @throws ApiError 400 */
export function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw badRequest('limit: expected a whole number from 1');
  return Number(text);
}
