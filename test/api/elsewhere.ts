import type { Logins } from '../../src/api/access/logins.ts';
import { badRequest, forbidden, unauthorized } from '../../src/api/protocol/errors.ts';
import { createSessions, type SessionOptions } from '../../src/api/sessions/sessions.ts';
import type { RouteOptions } from '../../src/api/routes.ts';
import type { WebhookReceiver } from '../../src/api/webhooks/receiver.ts';
import { createEventRing } from '../../src/journal/event-ring.ts';

/** Where nobody can log in. */
const NO_LOGINS: Logins = {
  login: () => Promise.reject(unauthorized('there are no users')),
  loginApprole: () => Promise.reject(unauthorized('there are no approles')),
  refresh: () => Promise.reject(badRequest('there are no sessions')),
};

const nothing = () => Promise.reject(new Error('there is nothing here'));

/** A host nothing is known of. */
const NO_SESSIONS: SessionOptions = {
  engine: {
    ...{ exec: nothing, openExec: nothing, dialFrom: nothing },
    ...{ readLog: () => new ReadableStream<never>(), readKeptLog: () => new ReadableStream<never>() },
  },
  host: () => ({ status: 'down', message: 'nobody looked', observed: undefined }),
  owner: 'default',
  audit: { begin: nothing, end: () => Promise.resolve() },
  runs: { begin: nothing, end: () => Promise.resolve() },
  dryRun: false,
  now: () => 0,
};

/** Where no secret is configured. */
const NO_WEBHOOKS: WebhookReceiver = {
  refuse: () => Promise.resolve({ status: 403, message: 'no secret is configured' }),
  receive: nothing,
};

/**
 * What is not in snapshots, where a test does not care: nothing happened, nothing can be set in motion. For
 * scripts/generate.ts, too, which looks at the routes and asks them nothing.
 */
export const ELSEWHERE: Omit<RouteOptions, 'version'> = {
  logins: NO_LOGINS,
  events: createEventRing({ capacity: 10, now: () => 0 }),
  runs: { list: () => [] },
  audit: { list: () => [] },
  sessions: createSessions(NO_SESSIONS),
  actions: { restart: () => Promise.resolve({ kind: 'not-placed' }), sync: nothing },
  webhooks: NO_WEBHOOKS,
  judge: nothing,
  reviews: { ask: () => Promise.reject(forbidden('nothing may be asked for')) },
};
