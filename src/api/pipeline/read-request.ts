import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { RequestHead } from './admit.ts';
import type { RequestBody } from '../protocol/route.ts';

// A request of the framework in the words of this API.

export function toHead({ method, url, params, query, headers, ip }: FastifyRequest): RequestHead {
  return {
    method,
    path: url.includes('?') ? url.replace(/\?.*/s, '') : url,
    params: stringsOf(params),
    query: url.includes('?') ? { ...stringsOf(query), ...listsOf(query) } : NO_QUERY,
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    address: ip,
  };
}

const NO_QUERY = {};

export function toBody({ body, headers }: FastifyRequest): RequestBody | undefined {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  const [contentType = ''] = (headers['content-type'] ?? '').split(';');
  return { contentType: contentType.trim().toLowerCase(), bytes: body };
}

/** The body of an operation that reads it by itself; nothing where there is none. */
export function toIncoming({ body }: FastifyRequest): AsyncIterable<Uint8Array> {
  // Who stops reading still has to answer, on the same connection.
  return body instanceof Readable ? body.iterator({ destroyOnReturn: false }) : NOTHING;
}

const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

function stringsOf(values: unknown): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [name, value] of entriesOf(values)) if (typeof value === 'string') strings[name] = value;
  return strings;
}

/** Parameters that were given several times. */
function listsOf(values: unknown): Record<string, string[]> {
  return Object.fromEntries(entriesOf(values).filter((entry): entry is [string, string[]] => Array.isArray(entry[1])));
}

function entriesOf(values: unknown): [string, unknown][] {
  return typeof values === 'object' && values !== null ? Object.entries(values) : [];
}
