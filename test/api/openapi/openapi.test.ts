import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { pathsOf } from '../../../src/api/protocol/route.ts';
import { apiRoutes } from '../../../src/api/routes.ts';
import { ELSEWHERE } from '../elsewhere.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../../scripts/setup.mjs';
import { mapInside } from '../../../src/api/openapi/compose-schemas.ts';
import { openApiDocument, type OpenApiDocument } from '../../../src/api/openapi/openapi.ts';
import { apiSchemas } from '../../../src/api/openapi/route.ts';
import type { Operation, Route } from '../../../src/api/protocol/route.ts';
import type { JsonSchema } from '../../../src/spec/json-schema.ts';
import { createSchemaCheck } from '../described.ts';
import { serve } from '../served.ts';
import { snapshot } from '../snapshot-builders.ts';

async function servedDocument(): Promise<OpenApiDocument> {
  const { ask } = await serve(snapshot());
  return (await ask('/openapi.json', { as: 'nobody' })).body as OpenApiDocument;
}

describe('/openapi.json', () => {
  it('is there for everybody, as JSON, and as YAML for who accepts only that', async () => {
    const { ask } = await serve(snapshot());
    const json = await ask('/openapi.json', { as: 'nobody' });
    expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(json.body).toMatchObject({ openapi: '3.1.1', info: { title: 'Fairlead state API', version: '1.2.3' } });
    const yaml = await ask('/openapi.json', { as: 'nobody', headers: { accept: 'application/yaml' } });
    expect(parse(yaml.text)).toEqual(json.body);
  });

  it('passes the linter without an error or a warning', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'openapi-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const file = path.join(directory, 'openapi.json');
    await writeFile(file, JSON.stringify(await servedDocument(), undefined, 1));
    expect(await lint(file)).toEqual({ code: 0, totals: { errors: 0, warnings: 0, ignored: 0 }, problems: [] });
  }, 120_000);

  it('has every path in each of its forms, under names of its own', async () => {
    const { paths } = await servedDocument();
    const ids = Object.values(paths).flatMap(({ get }) => get?.operationId ?? []);
    expect(ids).toEqual(expect.arrayContaining(['getServiceInstance', 'getServiceInstanceInTenant', 'getHost']));
    expect(new Set(ids).size).toBe(ids.length);
    const instance = paths['/v1/state/tenants/{tenant}/applications/{application}/service-instances/{instance}'];
    expect(instance?.parameters?.map(({ name }) => name)).toEqual(['tenant', 'application', 'instance']);
    expect(instance?.get?.parameters?.map(({ name }) => name)).toEqual(['fields', 'site']);
    expect(Object.keys(instance?.get?.responses ?? {})).toEqual(['200', '400', '401', '403', '404', '500']);
  });

  it('has an answer that is no error for every operation', async () => {
    const { paths } = await servedDocument();
    const operations = Object.values(paths).flatMap(({ parameters: _, ...methods }) => Object.values(methods));
    const without = operations.filter(
      ({ responses }) => !Object.keys(responses).some((status) => /^(101|2..)$/.test(status)),
    );
    const served = apiRoutes({ version: '0.0.0', ...ELSEWHERE }).flatMap((route) =>
      pathsOf(route).flatMap(() => Object.keys(route.methods)),
    );
    expect(operations).toHaveLength(served.length);
    expect(without).toEqual([]);
  });

  it('has examples that are what their schemas say', async () => {
    const { components } = await servedDocument();
    const check = createSchemaCheck({ components });
    const wrong: string[] = [];
    const look = (schema: JsonSchema): JsonSchema => {
      for (const example of schema.examples ?? []) {
        const complaint = check(schema, example);
        if (complaint !== undefined) wrong.push(`${JSON.stringify(example)}: ${complaint}`);
      }
      return mapInside(schema, look);
    };
    Object.values(components.schemas).forEach(look);
    expect(wrong).toEqual([]);
  });

  it('describes every key, and demands none that it does not know', async () => {
    const { schemas } = (await servedDocument()).components;
    const targetOf = ({ $ref }: JsonSchema) => schemas[$ref?.replace(/^.*\//, '') ?? ''];
    const keys = Object.entries(schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).map(([key, schema]) => ({ at: `${name}.${key}`, schema })),
    );
    const isDescribed = (schema: JsonSchema) => (schema.description ?? targetOf(schema)?.description) !== undefined;
    expect(keys.filter(({ schema }) => !isDescribed(schema)).map(({ at }) => at)).toEqual([]);
    expect(keys.length).toBeGreaterThan(200);
    const unknown = Object.entries(schemas).flatMap(([name, { properties = {}, required = [] }]) =>
      required.filter((key) => !Object.hasOwn(properties, key)).map((key) => `${name}.${key}`),
    );
    expect(unknown).toEqual([]);
  });
});

