import type { Snapshot, StoreReader } from '../../store/store.ts';
import { authenticate, authorize, resolveScope } from '../access/auth.ts';
import { isKnownTenant } from '../protocol/entries.ts';
import { ApiError, methodNotAllowed, notFound } from '../protocol/errors.ts';
import type { Principal } from '../protocol/principal.ts';
import { isOn, valueOf, type Query } from '../protocol/query.ts';
import { METHODS, type Method, type Operation, type Route, type Scope } from '../protocol/route.ts';
import type { TokenDirectory } from '../access/token-directory.ts';

/** What a request says before its body. */
export interface RequestHead {
  readonly method: string;
  /** Without query, slashes put right. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Query;
  readonly header: (name: string) => string | undefined;
  /** Of the client. */
  readonly address: string;
}

/** A request that may be answered. */
export interface Admission {
  /** undefined: only the methods of the path are asked for. */
  readonly operation: Operation | undefined;
  readonly route: Route;
  readonly principal: Principal | undefined;
  readonly snapshot: Snapshot;
  readonly scope: Scope;
}

export interface Gate {
  readonly store: StoreReader;
  readonly tokens: TokenDirectory;
}

/**
 * Whether a request may be answered, told before its body is read; no route: there is no such path. The first in THE
 * order of checks: 401, 403, 404, 405, and then, as the answer is made, 409, 426, 400 and the preconditions (contract 5.1).
 * @throws ApiError
 */
export async function admit(route: Route | undefined, head: RequestHead, { store, tokens }: Gate): Promise<Admission> {
  const { method, path, params, query } = head;
  const operation = route === undefined ? undefined : operationOf(route, method);
  const audience = route?.audience ?? audienceOf(path);
  const principal = audience === 'everybody' ? undefined : await authenticate(head.header('authorization'), tokens);
  if (principal !== undefined) authorize(principal, audience, operation?.role ?? 'read');
  const snapshot = store.snapshot();
  const scope = resolveScope(principal ?? NOBODY, params['tenant'], (tenant) => isKnownTenant(snapshot, tenant));
  if (route === undefined) throw notFound(`no such path: ${path}`);
  const isAllowed = operation?.onlyWith === undefined || isOn(query, operation.onlyWith);
  if (method !== 'OPTIONS' && (operation === undefined || !isAllowed)) {
    const isCheckable = operation?.onlyWith !== undefined;
    throw methodNotAllowed(method, path, { allow: allowedMethods(route, 'always'), isCheckable });
  }
  const site = valueOf(query, 'site');
  if (site !== undefined && site !== snapshot.site) throw notFound(`no site ${site}`);
  await operation?.checkHead?.({ header: head.header, caller: { principal, address: head.address } });
  return { operation, route, principal, snapshot, scope };
}

/** Why who was admitted would not be again; undefined: would be. The token may have gone, or what it was for be forbidden. */
export async function whyNoLonger(
  { route, operation, principal, scope }: Admission,
  { header, params }: Pick<RequestHead, 'header' | 'params'>,
  { tokens, store }: Gate,
): Promise<string | undefined> {
  if (principal === undefined) return undefined;
  try {
    const current = await authenticate(header('authorization'), tokens);
    authorize(current, route.audience, operation?.role ?? 'read');
    if (current.tenant !== principal.tenant) return NO_TOKEN;
  } catch (error) {
    if (error instanceof ApiError) return NO_TOKEN;
    throw error;
  }
  try {
    operation?.checkGoingOn?.({ snapshot: store.snapshot(), scope, param: (name) => params[name] ?? '' });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

export const NO_TOKEN = 'the token is no longer good';

const NOBODY = { tenant: undefined };

/** HEAD is GET without the body. */
function operationOf({ methods }: Route, method: string): Operation | undefined {
  const name = method === 'HEAD' ? 'GET' : METHODS.find((known) => known === method);
  return name === undefined ? undefined : methods[name];
}

/** For the header `Allow`; `always`: only what is allowed without a flag in the query. */
export function allowedMethods({ methods }: Route, which: 'all' | 'always' = 'all'): string {
  const isListed = (method: Method) => methods[method] !== undefined && (which === 'all' || !methods[method].onlyWith);
  const listed = METHODS.filter(isListed).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...listed, 'OPTIONS'].join(', ');
}

/** Of a path that is not there: the system's are closed to tenants whether or not there is anything (contract 5.2). */
function audienceOf(path: string): Route['audience'] {
  return /^\/v1\/(?:config|state)\/system(?:\/|$)/.test(path) ? 'provider' : 'tenants';
}
