import type { Logins } from '../../src/api/access/logins.ts';
import { badRequest, unauthorized } from '../../src/api/errors.ts';
import type { RouteOptions } from '../../src/api/routes.ts';
import { createEventRing } from '../../src/journal/event-ring.ts';

/** Where nobody can log in. */
const NO_LOGINS: Logins = {
  login: () => Promise.reject(unauthorized('there are no users')),
  loginApprole: () => Promise.reject(unauthorized('there are no approles')),
  refresh: () => Promise.reject(badRequest('there are no sessions')),
};

/**
 * What is not in snapshots, where a test does not care: nothing happened, nothing can be set in motion. For
 * scripts/generate.ts, too, which looks at the routes and asks them nothing.
 */
export const ELSEWHERE: Omit<RouteOptions, 'version'> = {
  logins: NO_LOGINS,
  events: createEventRing({ capacity: 10, now: () => 0 }),
  runs: { list: () => [] },
  actions: { restart: () => Promise.resolve({ kind: 'not-placed' }) },
};
