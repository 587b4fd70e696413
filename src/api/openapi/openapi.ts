import { reachableSchemas, referencesIn, type NamedSchemas } from './compose-schemas.ts';
import { CONDITIONS, pathParameter, queryParameter, type Parameter } from './parameters.ts';
import {
  errorResponses,
  requestContent,
  type Answering,
  responsesOf,
  type Content,
  type Reference,
  type Response,
} from './responses.ts';
import { tagOf, TAGS, type Tag } from './tags.ts';
import { METHODS, pathsOf, type Method, type Operation, type Route } from '../protocol/route.ts';

/** A document of OpenAPI 3.1, as far as it is used here. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly Tag[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: {
    readonly schemas: NamedSchemas;
    readonly responses: Readonly<Record<string, Response>>;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

/** The keys of methods are in small letters. */
export type PathItem = Readonly<Partial<Record<Lowercase<Method>, OperationObject>>> & {
  readonly parameters?: readonly Parameter[];
};

export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly deprecated?: true;
  readonly security?: readonly [];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response | Reference>>;
}

export interface OpenApiOptions {
  /** Of Fairlead. */
  readonly version: string;
}

/**
 * The description of the API: every path in each of its forms, with what the routes say of it. HEAD and OPTIONS go
 * without saying.
 * @param schemas the routes' schemas, by the names the routes have for them
 * @throws TypeError when a route names a schema that is not there
 */
export function openApiDocument(
  routes: readonly Route[],
  schemas: NamedSchemas,
  { version }: OpenApiOptions,
): OpenApiDocument {
  const paths = Object.fromEntries(
    routes.flatMap((route) => pathsOf(route).map((path) => [publicPath(path), pathItem(route, path, schemas)])),
  );
  const used = JSON.stringify(paths);
  const isUsed = ([name]: [string, unknown]) => used.includes(`"#/components/responses/${name}"`);
  const responses = Object.fromEntries(Object.entries(errorResponses(schemas)).filter(isUsed));
  const names = referencesIn({ paths, responses });
  const missing = [...names].find((name) => !Object.hasOwn(schemas, name));
  if (missing !== undefined) throw new TypeError(`there is no schema ${missing}, which a route names`);
  const tags = new Set(routes.map(({ path }) => tagOf(path)));
  return {
    openapi: '3.1.1',
    info: { ...INFO, version },
    servers: [{ url: '/', description: 'Where this document comes from.' }],
    security: [{ bearer: [] }],
    tags: TAGS.filter(({ name }) => tags.has(name)).map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: reachableSchemas(schemas, names),
      responses,
      headers: usedHeaders(JSON.stringify({ paths, responses })),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A token, see `--tokens`.' } },
    },
  };
}

const INFO = {
  title: 'Fairlead state API',
  summary: 'What Fairlead wants, sees and does.',
  description:
    'Configuration is read here and changed by committing to the repository. Bodies are JSON, or YAML with `Accept: application/yaml`; keys are kebab-case, a list is a bare array, a resource a bare object. Unknown query parameters are ignored.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
} as const;

/** `/v1/state/applications/{application}` */
export function publicPath(pattern: string): string {
  return pattern.replace(/:(\w+)/g, '{$1}');
}

function pathItem({ path, audience, methods }: Route, pattern: string, schemas: NamedSchemas): PathItem {
  const names = [...pattern.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const operations = METHODS.flatMap((method): [string, OperationObject][] => {
    const operation = methods[method];
    if (operation === undefined) return [];
    const place = { method, pattern, audience, inTenant: pattern !== path, names };
    return [[method.toLowerCase(), operationObject(operation, place, schemas)]];
  });
  return { ...(names.length === 0 ? {} : { parameters: names.map(pathParameter) }), ...Object.fromEntries(operations) };
}

interface Place {
  readonly method: Method;
  readonly pattern: string;
  readonly audience: Route['audience'];
  /** Below `/tenants/{tenant}/`. */
  readonly inTenant: boolean;
  readonly names: readonly string[];
}

function operationObject(operation: Operation, place: Place, schemas: NamedSchemas): OperationObject {
  const { pattern, audience, inTenant, names } = place;
  const { id, summary, description, deprecated, body, onlyWith } = operation;
  const needs = NEEDS[audience] ?? 'token';
  const isTagged = pattern.startsWith('/v1/config/') || operation.isTagged === true;
  const hasSite = pattern.startsWith('/v1/state/');
  const isAmbiguous = audience === 'tenants' && !inTenant && names.length > 0;
  const answering = { operation, needs, isTagged, isNamed: names.length > 0, isAmbiguous, hasSite };
  const query = new Set([
    ...(operation.query ?? []),
    ...(hasSite ? ['site'] : []),
    ...(onlyWith === undefined ? [] : [onlyWith]),
  ]);
  const isRequired = (name: string) => name === onlyWith || operation.requiredQuery?.includes(name) === true;
  const parameters = [
    ...[...query].map((name) => queryParameter(name, isRequired(name))),
    ...(isTagged ? CONDITIONS : []),
  ];
  return {
    operationId: inTenant ? `${id}InTenant` : id,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tagOf(pattern)],
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(needs === 'nothing' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: body.required, content: requestContent(body, schemas) } }),
    responses: responsesOf(answering, schemas),
  };
}

/** Roles and tenants matter on the paths of tenants and of the site provider; elsewhere a token is enough. */
const NEEDS: Readonly<Record<string, Answering['needs']>> = {
  everybody: 'nothing',
  tenants: 'permission',
  provider: 'permission',
};

const HEADERS: Readonly<Record<string, unknown>> = {
  ETag: { description: 'Changes whenever the resource does.', schema: { type: 'string' } },
  Allow: { description: 'The methods that are allowed.', schema: { type: 'string', examples: ['GET, HEAD, OPTIONS'] } },
  'WWW-Authenticate': { description: 'How to say who asks.', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds after which it is worth asking again.', schema: { type: 'integer' } },
};

function usedHeaders(text: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(HEADERS).filter(([name]) => text.includes(`"#/components/headers/${name}"`)),
  );
}
