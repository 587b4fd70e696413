import type { Snapshot } from '../../store/store.ts';
import type { CheckAside } from './check.ts';
import type { Permission, Principal } from './principal.ts';
import type { Content, Query } from './query.ts';
import type { Upgrade } from './upgrade.ts';

/** What a request may see: one tenant, or as site provider all of them with the key `tenant` in each body. */
export type Scope = { readonly kind: 'tenant'; readonly tenant: string } | { readonly kind: 'all-tenants' };

/** Whoever sent a request. */
export interface Caller {
  /** Absent on a path for everybody. */
  readonly principal: Principal | undefined;
  /** The address the connection comes from. */
  readonly address: string;
}

/** Everything an answer is made from. */
export interface View {
  readonly snapshot: Snapshot;
  readonly scope: Scope;
  readonly query: Query;
  /** The named part of the path, '' if it has none. */
  readonly param: (name: string) => string;
  /** A header of the request, by its name in small letters. */
  readonly header: (name: string) => string | undefined;
  readonly caller: Caller;
  /** What was sent, where the operation takes a body and there was one. */
  readonly body: RequestBody | undefined;
  /** The same as it comes, of an operation that reads it by itself. Throws when the client breaks off. */
  readonly incoming: AsyncIterable<Uint8Array>;
  /** Aborts when the client is gone or the server ends. */
  readonly signal: () => AbortSignal;
  readonly keep: Keep;
  /** Where large changes are checked; undefined: nowhere else. */
  readonly checkAside?: CheckAside | undefined;
}

/** A text made of an object, under a key: made once, and kept as long as the object. The keys must be few. */
export type Keep = (source: object, key: string, make: () => string) => string;

