import type { StoreReader } from '../store/store.ts';
import { authenticate, authorize, resolveScope, type Viewer } from './auth.ts';
import { isKnownTenant } from './entries.ts';
import { ApiError, errorBody, methodNotAllowed, notFound } from './errors.ts';
import { selectFields } from './fields.ts';
import type { ItemTexts } from './item-texts.ts';
import { chooseFormat, CONTENT_TYPE, formatBody, type Format } from './negotiate.ts';
import { checkPreconditions, entityTag, type ConditionHeaders } from './preconditions.ts';
import { parseSelection, valueOf, type Query, type Selection } from './query.ts';
import type { Answer, Item, Route } from './route.ts';
import type { TokenDirectory } from './token-directory.ts';

/** A request, free of any server. */
export interface ApiRequest {
  readonly method: string;
  /** Without query, slashes put right. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Query;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly conditions: ConditionHeaders;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Surroundings {
  readonly store: StoreReader;
  readonly tokens: TokenDirectory;
  readonly texts: ItemTexts;
}

/** Every answer of the API goes through here; no route: there is no such path. Never throws an ApiError. */
export async function respond(
  route: Route | undefined,
  request: ApiRequest,
  around: Surroundings,
): Promise<ApiResponse> {
  const format = chooseFormat(request.accept);
  try {
    return await answerRequest(route, request, { ...around, format });
  } catch (error) {
    if (error instanceof ApiError) return errorResponse(error, format);
    throw error;
  }
}

export function errorResponse({ status, message, info, headers }: ApiError, format: Format): ApiResponse {
  return textResponse(status, formatBody(errorBody(message, info), format), { ...headersFor(format), ...headers });
}

/** THE order of checks: 401, 403, 404, 405, 409, 400, and the preconditions last (contract 5.1). */
async function answerRequest(
  route: Route | undefined,
  request: ApiRequest,
  { store, tokens, texts, format }: Surroundings & { readonly format: Format },
): Promise<ApiResponse> {
  const { method, path, params, query } = request;
  const principal = await admit(route?.audience ?? audienceOf(path), request, tokens);
  const snapshot = store.snapshot();
  const scope = resolveScope(principal, params['tenant'], (tenant) => isKnownTenant(snapshot, tenant));
  if (route === undefined) throw notFound(`no such path: ${path}`);
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(method, path);
  const site = valueOf(query, 'site');
  if (site !== undefined && site !== snapshot.site) throw notFound(`no site ${site}`);
  const answer = route.answer({ snapshot, scope, query, param: (name) => params[name] ?? '' });
  const selection = parseSelection(query);
  const headers = { ...headersFor(format), ...(answer.tag === undefined ? {} : { etag: entityTag(answer.tag) }) };
  const precondition = answer.tag === undefined ? 'met' : checkPreconditions(request.conditions, answer.tag);
  if (precondition === 'not-modified') return { status: 304, headers, body: '' };
  if (precondition === 'failed') throw new ApiError(412, 'If-Match names another version of the resource', { headers });
  return textResponse(200, render(answer, selection, { texts, format }), headers);
}

async function admit(audience: Route['audience'], request: ApiRequest, tokens: TokenDirectory): Promise<Viewer> {
  if (audience === 'everybody') return { tenant: undefined };
  const principal = await authenticate(request.authorization, tokens);
  authorize(principal, audience);
  return principal;
}

/** Of a path that is not there: the system's are closed to tenants whether or not there is anything (contract 5.2). */
function audienceOf(path: string): Route['audience'] {
  return /^\/v1\/(?:config|state)\/system(?:\/|$)/.test(path) ? 'provider' : 'tenants';
}

interface Rendering {
  readonly texts: ItemTexts;
  readonly format: Format;
}

function render(answer: Answer, selection: Selection, rendering: Rendering): string {
  switch (answer.kind) {
    case 'value':
      return formatBody(answer.value, rendering.format);
    case 'one':
      return renderOne(answer.item, selection, rendering);
    case 'list':
      return renderList(answer.items, selection, rendering);
    default:
      return answer satisfies never;
  }
}

function renderOne(item: Item, { content, fields }: Selection, { texts, format }: Rendering): string {
  if (fields === undefined) return texts.one(item, content, format);
  return formatBody(selectFields(item.body(content), fields), format);
}

function renderList(items: readonly Item[], selection: Selection, { texts, format }: Rendering): string {
  const { of, content, fields } = selection;
  switch (of) {
    case 'keys':
      return formatBody(
        items.map(({ key }) => key),
        format,
      );
    case 'count':
      return formatBody(items.length, format);
    case 'bodies':
      if (fields === undefined) return texts.list(items, content, format);
      return formatBody(
        items.map((item) => selectFields(item.body(content), fields)),
        format,
      );
    default:
      return of satisfies never;
  }
}

function textResponse(status: number, body: string, headers: Readonly<Record<string, string>>): ApiResponse {
  return { status, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body };
}

function headersFor(format: Format): Readonly<Record<string, string>> {
  return {
    'content-type': CONTENT_TYPE[format],
    'cache-control': 'no-cache',
    vary: 'Accept, Authorization',
    'x-content-type-options': 'nosniff',
  };
}
