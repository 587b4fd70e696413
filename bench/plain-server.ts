import Fastify from 'fastify';
import { authenticate } from '../src/api/access/auth.ts';
import type { TokenDirectory } from '../src/api/access/token-directory.ts';

/** What a plain route answers with: something constant, or something it serializes each time by the schema. */
export interface PlainRoute {
  readonly path: string;
  readonly answer: () => unknown;
  readonly schema?: object;
}

/**
 * A Fastify server that decides nothing, to compare the state API with: the same token lookup, the same headers, and no
 * log either. Returns its origin.
 */
export async function startPlainServer(routes: readonly PlainRoute[], tokens: TokenDirectory): Promise<string> {
  const app = Fastify({ logger: false, keepAliveTimeout: 30_000 });
  app.addHook('onRequest', async (request, reply) => {
    await authenticate(request.headers.authorization, tokens);
    reply.headers(HEADERS);
  });
  for (const { path, answer, schema } of routes) {
    app.get(path, schema === undefined ? {} : { schema: { response: { 200: schema } } }, answer);
  }
  await app.listen({ host: '127.0.0.1', port: 0 });
  const bound = app.server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('the plain server listens on no port');
  return `http://127.0.0.1:${bound.port}`;
}

/** Those of every answer of the state API (src/api/pipeline/respond.ts). */
const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-cache',
  vary: 'Accept, Authorization',
  'x-content-type-options': 'nosniff',
};
