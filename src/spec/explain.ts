import type { ErrorObject } from 'ajv/dist/2020.js';
import type { ProblemRule } from '../model/problem.ts';
import { errorAt, type Finding, type Path, quote } from './finding.ts';
import { FORMATS } from './formats.ts';
import type { JsonSchema } from './json-schema.ts';
import { nearest } from './nearest.ts';

/** More than anybody reads; explaining and locating each costs time. */
const MAX_EXPLAINED = 1000;

/** By the keyword of the schema; every other is about the value itself. */
const RULES: Readonly<Record<string, ProblemRule>> = {
  additionalProperties: 'schema/unknown-key',
  required: 'schema/required',
  oneOf: 'schema/choice',
  not: 'schema/choice',
  type: 'schema/type',
  minItems: 'schema/length',
  maxItems: 'schema/length',
};

/** What ajv found as sentences, one for each thing that is wrong. */
export function explainErrors(errors: readonly ErrorObject[], value: unknown, root: JsonSchema): readonly Finding[] {
  const findings = new Map<string, Finding>();
  const told = errors.slice(0, MAX_EXPLAINED);
  const misspelt = new Set(told.flatMap((error) => misspeltKey(error) ?? []));
  for (const error of told) {
    if (missingKeys(error).some((key) => misspelt.has(keyAt(error, key)))) continue;
    const explained = explainError(error, toPath(error.instancePath, value), root);
    if (explained === undefined) continue;
    const finding = { ...explained, rule: RULES[error.keyword] ?? 'schema/value' };
    // A value of the wrong type also fails what is asked of the right one: the first complaint says it best.
    const about = JSON.stringify([finding.path, error.keyword === 'required' ? error.params['missingProperty'] : '']);
    if (!findings.has(about)) findings.set(about, finding);
  }
  return [...findings.values()];
}

function explainError(error: ErrorObject, path: Path, root: JsonSchema): Finding | undefined {
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  if (error.propertyName !== undefined) return explainKey(error, [...path, error.propertyName]);
  switch (error.keyword) {
    case 'propertyNames':
      return undefined; // the complaint about the key itself says it
    case 'additionalProperties':
      return explainUnknownKey(schema, path, String(error.params['additionalProperty']));
    case 'required':
      if (isPartOfChoice(error)) return undefined;
      return errorAt(path, `\`${String(error.params['missingProperty'])}\` is missing`);
    case 'oneOf':
      return explainChoice(schema, path, error.data);
    case 'not':
      return errorAt(path, `${list(schema.not?.required ?? [], 'and')} exclude each other; keep one`);
    case 'minItems':
      return errorAt(path, 'is an empty list; it needs at least one entry');
    case 'maxItems':
      return errorAt(path, explainTooMany(error, schema));
    case 'type':
      return explainType(error, schema, path, root);
    default:
      return errorAt(path, `${showValue(error.data, schema)} ${explainScalar(error, schema)}`);
  }
}

/** The place of the known key that an unknown one was probably meant to be. */
function misspeltKey(error: ErrorObject): string | undefined {
  if (error.keyword !== 'additionalProperties') return undefined;
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  const close = nearest(String(error.params['additionalProperty']), Object.keys(schema.properties ?? {}));
  return close === undefined ? undefined : keyAt(error, close);
}

/** The keys of which this error says that one has to be there: misspelt, it is not missing. */
function missingKeys(error: ErrorObject): readonly string[] {
  if (error.keyword === 'required') return [String(error.params['missingProperty'])];
  if (error.keyword !== 'oneOf' || error.params['passingSchemas'] !== null) return [];
  return ((error.parentSchema ?? {}) as JsonSchema).oneOf?.flatMap(({ required }) => required) ?? [];
}

function keyAt({ instancePath }: ErrorObject, key: string): string {
  return `${instancePath}/${key}`;
}

function isPartOfChoice(error: ErrorObject): boolean {
  return /\/(oneOf|not)\b/.test(error.schemaPath);
}

function explainKey(error: ErrorObject, path: Path): Finding {
  const key = error.propertyName ?? '';
  const complaint = FORMATS[String(error.params['format'])]?.(key) ?? 'is not allowed as a key';
  return { ...errorAt(path.slice(0, -1), `${quote(key)} ${complaint}`, 'key'), path };
}

