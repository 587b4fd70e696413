import type { Logins } from '../../src/api/access/logins.ts';
import { badRequest, unauthorized } from '../../src/api/errors.ts';
import type { RouteOptions } from '../../src/api/routes.ts';

// What routes need beside snapshots, for who does not care: nothing can be had of it. scripts/generate.ts, too, looks at
// the routes without asking them anything.

/** Where nobody can log in. */
const NO_LOGINS: Logins = {
  login: () => Promise.reject(unauthorized('there are no users')),
  loginApprole: () => Promise.reject(unauthorized('there are no approles')),
  refresh: () => Promise.reject(badRequest('there are no sessions')),
};

export const ELSEWHERE: Omit<RouteOptions, 'version'> = { logins: NO_LOGINS };
