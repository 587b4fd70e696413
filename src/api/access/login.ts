import { parseLoginBody } from './login-body.ts';
import type { Logins } from './logins.ts';
import type { OpenedSession } from './sessions.ts';
import { bearerToken } from './auth.ts';
import type { Answer, Operation, Route } from '../protocol/route.ts';

/** Where tokens come from (contract 5.2, avassa-reference 7.6). */
export function loginRoutes(logins: Logins): readonly Route[] {
  return [
    { path: '/v1/login', audience: 'everybody', methods: { POST: loginOperation(logins) } },
    { path: '/v1/approle-login', audience: 'everybody', methods: { POST: approleOperation(logins) } },
    {
      path: '/v1/state/strongbox/token/refresh',
      audience: 'token-holders',
      methods: { POST: refreshOperation(logins) },
    },
  ];
}

const TOKEN = { 200: { description: 'A token, good for a while', schema: 'Token' } } as const;
const REFUSALS =
  'Wrong credentials are 401, without a word about what is wrong. ' +
  'After ten failures an address has to wait: 429, with `Retry-After` in seconds.';

function loginOperation(logins: Logins): Operation {
  return {
    id: 'login',
    summary: 'A token for a username and a password',
    description: REFUSALS,
    body: { schema: 'Login', required: true },
    responses: TOKEN,
    errors: [401, 429],
    answer: async ({ body, caller: { address } }) => {
      const fields = parseLoginBody(body, 'username and password');
      const [username, password] = [fields.text('username'), fields.text('password')];
      return toAnswer(await logins.login({ username, password, tenant: fields.optionalText('tenant') }, address));
    },
  };
}

function approleOperation(logins: Logins): Operation {
  return {
    id: 'loginApprole',
    summary: 'A token for the secret-id of a program',
    description: REFUSALS,
    body: { schema: 'ApproleLogin', required: true },
    responses: TOKEN,
    errors: [401, 429],
    answer: async ({ body, caller: { address } }) => {
      const fields = parseLoginBody(body, 'role-id and secret-id');
      const [roleId, secretId] = [fields.optionalText('role-id'), fields.text('secret-id')];
      return toAnswer(await logins.loginApprole({ roleId, secretId }, address));
    },
  };
}

function refreshOperation(logins: Logins): Operation {
  return {
    id: 'refreshToken',
    summary: 'Another token for who has one from a login',
    description: 'The old token stays good for the rest of its time. One that is not from a login is 400.',
    responses: TOKEN,
    answer: async ({ header }) => toAnswer(await logins.refresh(bearerToken(header('authorization')) ?? '')),
  };
}

/** Clients renew at three quarters of the life (avassa-reference 7.6). */
function toAnswer({ token, session: { created, expires } }: OpenedSession): Answer {
  const lifeMs = expires - created;
  const value = {
    token,
    'expires-in': Math.floor(lifeMs / 1000),
    expires: toTime(expires),
    'creation-time': toTime(created),
    'renewal-time': toTime(created + lifeMs * 0.75),
  };
  return { kind: 'value', value, isSecret: true };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
