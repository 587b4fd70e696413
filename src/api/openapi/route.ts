import { applicationDeploymentSchema, applicationSchema, siteSchema } from '../../spec/schemas.ts';
import { composeSchemas, type NamedSchemas } from './compose-schemas.ts';
import { documentSchemas } from './document-schemas.ts';
import { chooseFormat, CONTENT_TYPE } from '../protocol/negotiate.ts';
import type { OpenApiDocument } from './openapi.ts';
import type { Route } from '../protocol/route.ts';

/** Every schema a route can name. */
export function apiSchemas(): NamedSchemas {
  return composeSchemas(documentSchemas, [applicationSchema, applicationDeploymentSchema, siteSchema]);
}

/**
 * Everybody may ask for it, so it is made once, and never in part. As YAML it is the same text: JSON is YAML, and to write
 * one this long in another style would hold up everything else for a second.
 * @param describe asked once, by the first request: what it describes has this route in it, too
 */
export function openApiRoute(describe: () => OpenApiDocument): Route {
  let text: string | undefined;
  return {
    path: '/openapi.json',
    audience: 'everybody',
    methods: {
      GET: {
        id: 'getOpenApi',
        summary: 'This description of the API',
        responses: { 200: { description: 'OK', schema: 'OpenApi' } },
        answer: ({ header }) => ({
          kind: 'text',
          contentType: CONTENT_TYPE[chooseFormat(header('accept'))],
          text: (text ??= JSON.stringify(describe())),
        }),
      },
    },
  };
}
