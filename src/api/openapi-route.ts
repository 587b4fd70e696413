import { applicationDeploymentSchema, applicationSchema, siteSchema } from '../spec/schemas.ts';
import { composeSchemas, type NamedSchemas } from './compose-schemas.ts';
import { documentSchemas } from './document-schemas.ts';
import type { OpenApiDocument } from './openapi.ts';
import { plainItem, readsOne, type Route } from './route.ts';

/** Every schema a route can name. */
export function apiSchemas(): NamedSchemas {
  return composeSchemas(documentSchemas, [applicationSchema, applicationDeploymentSchema, siteSchema]);
}

/** @param document made when it is first asked for, since it describes this route, too */
export function openApiRoute(document: () => OpenApiDocument): Route {
  return {
    path: '/openapi.json',
    audience: 'everybody',
    methods: readsOne({
      id: 'getOpenApi',
      summary: 'This description of the API',
      schema: 'OpenApi',
      answer: () => ({ kind: 'one', item: plainItem('openapi', document()) }),
    }),
  };
}
