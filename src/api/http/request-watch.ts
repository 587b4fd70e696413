import { METHODS } from '../protocol/route.ts';

/** The methods a request is counted under: whatever else a client sends is `other`. */
export const WATCHED_METHODS = [...METHODS, 'HEAD', 'OPTIONS', 'other'] as const;

/** Its answer; `aborted`: the client was gone before it got one. */
export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'aborted'] as const;

/**
 * Why a connection was ended without a request to answer. `malformed`: what came is not HTTP; `too-large`: a head beyond
 * the limit; `too-slow`: a head or body that did not come in time; `tls`: no handshake came about; `too-many`: as many are
 * open as may be; `broken`: it broke off.
 */
export const REFUSAL_REASONS = ['malformed', 'too-large', 'too-slow', 'tls', 'too-many', 'broken'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export interface AnsweredRequest {
  readonly method: (typeof WATCHED_METHODS)[number];
  /** The pattern of its path, `/v1/state/applications/{application}`; `none` where there is no such path. */
  readonly route: string;
  readonly status: (typeof STATUS_CLASSES)[number];
  /** It was a stream, so its time says nothing. */
  readonly streamed: boolean;
  /** From its head to the last byte of its answer. */
  readonly ms: number;
}

/** Told of what the state API does; never throws, never waits. */
export interface RequestWatch {
  began(): void;
  ended(request: AnsweredRequest): void;
  refused(reason: RefusalReason): void;
}

export const UNWATCHED: RequestWatch = { began: () => undefined, ended: () => undefined, refused: () => undefined };