interface Problem {
  readonly message: string;
  readonly location: readonly { readonly pointer?: string }[];
}

/** @returns what the linter says of the file; `problems` in words */
async function lint(file: string) {
  const cli = path.join(root, 'node_modules/@redocly/cli/bin/cli.js');
  const args = [cli, 'lint', file, '--format', 'json', '--config', path.join(root, 'redocly.yaml')];
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const run = promisify(execFile)(process.execPath, args, { env, timeout: 100_000, maxBuffer: 2 ** 26 });
  const { code, stdout } = await run.then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => error as { code: number; stdout: string },
  );
  const { totals, problems } = JSON.parse(stdout) as { totals: unknown; problems: readonly Problem[] };
  return { code, totals, problems: problems.map(({ message, location }) => `${location[0]?.pointer}: ${message}`) };
}

const answer = () => ({ kind: 'value', value: {} }) as const;
const READ: Operation = { id: 'readIt', summary: 'It', responses: { 200: { description: 'It' } }, answer };
const HEALTH = { 200: { description: 'It', schema: 'Health' } };

function described(path: string, methods: Route['methods'], audience: Route['audience'] = 'tenants') {
  const { paths } = openApiDocument([{ path, audience, methods }], apiSchemas(), { version: '1' });
  return paths;
}

describe('the description of an operation', () => {
  it('that only checks has its body, its flag, what may be wrong, and no answer without the flag', () => {
    const check: Operation = {
      ...READ,
      id: 'replaceIt',
      body: { schema: 'Application', required: true },
      onlyWith: 'validate',
      responses: { 201: { description: 'New' }, 204: { description: 'Replaced' } },
    };
    const { put } = described('/v1/config/things/:thing', { PUT: check })['/v1/config/things/{thing}']!;
    expect(put?.parameters?.[0]).toMatchObject({ name: 'validate', in: 'query', required: true });
    expect(put?.parameters?.slice(1).map(({ name }) => name)).toEqual(['If-Match', 'If-None-Match']);
    expect(put?.requestBody?.required).toBe(true);
    expect(Object.keys(put?.requestBody?.content ?? {})).toEqual(['application/json', 'application/yaml']);
    expect(Object.keys(put?.responses ?? {}).join()).toBe('201,204,400,401,403,404,405,409,412,413,500');
    expect(put?.responses['400']).toEqual({ $ref: '#/components/responses/ValidationFailed' });
  });

  it('that takes a part of a thing takes a JSON Patch, too', () => {
    const patch: Operation = { ...READ, id: 'x', body: { schema: 'Application', required: true, patch: true } };
    const { patch: found } = described('/v1/config/things/:thing', { PATCH: patch })['/v1/config/things/{thing}']!;
    expect(found?.requestBody?.content['application/json-patch+json']?.schema).toEqual({
      $ref: '#/components/schemas/JsonPatch',
    });
  });

  it('that answers with a text, or goes on, says of which kind', () => {
    const text: Operation = {
      ...READ,
      responses: { 200: { description: 'It', contentType: 'text/plain; charset=x' } },
    };
    const stream: Operation = {
      ...READ,
      id: 'y',
      responses: { 200: { description: 'It', schema: 'Health', list: true, stream: 'text/event-stream' } },
    };
    const paths = { ...described('/a', { GET: text }, 'everybody'), ...described('/b', { GET: stream }, 'everybody') };
    const types = (path: string) => {
      const response = paths[path]?.get?.responses['200'];
      return Object.keys(response !== undefined && 'content' in response ? response.content : {});
    };
    expect(types('/a')).toEqual(['text/plain']);
    expect(types('/b')).toEqual(['application/json', 'application/yaml', 'text/event-stream']);
  });

  it('that is kept for old clients, needs no token, or fails in ways of its own says so', () => {
    const old: Operation = { ...READ, deprecated: true, errors: [426, 503], responses: HEALTH };
    const { get } = described('/old', { GET: old }, 'everybody')['/old']!;
    expect(get).toMatchObject({ deprecated: true, security: [] });
    expect(Object.keys(get?.responses ?? {})).toEqual(['200', '400', '426', '500', '503']);
  });

  it('cannot name a schema that is not there', () => {
    const wrong: Operation = { ...READ, responses: { 200: { description: 'It', schema: 'Nothing' } } };
    expect(() => described('/x', { GET: wrong })).toThrow('there is no schema Nothing, which a route names');
  });
});
