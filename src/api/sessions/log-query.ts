import { parseDuration, UnitError } from '../../spec/units.ts';
import { badRequest } from '../protocol/errors.ts';
import { isOn, type Query } from '../protocol/query.ts';
import { once } from '../protocol/once.ts';

/** What of a log is asked for. */
export interface LogQuery {
  /** ms since the epoch, as `until`. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** So many lines at the end; undefined: all. */
  readonly tail: number | undefined;
  readonly follow: boolean;
  readonly timestamps: boolean;
}

/** @param now ms since the epoch, which a time back is told from @throws ApiError 400 */
export function parseLogQuery(query: Query, now: number): LogQuery {
  return {
    since: parseMoment(query, 'since', now),
    until: parseMoment(query, 'until', now),
    tail: parseTail(once(query, 'tail')),
    follow: isOn(query, 'follow'),
    timestamps: isOn(query, 'timestamps'),
  };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

function parseMoment(query: Query, name: string, now: number): number | undefined {
  const text = once(query, name);
  if (text === undefined) return undefined;
  const time = TIME.test(text) ? Date.parse(text) : now - durationOf(text);
  if (Number.isNaN(time)) throw badRequest(`${name}: expected a time back such as 10m, or 2026-01-02T03:04:05Z`);
  return Math.max(0, time);
}

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof UnitError) return NaN;
    throw error;
  }
}

function parseTail(text: string | undefined): number | undefined {
  if (text === undefined || text === 'all') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw badRequest('tail: expected a number of lines, or all');
  return Number(text);
}
