import { badRequest } from './errors.ts';

/** Which keys are asked for: by name, `true` for all of it or what of it. */
export type FieldSelection = ReadonlyMap<string, FieldSelection | true>;

/** Deeper than any document of the API; a limit for the parser, which calls itself. */
const MAX_DEPTH = 32;

/**
 * The grammar `a,b/c,d/[e,f]`, also `[a,b]`: `/` steps into a key, brackets group (contract 5.1). Takes as long as the text
 * is, whatever stands in it.
 * @throws ApiError 400 when the text does not follow it
 */
export function parseFields(text: string): FieldSelection {
  const reader: Reader = { tokens: text.match(/[[\],/]|[^[\],/\s]+/g) ?? [], at: 0 };
  const selection: Growing = new Map();
  readList(reader, selection, 0);
  if (reader.at < reader.tokens.length) throw malformed();
  return selection;
}

/** A selection that items are still added to: `a/b,a/c` is `a/[b,c]`. */
type Growing = Map<string, Growing | true>;

interface Reader {
  readonly tokens: readonly string[];
  /** Of the next token. */
  at: number;
}

function readList(reader: Reader, into: Growing, depth: number): void {
  if (depth > MAX_DEPTH) throw badRequest(`fields: more than ${MAX_DEPTH} levels`);
  do readItem(reader, into, depth);
  while (take(reader, ','));
}

function readItem(reader: Reader, into: Growing, depth: number): void {
  if (take(reader, '[')) {
    readList(reader, into, depth + 1);
    if (!take(reader, ']')) throw malformed();
    return;
  }
  const key = reader.tokens[reader.at];
  if (key === undefined || /^[\],/]$/.test(key)) throw malformed();
  reader.at += 1;
  if (!take(reader, '/')) return void into.set(key, true);
  if (depth > MAX_DEPTH) throw badRequest(`fields: more than ${MAX_DEPTH} levels`);
  const present = into.get(key);
  const part: Growing = present === undefined || present === true ? new Map<string, Growing | true>() : present;
  readItem(reader, part, depth + 1);
  // All of `a` covers any part of it.
  if (present !== true) into.set(key, part);
}

function take(reader: Reader, token: string): boolean {
  if (reader.tokens[reader.at] !== token) return false;
  reader.at += 1;
  return true;
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
