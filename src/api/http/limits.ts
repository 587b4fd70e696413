import type { FastifyRequest } from 'fastify';
import { ApiError, badRequest } from '../protocol/errors.ts';

/** What a client may ask of the server. Times in ms, sizes in bytes. */
export interface Limits {
  readonly bodyBytes: number;
  /** Of the request line and all headers together. */
  readonly headBytes: number;
  readonly headers: number;
  readonly urlLength: number;
  /** Until the head of a request is there, from its first byte or that of the connection. */
  readonly headMs: number;
  /** Until the whole request is. */
  readonly requestMs: number;
  /** Until the client has taken a large answer; streams have no end. */
  readonly answerMs: number;
  /** How often a stream asks whether its client still may see it. */
  readonly lookAgainMs: number;
  /** A connection without a request. */
  readonly idleMs: number;
  /** How often times are looked at. */
  readonly checkEveryMs: number;
  readonly connections: number;
}

export const LIMITS: Limits = {
  bodyBytes: 1024 * 1024,
  headBytes: 16 * 1024,
  headers: 100,
  urlLength: 8 * 1024,
  headMs: 10_000,
  requestMs: 30_000,
  answerMs: 60_000,
  lookAgainMs: 10_000,
  idleMs: 30_000,
  checkEveryMs: 2_000,
  connections: 1_024,
};

/** What of a head that arrived is beyond the limits is told before anything else. @throws ApiError */
export function checkHead({ originalUrl, raw }: FastifyRequest, { urlLength, headers }: Limits): void {
  if (originalUrl.length > urlLength)
    throw new ApiError(414, `the path with its query is longer than ${urlLength} characters`);
  // Else it would be taken as it stands, and a command be run that nobody meant.
  const [, search = ''] = /\?(.*)$/s.exec(originalUrl) ?? [];
  if (!isDecodable(search)) throw badRequest('the query is not UTF-8 in percent-encoding');
  // Names and values by turns.
  if (raw.rawHeaders.length / 2 > headers) throw new ApiError(431, `the request has more than ${headers} headers`);
}

function isDecodable(search: string): boolean {
  if (!search.includes('%')) return true;
  try {
    decodeURIComponent(search);
    return true;
  } catch {
    return false;
  }
}
