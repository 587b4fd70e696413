import { applicationDeploymentSchema, applicationSchema, siteSchema } from '../spec/schemas.ts';
import { composeSchemas, type NamedSchemas } from './compose-schemas.ts';
import { documentSchemas } from './document-schemas.ts';
import type { OpenApiDocument } from './openapi.ts';
import { plainItem, readsOne, type Route } from './route.ts';

/** Every schema a route can name. */
export function apiSchemas(): NamedSchemas {
  return composeSchemas(documentSchemas, [applicationSchema, applicationDeploymentSchema, siteSchema]);
}

/** @param describe asked once, by the first request: what it describes has this route in it, too */
export function openApiRoute(describe: () => OpenApiDocument): Route {
  let document: OpenApiDocument | undefined;
  return {
    path: '/openapi.json',
    audience: 'everybody',
    methods: readsOne({
      id: 'getOpenApi',
      summary: 'This description of the API',
      schema: 'OpenApi',
      answer: () => ({ kind: 'one', item: plainItem('openapi', (document ??= describe())) }),
    }),
  };
}
