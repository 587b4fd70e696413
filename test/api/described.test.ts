import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../src/api/openapi/openapi.ts';
import { apiSchemas } from '../../src/api/openapi/route.ts';
import type { Operation, Route } from '../../src/api/protocol/route.ts';
import { createAnswerCheck, type SeenAnswer } from './described.ts';

// The check that every answer in these tests goes through must be able to say no.

const HEALTH = '{"status":"ok","version":"1"}';
const answer = () => ({ kind: 'value', value: {} }) as const;

function reads(id: string, responses: Operation['responses'], query: readonly string[] = []): Route['methods'] {
  return { GET: { id, summary: 'It', query, responses, answer } };
}

const ROUTES: readonly Route[] = [
  {
    path: '/things',
    audience: 'everybody',
    methods: reads('listThings', { 200: { description: 'OK', schema: 'Health', list: true } }, ['fields', 'count']),
  },
  {
    path: '/things/:thing',
    audience: 'everybody',
    methods: reads('getThing', { 200: { description: 'OK', schema: 'Health' }, 204: { description: 'None' } }),
  },
  {
    path: '/things/text',
    audience: 'everybody',
    methods: reads('getText', { 200: { description: 'OK', contentType: 'text/plain' } }),
  },
];

const check = createAnswerCheck(openApiDocument(ROUTES, apiSchemas(), { version: '1' }));

function seen(path: string, fields: Partial<SeenAnswer> = {}): () => void {
  return () => check({ method: 'GET', path, status: 200, contentType: 'application/json', text: HEALTH, ...fields });
}

describe('an answer is described', () => {
  it.each([
    ['a body', seen('/things/a')],
    [
      'a body in YAML',
      seen('/things/a', { contentType: 'application/yaml; charset=utf-8', text: 'status: ok\nversion: "1"\n' }),
    ],
    ['a list, whatever the slashes', seen('//things/', { text: `[${HEALTH}]` })],
    ['a number', seen('/things?count', { text: '3' })],
    ['a part of a body', seen('/things?fields=status', { text: '[{"status":"ok"}]' })],
    ['no body', seen('/things/a', { status: 204, contentType: '', text: '' })],
    ['a text', seen('/things/text', { contentType: 'text/plain; charset=utf-8', text: 'x' })],
    ['the head of a body', seen('/things/a', { method: 'HEAD', text: '' })],
    ['an error', seen('/things/a', { status: 404, text: '{"errors":[{"error-message":"no","error-info":{}}]}' })],
    [
      'a method that is not there',
      seen('/things', { method: 'PUT', status: 405, text: '{"errors":[{"error-message":"no","error-info":{}}]}' }),
    ],
  ])('%s', (_, looks) => {
    expect(looks).not.toThrow();
  });
});

describe('an answer is not described', () => {
  it.each([
    ['a status', seen('/things/a', { status: 201 }), 'it can be 200, 204'],
    ['a path', seen('/other'), 'there is no such operation'],
    ['a method', seen('/things', { method: 'POST' }), 'there is no such operation'],
    ['a media type', seen('/things/a', { contentType: 'text/html' }), '"text/html" is none of'],
    ['a body where there is none', seen('/things/a', { status: 204 }), 'it has a body'],
    ['a key that is missing', seen('/things/a', { text: '{"status":"ok"}' }), "must have required property 'version'"],
    ['a key too many', seen('/things/a', { text: '{"status":"ok","version":"1","x":1}' }), 'must NOT have additional'],
    ['a key too many in a part', seen('/things?fields=x', { text: '[{"x":1}]' }), 'must NOT have additional'],
    ['a list for a thing', seen('/things/a', { text: `[${HEALTH}]` }), 'must be object'],
    ['an error of another shape', seen('/things/a', { status: 404, text: '{"error":"no"}' }), "property 'errors'"],
  ])('with %s', (_, looks, reason) => {
    expect(looks).toThrow(reason);
  });
});