/** Bytes as they came, at most 1 MiB. */
export interface RequestBody {
  /** Without parameters, in small letters; '' when the request does not say. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** One thing that can be listed or shown by itself. */
export interface Item {
  /** What `keys` lists. */
  readonly key: string;
  /** What the body is made from: while it stays the same object, texts made of it are kept. */
  readonly source: object;
  /** Which of the bodies made of `source` it is. */
  readonly form: string;
  readonly body: (content: Content) => object;
}

/** Items that change together: the instances of one application. */
export interface ItemGroup {
  /** While it stays the same object, so do the items, and texts made of them are kept. */
  readonly source: object;
  /** Which of the groups made of `source` it is. */
  readonly form: string;
  readonly size: () => number;
  readonly items: () => readonly Item[];
}

/** A list for where there may be thousands of items: what did not change since it was last read is not made again. */
export interface GroupedList {
  /** While it stays the same object, so does the whole list: a map of the snapshot. */
  readonly source: object;
  /** Which of the lists made of `source` it is. */
  readonly form: string;
  readonly groups: () => readonly ItemGroup[];
}

export type Answer =
  | { readonly kind: 'list'; readonly items: readonly Item[]; readonly tag?: string }
  | { readonly kind: 'grouped-list'; readonly list: GroupedList; readonly tag?: string }
  | { readonly kind: 'one'; readonly item: Item; readonly tag?: string }
  | {
      readonly kind: 'value';
      readonly value: unknown;
      readonly tag?: string;
      /** A secret: nobody on the way may keep it. */
      readonly isSecret?: true;
    }
  /** Something was set in motion; the value says what, and what has come of it so far. */
  | {
      readonly kind: 'accepted';
      readonly value: unknown;
      readonly headers?: AnswerHeaders;
      readonly tag?: undefined;
    }
  /** Nothing to say but that it was done. */
  | { readonly kind: 'empty'; readonly status: 201 | 204; readonly headers?: AnswerHeaders; readonly tag?: string }
  /** Neither JSON nor YAML. */
  | { readonly kind: 'text'; readonly contentType: string; readonly text: string; readonly tag?: string }
  /** Goes on until it ends by itself, or the client or the server ends it. */
  | {
      readonly kind: 'stream';
      readonly contentType: string;
      readonly chunks: AsyncIterable<string | Uint8Array>;
      readonly headers?: AnswerHeaders;
      readonly trailer?: Trailer;
      readonly tag?: string;
    }
  /** The connection becomes a WebSocket. */
  | { readonly kind: 'upgrade'; readonly upgrade: Upgrade; readonly tag?: undefined };

/** A header that follows the last of the chunks. */
export interface Trailer {
  /** `Exec-Exit-Code` */
  readonly name: string;
  /** Asked once they have ended. */
  readonly value: () => Promise<string>;
}

/** By their names in small letters, beside those every answer has. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** Of HEAD and OPTIONS the API takes care by itself. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** One method of a path, with what `/openapi.json` says of it. */
export interface Operation {
  /** Its name in generated clients, unique: `listApplications`. */
  readonly id: string;
  /** A few words, no full stop. */
  readonly summary: string;
  /** Sentences in Markdown, where the summary does not say all. */
  readonly description?: string;
  /** Kept for old clients. */
  readonly deprecated?: true;
  /** Who may, beside `admin`; `read` unless it says otherwise. On a path for everybody or for token-holders nobody is asked. */
  readonly role?: Permission;
  /** Names of the query parameters it looks at, beside those every operation has (`QUERY_PARAMETERS`). */
  readonly query?: readonly string[];
  /** Those of them that have to be there. */
  readonly requiredQuery?: readonly string[];
  /** Absent: it takes no body, and none is read. */
  readonly body?: BodyDescription;
  /** Answers that are no error, by status. */
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  /** Statuses of errors it can answer with, beside those that follow from what else is said of it: `[503]`. */
  readonly errors?: readonly number[];
  /** Without this flag in the query the method is not allowed (405): configuration is only ever checked here. */
  readonly onlyWith?: 'validate';
  /** Its answers have an entity tag, as those of configuration do. */
  readonly isTagged?: true;
  /** What of a request that is let in can be refused before its body is read. @throws ApiError */
  readonly checkHead?: (head: Pick<View, 'header' | 'caller'>) => Promise<void>;
  /** Whether an answer that goes on may still do so, asked now and then with the snapshot of then. @throws ApiError it may not */
  readonly checkGoingOn?: (view: Pick<View, 'snapshot' | 'scope' | 'param'>) => void;
  /** @throws ApiError */
  readonly answer: (view: View) => Answer | Promise<Answer>;
}

export interface BodyDescription {
  /** A name among the schemas of the API (`schemas/`). */
  readonly schema: string;
  readonly required: boolean;
  /** A part of what the schema says will do, and so will a JSON Patch (RFC 6902) as `application/json-patch+json`. */
  readonly patch?: true;
  /** The operation reads it by itself as it comes (`View.incoming`), and bounds it. */
  readonly streamed?: true;
  /** Beside JSON and YAML: `application/x-www-form-urlencoded`. */
  readonly otherTypes?: readonly string[];
}

export interface ResponseDescription {
  readonly description: string;
  /** A name among the schemas of the API; absent: the answer has no body. */
  readonly schema?: string;
  /** A bare array of what the schema says. */
  readonly list?: true;
  /** Where it is neither JSON nor YAML. */
  readonly contentType?: string;
  /** What it is for who would rather have that, and then goes on: `text/event-stream`. */
  readonly stream?: string;
}

export interface Route {
  /** `/v1/state/applications/:application`; a path for tenants is served below `/v1/state/tenants/:tenant/` too. */
  readonly path: string;
  /** `token-holders`: whoever has a token that is known, whatever its roles. */
  readonly audience: 'everybody' | 'token-holders' | 'tenants' | 'provider';
  readonly methods: Readonly<Partial<Record<Method, Operation>>>;
}

/** What `/openapi.json` says of a GET of JSON or YAML, and how it is answered. */
export interface Reading extends Pick<
  Operation,
  'id' | 'summary' | 'description' | 'deprecated' | 'query' | 'errors' | 'isTagged' | 'answer'
> {
  /** A name among the schemas of the API. */
  readonly schema: string;
  /** What it is for who would rather have that, and then goes on: `text/event-stream`. */
  readonly stream?: string;
}

/** The methods of a path that shows one thing, or a part of it. */
export function readsOne({ query = [], ...reading }: Reading): Route['methods'] {
  return reads({ ...reading, query: ['fields', ...query] }, {});
}

/** The methods of a path that lists things, their names, or how many there are. */
export function readsList({ query = [], ...reading }: Reading): Route['methods'] {
  return reads({ ...reading, query: ['fields', 'keys', 'count', ...query] }, { list: true });
}

function reads({ schema, stream, ...operation }: Reading, shape: Pick<ResponseDescription, 'list'>): Route['methods'] {
  const response = { description: 'OK', schema, ...shape, ...(stream === undefined ? {} : { stream }) };
  return { GET: { ...operation, responses: { 200: response } } };
}

/** The patterns a route is served under (contract 5.3). */
export function pathsOf({ path, audience }: Pick<Route, 'path' | 'audience'>): readonly string[] {
  if (audience !== 'tenants') return [path];
  return [path, path.replace(/^\/v1\/(?:config|state)\//, '$&tenants/:tenant/')];
}

/** Of one that changes by itself. */
export function toGroup(item: Item): ItemGroup {
  return { source: item.source, form: item.form, size: () => 1, items: () => [item] };
}

/** Items whose body is the source itself, whatever part is asked for. */
export function plainItem(key: string, source: object): Item {
  return { key, source, form: 'plain', body: () => source };
}
