import { badRequest } from './errors.ts';
import { parseFields, type FieldSelection } from './fields.ts';

/** The query of a request as it came; a name given several times has several values. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The half of a state document: what was configured, or what is seen of it. */
export type Content = 'all' | 'config' | 'nonconfig';

/** What of a resource is asked for. */
export interface Selection {
  /** Lists only: their bodies, their names or how many there are. */
  readonly of: 'bodies' | 'keys' | 'count';
  readonly content: Content;
  readonly fields: FieldSelection | undefined;
}

/** Absent or `false` is off, anything else on: clients send `keys=`, `keys` and `keys=true` (contract 5.1). */
export function isOn(query: Query, ...names: readonly string[]): boolean {
  return names.some((name) => query[name] !== undefined && query[name] !== 'false');
}

/** The value of a parameter; of several the first. */
export function valueOf(query: Query, ...names: readonly string[]): string | undefined {
  const value = names.map((name) => query[name]).find((given) => given !== undefined);
  return typeof value === 'string' || value === undefined ? value : value[0];
}

/** `keys` beats `count` beats `fields` (contract 5.1). @throws ApiError 400 */
export function parseSelection(query: Query): Selection {
  const repeated = ['content', 'site', 'version', 'revision', 'fields'].find((name) => Array.isArray(query[name]));
  if (repeated !== undefined) throw badRequest(`${repeated}: given more than once`);
  const text = valueOf(query, 'fields');
  return {
    of: isOn(query, 'keys') ? 'keys' : isOn(query, 'count') ? 'count' : 'bodies',
    content: parseContent(valueOf(query, 'content')),
    fields: text === undefined ? undefined : parseFields(text),
  };
}

function parseContent(text: string | undefined): Content {
  if (text === undefined) return 'all';
  if (text === 'config' || text === 'nonconfig') return text;
  throw badRequest('content: expected config or nonconfig');
}
