import type { RegistryLogin } from '../docker/registry-credentials.ts';

// How a registry wants to be asked (distribution spec, token authentication): by a password, or by a token from a server
// that it names.

export type Challenge =
  { readonly kind: 'basic' } | { readonly kind: 'bearer'; readonly realm: string; readonly service: string };

/** Of `WWW-Authenticate`; undefined: nothing that is known. */
export function parseChallenge(header: string | null): Challenge | undefined {
  const [, scheme = '', rest = ''] = /^\s*([A-Za-z]+)\s*(.*)$/.exec(header?.slice(0, 4096) ?? '') ?? [];
  if (scheme.toLowerCase() === 'basic') return { kind: 'basic' };
  if (scheme.toLowerCase() !== 'bearer') return undefined;
  const fields = new Map([...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
  const realm = fields.get('realm');
  return realm === undefined ? undefined : { kind: 'bearer', realm, service: fields.get('service') ?? '' };
}

export interface TokenRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** An identity token is exchanged by POST, everything else asked for by GET; without a login for what anybody may read. */
export function toTokenRequest(
  { realm, service }: Challenge & { readonly kind: 'bearer' },
  scope: string,
  login: RegistryLogin | undefined,
): TokenRequest {
  const url = new URL(realm);
  if (login !== undefined && 'identitytoken' in login) {
    const fields = { grant_type: 'refresh_token', service, scope, client_id: 'fairlead' };
    const body = new URLSearchParams({ ...fields, refresh_token: login.identitytoken }).toString();
    return { url, method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
  }
  if (service !== '') url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  const headers = login === undefined ? {} : { authorization: toBasic(login) };
  return { url, method: 'GET', headers: { ...headers }, body: null };
}

export function toBasic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Of the answer to a token request; undefined: there is none in it. */
export function tokenIn(body: Buffer): string | undefined {
  try {
    const answer = JSON.parse(body.toString('utf8')) as Partial<Record<'token' | 'access_token', unknown>> | null;
    const token = answer?.token ?? answer?.access_token;
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
