import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { mapInside, TIME_SPAN } from '../../src/api/openapi/compose-schemas.ts';
import {
  openApiDocument,
  type OpenApiDocument,
  type OperationObject,
  type PathItem,
} from '../../src/api/openapi/openapi.ts';
import { apiSchemas } from '../../src/api/openapi/route.ts';
import type { Reference, Response } from '../../src/api/openapi/responses.ts';
import type { Route } from '../../src/api/protocol/route.ts';
import { FORMATS } from '../../src/spec/formats.ts';
import { OWN_KEYWORDS, type JsonSchema } from '../../src/spec/json-schema.ts';

// Whether an answer of the API is one that `/openapi.json` describes.

export interface SeenAnswer {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  /** '' where there is none. */
  readonly contentType: string;
  readonly text: string;
}

/** @throws Error that says what of the answer is not described */
export type CheckAnswer = (answer: SeenAnswer) => void;

let made: CheckAnswer | undefined;

/** Made once: it takes a while, and the routes of the API are described alike whatever they answer from. */
export function answerCheckOf(routes: readonly Route[]): CheckAnswer {
  made ??= createAnswerCheck(openApiDocument(routes, apiSchemas(), { version: '1.2.3' }));
  return made;
}

/** Errors of requests that no operation is there for: no such path, no such method, nobody who may ask. */
const UNDESCRIBED = [401, 403, 404, 405];

export function createAnswerCheck(document: OpenApiDocument): CheckAnswer {
  const whole = createSchemaCheck(document);
  const parts = createSchemaCheck(document, partOf);
  const items = matchers(document);
  return (answer) => {
    const url = new URL(answer.path.replace(/\/{2,}/g, '/'), 'http://api.example');
    const path = url.pathname.replace(/(.)\/$/, '$1');
    const item = items.find(({ pattern }) => pattern.test(path))?.item;
    const operation = item && operationOf(item, answer.method);
    if (answer.method === 'OPTIONS' && answer.status === 204) return;
    const isPart = ['fields', 'content'].some((name) => url.searchParams.has(name));
    try {
      if (operation !== undefined) checkOperation(document, operation, { answer, check: isPart ? parts : whole });
      else if (UNDESCRIBED.includes(answer.status)) checkBody({ answer, check: whole }, ERROR_CONTENT);
      else throw new Error('there is no such operation');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${answer.method} ${path} answers ${answer.status}, which is not described: ${reason}`);
    }
  };
}

const ERROR_SCHEMA: JsonSchema = { $ref: '#/components/schemas/Error' };
const ERROR_CONTENT = { 'application/json': { schema: ERROR_SCHEMA }, 'application/yaml': { schema: ERROR_SCHEMA } };

interface Checking {
  readonly answer: SeenAnswer;
  readonly check: SchemaCheck;
}

function checkOperation(document: OpenApiDocument, operation: OperationObject, checking: Checking): void {
  const { status } = checking.answer;
  const response = operation.responses[String(status)];
  if (response === undefined) throw new Error(`it can be ${Object.keys(operation.responses).join(', ')}`);
  checkBody(checking, resolve(document, response).content);
}

function resolve({ components }: OpenApiDocument, response: Response | Reference): Response {
  if (!('$ref' in response)) return response;
  const found = components.responses[response.$ref.replace(/^.*\//, '')];
  if (found === undefined) throw new Error(`there is no ${response.$ref}`);
  return found;
}

function checkBody({ answer, check }: Checking, content: Response['content']): void {
  const { method, text } = answer;
  const type = answer.contentType.replace(/;.*/, '');
  if (content === undefined) {
    if (text !== '') throw new Error('it has a body');
    return;
  }
  const media = content[type];
  if (media === undefined) throw new Error(`"${type}" is none of ${Object.keys(content).join(', ')}`);
  if (method === 'HEAD' || !/[/+](?:json|yaml)$/.test(type)) return;
  const body: unknown = type === 'application/yaml' ? parse(text) : JSON.parse(text);
  const complaint = check(media.schema, body);
  if (complaint !== undefined) throw new Error(`${complaint}\n${text.slice(0, 2000)}`);
}

function operationOf(item: PathItem, method: string): OperationObject | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return item.get;
    case 'POST':
      return item.post;
    case 'PUT':
      return item.put;
    case 'PATCH':
      return item.patch;
    case 'DELETE':
      return item.delete;
    default:
      return undefined;
  }
}

/** Those with the fewest parameters first: of several that fit a path, that is the one. */
function matchers({ paths }: OpenApiDocument): readonly { readonly pattern: RegExp; readonly item: PathItem }[] {
  return Object.entries(paths)
    .sort(([a], [b]) => a.split('{').length - b.split('{').length)
    .map(([template, item]) => ({ pattern: toRegexp(template), item }));
}

function toRegexp(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}

/** What is wrong with a value; undefined: nothing. */
export type SchemaCheck = (schema: JsonSchema, value: unknown) => string | undefined;

const ID = 'https://fairlead.dev/api';

/** @param change of every schema, before it is used */
export function createSchemaCheck(
  { components }: Pick<OpenApiDocument, 'components'>,
  change = (schema: JsonSchema): JsonSchema => schema,
): SchemaCheck {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  ajv.addVocabulary([...OWN_KEYWORDS, 'components']);
  for (const [name, complaint] of Object.entries(FORMATS))
    ajv.addFormat(name, (text: string) => complaint(text) === undefined);
  ajv.addFormat(TIME_SPAN, (text: string) => FORMATS['duration']?.(text) === undefined);
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const schemas = Object.entries(components.schemas).map(([name, schema]) => [name, change(schema)]);
  ajv.addSchema({ $id: ID, components: { schemas: Object.fromEntries(schemas) as object } });
  const compiled = new Map<string, ValidateFunction>();
  return (schema, value) => {
    const absolute = toAbsolute(change(schema));
    const key = JSON.stringify(absolute);
    const validate = compiled.get(key) ?? ajv.compile(absolute);
    compiled.set(key, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors, { separator: '\n', dataVar: '' });
  };
}

function toAbsolute(schema: JsonSchema): JsonSchema {
  const { $ref } = schema;
  return mapInside($ref === undefined ? schema : { ...schema, $ref: `${ID}${$ref}` }, toAbsolute);
}

/** What a part of a document is like that `fields` or `content` chose: nothing has to be there. */
function partOf(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema).filter(([key]) => !['required', 'oneOf', 'not', 'minItems'].includes(key));
  return mapInside(Object.fromEntries(entries), partOf);
}
