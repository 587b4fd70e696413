import type { Snapshot } from '../store/store.ts';
import type { Content, Query } from './query.ts';

/** What a request may see: one tenant, or as site provider all of them with the key `tenant` in each body. */
export type Scope = { readonly kind: 'tenant'; readonly tenant: string } | { readonly kind: 'all-tenants' };

/** Everything an answer is made from. */
export interface View {
  readonly snapshot: Snapshot;
  readonly scope: Scope;
  readonly query: Query;
  /** The named part of the path, '' if it has none. */
  readonly param: (name: string) => string;
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

export type Answer =
  | { readonly kind: 'list'; readonly items: readonly Item[]; readonly tag?: string }
  | { readonly kind: 'one'; readonly item: Item; readonly tag?: string }
  | { readonly kind: 'value'; readonly value: unknown; readonly tag?: string };

export interface Route {
  /** `/v1/state/applications/:application`; a path for tenants is served below `/v1/state/tenants/:tenant/` too. */
  readonly path: string;
  readonly audience: 'everybody' | 'tenants' | 'provider';
  /** @throws ApiError 404, 409, 503 */
  readonly answer: (view: View) => Answer;
}

/** The patterns a route is served under (contract 5.3). */
export function pathsOf({ path, audience }: Route): readonly string[] {
  if (audience !== 'tenants') return [path];
  return [path, path.replace(/^\/v1\/(?:config|state)\//, '$&tenants/:tenant/')];
}

/** Items whose body is the source itself, whatever part is asked for. */
export function plainItem(key: string, source: object): Item {
  return { key, source, form: 'plain', body: () => source };
}
