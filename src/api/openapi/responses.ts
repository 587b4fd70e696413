import { STATUS_CODES } from 'node:http';
import type { JsonSchema } from '../../spec/json-schema.ts';
import { referenceTo, type NamedSchemas } from './compose-schemas.ts';
import type { BodyDescription, Operation, ResponseDescription } from '../protocol/route.ts';
import { sampleOf } from './sample.ts';

// The answers of the API, in the words of `/openapi.json`.

/** A response of OpenAPI 3.1, as far as it is used here. */
export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Content;
}
export type Content = Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;
export interface Reference {
  readonly $ref: string;
}

/** What the answers of an operation follow from. */
export interface Answering {
  readonly operation: Operation;
  /** A token is needed, and perhaps more than that. */
  readonly needs: 'nothing' | 'token' | 'permission';
  /** It has an entity tag. */
  readonly isTagged: boolean;
  /** A name in its path may not be there. */
  readonly isNamed: boolean;
  /** A name in its path may stand for several things: the site provider's view of all tenants. */
  readonly isAmbiguous: boolean;
  /** It can be asked for another site. */
  readonly hasSite: boolean;
}

/** Everything an operation can answer, by status. */
export function responsesOf(
  answering: Answering,
  schemas: NamedSchemas,
): Readonly<Record<string, Response | Reference>> {
  const { operation, isTagged } = answering;
  const good = Object.entries(operation.responses).map(([status, response]): [string, Response] => [
    status,
    goodResponse(response, answering, schemas),
  ]);
  const isReading = isTagged && operation.responses[200] !== undefined;
  const unchanged = isReading ? { 304: { description: phraseOf(304), headers: TAG_HEADER } } : {};
  const errors = [...errorsOf(answering)].map((status): [string, Reference] => [
    String(status),
    { $ref: `#/components/responses/${errorName(status, operation)}` },
  ]);
  return { ...Object.fromEntries(good), ...unchanged, ...Object.fromEntries(errors) };
}

const TAG_HEADER = { ETag: { $ref: '#/components/headers/ETag' } };

function goodResponse(
  response: ResponseDescription,
  { operation, isTagged }: Answering,
  schemas: NamedSchemas,
): Response {
  const { description, schema, contentType, stream } = response;
  const headers = isTagged ? { headers: TAG_HEADER } : {};
  const streamed = stream === undefined ? {} : textContent(stream);
  if (contentType !== undefined)
    return { description, ...headers, content: { ...textContent(contentType), ...streamed } };
  if (schema === undefined) return { description, ...headers };
  const content = bodies(bodySchema(response, operation), schemas);
  return { description, ...headers, content: { ...content, ...streamed } };
}

function textContent(contentType: string): Content {
  const [type = ''] = contentType.split(';');
  return { [type]: { schema: { type: 'string' } } };
}

/** What an operation takes. */
export function requestContent({ schema, patch, otherTypes = [] }: BodyDescription, schemas: NamedSchemas): Content {
  const others = Object.fromEntries(otherTypes.map((type) => [type, { schema: { type: 'string' } as const }]));
  if (patch === undefined) return { ...bodies(referenceTo(schema), schemas), ...others };
  const part: JsonSchema = { description: `A part of ${schema}: lists are merged by \`name\`.`, type: 'object' };
  const steps = referenceTo('JsonPatch');
  return {
    'application/json': { schema: part },
    'application/yaml': { schema: part },
    'application/json-patch+json': { schema: steps, example: sampleOf(steps, schemas) },
  };
}

/** The example is given once: YAML says the same. */
export function bodies(schema: JsonSchema, schemas: NamedSchemas): Content {
  return { 'application/json': { schema, example: sampleOf(schema, schemas) }, 'application/yaml': { schema } };
}

/** An empty list is a list of bodies and one of names: `anyOf`, not `oneOf`. */
function bodySchema({ schema = '', list }: ResponseDescription, { query = [] }: Operation): JsonSchema {
  const body = list ? ({ type: 'array', items: referenceTo(schema) } as const) : referenceTo(schema);
  const others: JsonSchema[] = [
    ...(list && query.includes('keys') ? [KEYS] : []),
    ...(list && query.includes('count') ? [COUNT] : []),
    ...(query.includes('version-list') ? [VERSIONS] : []),
  ];
  return others.length === 0 ? body : { anyOf: [body, ...others] };
}

const KEYS: JsonSchema = { description: 'With `keys`: the names.', type: 'array', items: { type: 'string' } };
const COUNT: JsonSchema = { description: 'With `count`: how many.', type: 'integer', minimum: 0 };
const VERSIONS: JsonSchema = {
  description: 'With `version-list`: the versions, newest first.',
  type: 'array',
  items: referenceTo('Version'),
};

function errorsOf(answering: Answering): ReadonlySet<number> {
  const { operation, needs, isTagged, isNamed, isAmbiguous, hasSite } = answering;
  return new Set([
    ...[400, 500],
    ...(needs === 'nothing' ? [] : [401]),
    ...(needs === 'permission' ? [403] : []),
    ...(isNamed || hasSite ? [404] : []),
    ...(operation.onlyWith === undefined ? [] : [405]),
    ...(isAmbiguous ? [409] : []),
    ...(isTagged ? [412] : []),
    ...(operation.body === undefined ? [] : [413]),
    ...(operation.errors ?? []),
  ]);
}

const CHECKED = 'ValidationFailed';

/** What is wrong with a body that was to be checked is told problem by problem. */
function errorName(status: number, { onlyWith, body }: Operation): string {
  return status === 400 && onlyWith === 'validate' && body !== undefined ? CHECKED : nameOf(status);
}

/** `NotFound` */
function nameOf(status: number): string {
  return phraseOf(status).replaceAll(' ', '');
}

function phraseOf(status: number): string {
  return STATUS_CODES[status] ?? String(status);
}

const ERRORS = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 426, 429, 500, 502, 503, 504] as const;
const ERROR_HEADERS: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  405: ['Allow'],
  412: ['ETag'],
  429: ['Retry-After'],
};

/** Everything operations refer to as an error. */
export function errorResponses(schemas: NamedSchemas): Readonly<Record<string, Response>> {
  const named = ERRORS.map((status): [string, Response] => {
    const headers = (ERROR_HEADERS[status] ?? []).map((name) => [name, { $ref: `#/components/headers/${name}` }]);
    return [
      nameOf(status),
      {
        description: phraseOf(status),
        ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) as Record<string, Reference> }),
        content: bodies(referenceTo('Error'), schemas),
      },
    ];
  });
  const checked = { description: phraseOf(400), content: bodies(referenceTo('ValidationErrors'), schemas) };
  return { ...Object.fromEntries(named), [CHECKED]: checked };
}
