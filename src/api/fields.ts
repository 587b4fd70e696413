import { badRequest } from './errors.ts';

/** Which keys are asked for: by name, `true` for all of it or what of it. */
export type FieldSelection = ReadonlyMap<string, FieldSelection | true>;

/** Deeper than any document of the API; a limit for the parser, which calls itself. */
const MAX_DEPTH = 32;

/**
 * The grammar `a,b/c,d/[e,f]`, also `[a,b]`: `/` steps into a key, brackets group (contract 5.1).
 * @throws ApiError 400 when the text does not follow it
 */
export function parseFields(text: string): FieldSelection {
  const tokens = text.match(/[[\],/]|[^[\],/\s]+/g) ?? [];
  const [selection, rest] = parseList(tokens, 0);
  if (rest.length > 0) throw malformed();
  return selection;
}

type Parsed<T> = readonly [value: T, rest: readonly string[]];

function parseList(tokens: readonly string[], depth: number): Parsed<FieldSelection> {
  if (depth > MAX_DEPTH) throw badRequest(`fields: more than ${MAX_DEPTH} levels`);
  let [selection, rest] = parseItem(tokens, depth);
  while (rest[0] === ',') {
    const [next, left] = parseItem(rest.slice(1), depth);
    selection = merge(selection, next);
    rest = left;
  }
  return [selection, rest];
}

function parseItem(tokens: readonly string[], depth: number): Parsed<FieldSelection> {
  const [first, ...rest] = tokens;
  if (first === '[') {
    const [selection, left] = parseList(rest, depth + 1);
    if (left[0] !== ']') throw malformed();
    return [selection, left.slice(1)];
  }
  if (first === undefined || /^[\],/]$/.test(first)) throw malformed();
  if (rest[0] !== '/') return [new Map([[first, true]]), rest];
  if (depth > MAX_DEPTH) throw badRequest(`fields: more than ${MAX_DEPTH} levels`);
  const [selection, left] = parseItem(rest.slice(1), depth + 1);
  return [new Map([[first, selection]]), left];
}

/** `a/b,a/c` is `a/[b,c]`; all of `a` covers any part of it. */
function merge(a: FieldSelection, b: FieldSelection): FieldSelection {
  const merged = new Map(a);
  for (const [key, wanted] of b) {
    const present = merged.get(key);
    const whole = present === true || wanted === true;
    merged.set(key, present === undefined ? wanted : whole ? true : merge(present, wanted));
  }
  return merged;
}

function malformed() {
  return badRequest('fields: expected names such as a,b/c,d/[e,f]');
}

/** The selected part of a document; lists are gone through. A name that is not there selects nothing. */
export function selectFields(value: unknown, selection: FieldSelection): unknown {
  if (Array.isArray(value)) return value.map((element) => selectFields(element, selection));
  if (!isRecord(value)) return undefined;
  const selected = Object.keys(value).flatMap((key): [string, unknown][] => {
    const wanted = selection.get(key);
    if (wanted === undefined) return [];
    return [[key, wanted === true ? value[key] : selectFields(value[key], wanted)]];
  });
  return Object.fromEntries(selected.filter(([, part]) => part !== undefined));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