function explainUnknownKey(schema: JsonSchema, path: Path, key: string): Finding {
  const never = schema['x-never'];
  if (never !== undefined && Object.hasOwn(never, key)) return errorAt([...path, key], never[key] ?? '', 'key');
  const known = Object.keys(schema.properties ?? {});
  const close = nearest(key, known);
  const hint =
    close !== undefined
      ? ` (did you mean \`${close}\`?)`
      : known.length === 0
        ? ''
        : `; known are ${list(known, 'and')}`;
  return errorAt([...path, key], `this key is unknown${hint}`, 'key');
}

function explainChoice(schema: JsonSchema, path: Path, value: unknown): Finding | undefined {
  if (typeof value !== 'object' || value === null) return undefined; // the complaint about its type says it
  const keys = (schema.oneOf ?? []).flatMap(({ required }) => required);
  const present = Object.keys(value).filter((key) => keys.includes(key));
  const [, second] = present;
  if (second === undefined) return errorAt(path, `one of ${list(keys, 'or')} is missing`);
  return errorAt([...path, second], `only one of ${list(present, 'and')} can be given`, 'key');
}

function explainTooMany(error: ErrorObject, schema: JsonSchema): string {
  const expects = schema['x-expects'];
  return expects === undefined ? `has more than ${String(error.params['limit'])} entries` : `has to be ${expects}`;
}

const TYPE_NAMES: Readonly<Record<NonNullable<JsonSchema['type']>, string>> = {
  object: 'a mapping of keys to values',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing',
};

function explainType(error: ErrorObject, schema: JsonSchema, path: Path, root: JsonSchema): Finding {
  const wanted = TYPE_NAMES[schema.type ?? 'object'];
  if (path.length === 0) {
    return errorAt(path, `the document has to be a mapping with ${list(root.required ?? [], 'and')}`);
  }
  const { data } = error;
  if (data === null)
    return errorAt(path, `has no value; it needs ${wanted}${schema.type === 'object' ? ' ({} for an empty one)' : ''}`);
  if (Array.isArray(data)) return errorAt(path, `is a list, but ${wanted} is needed`);
  if (typeof data === 'object') return errorAt(path, `is a mapping, but ${wanted} is needed`);
  return errorAt(path, `${showValue(data, schema)} is not ${wanted}${quotesHint(data, schema)}`);
}

function quotesHint(data: unknown, schema: JsonSchema): string {
  const looksRight = schema.type === 'boolean' ? data === 'true' || data === 'false' : Number.isFinite(Number(data));
  return typeof data === 'string' && data.trim() !== '' && looksRight ? ' (leave the quotes and signs out)' : '';
}

function explainScalar(error: ErrorObject, schema: JsonSchema): string {
  const expects = schema['x-expects'];
  const limit = String(error.params['limit']);
  switch (error.keyword) {
    case 'format':
      return FORMATS[schema.format ?? '']?.(String(error.data)) ?? 'is not acceptable';
    case 'enum':
      return `is not ${expects ?? list((schema.enum ?? []).map(String), 'or')}`;
    case 'minimum':
      return `is too small (at least ${limit})`;
    case 'exclusiveMinimum':
      return `is too small (more than ${limit})`;
    case 'maximum':
      return `is too large (at most ${limit})`;
    default:
      return `is not ${expects ?? 'acceptable'}`;
  }
}

/** Values that may hold secrets are marked `writeOnly` in the schemas and never shown. */
function showValue(value: unknown, schema: JsonSchema): string {
  if (schema.writeOnly === true) return 'the value';
  return typeof value === 'string' ? quote(value) : String(value);
}

/** `` `a`, `b` and `c` `` */
function list(words: readonly string[], conjunction: 'and' | 'or'): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} ${conjunction} ${String(quoted.at(-1))}`;
}

/** A JSON pointer as a path; what indexes a list becomes a number. */
function toPath(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let value = root;
  for (const escaped of pointer.split('/').slice(1)) {
    const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(step) : step);
    value =
      typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[step] : undefined;
  }
  return path;
}
