import type { JsonSchema } from '../../spec/json-schema.ts';

// The parameters of the API, in the words of `/openapi.json`.

/** A parameter of OpenAPI 3.1, as far as it is used here. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly required?: true;
  readonly allowEmptyValue?: true;
  readonly schema: JsonSchema;
}

type Described = Pick<Parameter, 'description' | 'schema'>;

/** Enough for `<tenant>.<application>.<service>-<N>`. */
const LONG_NAME = { type: 'string', maxLength: 512 } as const satisfies JsonSchema;
const NAME = {
  type: 'string',
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
  maxLength: 63,
} as const satisfies JsonSchema;
const FLAG = { type: 'boolean', default: false } as const satisfies JsonSchema;
const VERSION = { type: 'string', examples: ['2.4.2'] } as const satisfies JsonSchema;

const PATH_PARAMETERS: Readonly<Record<string, Described>> = {
  tenant: { description: 'The tenant.', schema: { ...NAME, examples: ['acme'] } },
  application: { description: 'The application.', schema: { ...NAME, examples: ['shop'] } },
  deployment: { description: 'The application deployment.', schema: { ...NAME, examples: ['shop-everywhere'] } },
  instance: {
    description: 'The service instance: `<service>-<N>`, or its long name `<tenant>.<application>.<service>-<N>`.',
    schema: { ...LONG_NAME, examples: ['web-1'] },
  },
  container: { description: 'The container or init container.', schema: { ...LONG_NAME, examples: ['nginx'] } },
  host: { description: 'The `cluster-hostname` of the host.', schema: { ...LONG_NAME, examples: ['host-001'] } },
  run: { description: 'The id of the run.', schema: { ...LONG_NAME, examples: ['20260314t092653589z-5f3a9c01'] } },
  site: { description: 'The site.', schema: { ...NAME, examples: ['gamla-stan'] } },
};

/** What `query` of an operation may name; another name is a text that nothing more is said of. */
const QUERY_PARAMETERS: Readonly<Record<string, Described>> = {
  fields: {
    description:
      'Only these keys: `/` steps into a key, `[ , ]` groups. The answer then lacks all others, required ones too; a name that is not there chooses nothing.',
    schema: { type: 'string', examples: ['name,service-instances/[name,host]'] },
  },
  keys: { description: 'Only the names of what is listed. Beats `count` and `fields`.', schema: FLAG },
  count: { description: 'Only how many are listed. Beats `fields`.', schema: FLAG },
  content: {
    description:
      'One half of a state document, which then lacks the keys of the other: what was configured, or what is seen of it. The name is in both.',
    schema: { type: 'string', enum: ['config', 'nonconfig'] },
  },
  site: {
    description: 'The site that is asked; it may be left out while one is served. Another one is 404.',
    schema: { ...NAME, examples: ['gamla-stan'] },
  },
  validate: {
    description: 'Only check: nothing is changed. What would change something is not allowed without it.',
    schema: FLAG,
  },
  'version-list': {
    description: 'The versions that are known, newest first, in place of the application.',
    schema: FLAG,
  },
  version: { description: 'This version of the application; one that is not listed is 404.', schema: VERSION },
  'revision-list': { description: 'The same as `version-list`.', schema: FLAG },
  revision: {
    description: 'The same as `version`; without a value, or with `true`, the same as `version-list`.',
    schema: VERSION,
  },
  application: { description: 'Only of this application.', schema: { ...NAME, examples: ['shop'] } },
  'service-instance': {
    description: 'Only of this service instance, by its short name or its long one.',
    schema: { ...LONG_NAME, examples: ['web-1'] },
  },
  type: {
    description: 'Only of these types, with commas between them.',
    schema: { type: 'string', examples: ['step-failed,upgrade-aborted'] },
  },
  since: {
    description:
      'Only what came after this event, by its id, or since this time; of a log also a time back from now: `10m`.',
    schema: { type: 'string', examples: ['2026-03-14T09:26:53Z'] },
  },
  until: {
    description: 'Only what came before this time, or before a time back from now: `10m`.',
    schema: { type: 'string', examples: ['2026-03-14T09:26:53Z'] },
  },
  tail: { description: 'The newest so many lines, or `all`.', schema: { type: 'string', examples: ['100'] } },
  follow: { description: 'Go on with what comes, until the container ends.', schema: FLAG },
  timestamps: { description: 'Begin each line with its time.', schema: FLAG },
  cmd: {
    description: 'The command, run as that of `exec`.',
    schema: { type: 'string', pattern: '\\S', examples: ['/bin/sh'] },
  },
  tty: { description: 'Whether the command gets a terminal.', schema: { type: 'boolean', default: true } },
  protocol: { description: 'What to connect by.', schema: { type: 'string', enum: ['tcp', 'udp'] } },
  port: {
    description: 'The port to connect to.',
    schema: { type: 'integer', minimum: 1, maximum: 65_535, examples: [8080] },
  },
  'ip-address': {
    description: 'The address to connect to, as the instance sees it; never a name.',
    schema: { type: 'string', default: '127.0.0.1' },
  },
  action: {
    description: 'Only these actions, with commas between them.',
    schema: { type: 'string', examples: ['exec,exec-interactive'] },
  },
  limit: { description: 'The newest so many.', schema: { type: 'integer', minimum: 1, examples: [100] } },
  ref: {
    description: 'A branch or commit: what would be done if it were merged. Not supported yet: 400.',
    schema: { type: 'string', examples: ['add-search'] },
  },
};

/** Of what has an entity tag. */
export const CONDITIONS: readonly Parameter[] = [
  {
    name: 'If-Match',
    in: 'header',
    description: 'Entity tags: with none of them in force the answer is 412.',
    schema: { type: 'string', examples: ['"bXkgdGFnLCBubyBzZWNyZXQ"'] },
  },
  {
    name: 'If-None-Match',
    in: 'header',
    description: 'Entity tags: with one of them in force the answer is 304, without a body.',
    schema: { type: 'string', examples: ['"bXkgdGFnLCBubyBzZWNyZXQ"'] },
  },
];

/** `{application}` of a path. */
export function pathParameter(name: string): Parameter {
  const described = PATH_PARAMETERS[name] ?? { description: `The ${name}.`, schema: LONG_NAME };
  return { name, in: 'path', required: true, ...described };
}

/** @param required whether the operation is not there without it */
export function queryParameter(name: string, required: boolean): Parameter {
  const described = QUERY_PARAMETERS[name] ?? { description: `The ${name}.`, schema: { type: 'string' } };
  const isFlag = described.schema.default === false;
  return {
    name,
    in: 'query',
    ...described,
    ...(required ? { required } : {}),
    ...(isFlag ? { allowEmptyValue: true } : {}),
  };
}
