// Writes what follows from schemas/ and from the tables of settings, metrics and routes: types, schemas as modules,
// docs/spec.md, docs/settings.md, docs/metrics.md, the paths in docs/api.md.
// `--check` only tells what is stale (exit 1).
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';
import * as prettier from 'prettier';
import { composeSchemas, type NamedSchemas } from '../src/api/openapi/compose-schemas.ts';
import { apiRoutes } from '../src/api/routes.ts';
import { configSchema } from '../src/settings.ts';
import { type JsonSchema, resolveReference } from '../src/spec/json-schema.ts';
import { SYSTEM_VARIABLES } from '../src/spec/system-variables.ts';
import { metricsPage } from './generate/metrics-page.ts';
import { ELSEWHERE } from '../test/api/elsewhere.ts';
import { pathTable } from './generate/api-paths.ts';
import { documentTypes } from './generate/document-types.ts';
import { settingsPage } from './generate/settings-page.ts';
import { specPage } from './generate/spec-page.ts';

const ROOT = new URL('../', import.meta.url);
const NAMES = ['application', 'application-deployment', 'site', 'tenant', 'policy'] as const;
const BANNER = '// Made from schemas/ by scripts/generate.ts. Change the schema and run `npm run generate`.\n\n';

/** The sections of docs/spec.md, in their order. */
const PAGES = {
  application: { title: 'Application', folder: 'tenants/<tenant>/applications/**/*.yaml' },
  'application-deployment': {
    title: 'Application deployment',
    folder: 'tenants/<tenant>/application-deployments/**/*.yaml',
  },
  site: { title: 'Site', folder: 'sites/*.yaml' },
  tenant: { title: 'Tenant', folder: 'tenants/<tenant>/tenant.yaml' },
  policy: { title: 'Policy', folder: 'policy.yaml` and `tenants/<tenant>/policy.yaml' },
} satisfies Record<(typeof NAMES)[number], object>;

interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

async function readSchema(name: string): Promise<JsonSchema> {
  return JSON.parse(await readFile(new URL(`schemas/${name}.schema.json`, ROOT), 'utf8')) as JsonSchema;
}

/**
 * The schema as a TypeScript type can say it: choices between keys, formats and bounds are left to the validator, and
 * a reference to a scalar becomes the scalar itself, with the description of the field.
 */
function forTypes(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const target = resolveReference(root, schema);
  if (schema.$ref !== undefined && target.type === 'object') return { $ref: schema.$ref };
  const { type, enum: values, items, properties, additionalProperties, required, title } = target;
  const description = schema.description ?? target.description;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(type === undefined ? {} : { type }),
    ...(values === undefined ? {} : { enum: values }),
    ...(items === undefined ? {} : { items: forTypes(root, items) }),
    ...(properties === undefined ? {} : { properties: mapValues(properties, (value) => forTypes(root, value)) }),
    ...(required === undefined ? {} : { required }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: forTypes(root, additionalProperties) }
      : { additionalProperties: additionalProperties ?? false }),
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

async function generateTypes(name: string): Promise<GeneratedFile> {
  const schema = await readSchema(name);
  const objects = Object.entries(schema.$defs ?? {}).filter(([, definition]) => definition.type === 'object');
  const simplified = {
    ...forTypes(schema, schema),
    $defs: Object.fromEntries(objects.map(([key, definition]) => [key, forTypes(schema, definition)])),
  };
  const text = await compile(simplified as object, name, {
    bannerComment: '',
    additionalProperties: false,
    format: false,
  });
  return { path: `src/model/${name}-spec.ts`, text: BANNER + text };
}

async function generateSchemaModule(): Promise<GeneratedFile> {
  const parts = await Promise.all(
    NAMES.map(async (name) => {
      const constant = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      return `export const ${constant}Schema: JsonSchema = ${JSON.stringify(await readSchema(name))};\n`;
    }),
  );
  const text = `${BANNER}import type { JsonSchema } from './json-schema.ts';\n\n${parts.join('\n')}`;
  return { path: 'src/spec/schemas.ts', text };
}

/** The documents of the API, every file of schemas/api/ into one set of names. */
async function readApiSchemas(): Promise<NamedSchemas> {
  const folder = new URL('schemas/api/', ROOT);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
  const entries = texts.flatMap((text) => Object.entries((JSON.parse(text) as JsonSchema).$defs ?? {}));
  const twice = entries.find(([name], i) => entries.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) throw new Error(`schemas/api/ has ${twice[0]} twice`);
  return Object.fromEntries(entries);
}

async function generateApiSchemaModule(): Promise<GeneratedFile> {
  const own = await readApiSchemas();
  const head = `${BANNER}import type { NamedSchemas } from './compose-schemas.ts';\n\n`;
  return {
    path: 'src/api/openapi/document-schemas.ts',
    text: `${head}export const documentSchemas: NamedSchemas = ${JSON.stringify(own)};\n`,
  };
}

async function generateDocumentTypes(): Promise<GeneratedFile> {
  const own = await readApiSchemas();
  const specs = await Promise.all(NAMES.map(async (name) => ({ name, schema: await readSchema(name) })));
  const elsewhere = specs.map(({ name, schema }) => ({
    path: `../model/${name}-spec.ts`,
    names: new Set([schema, ...Object.values(schema.$defs ?? {})].flatMap(({ title }) => title ?? [])),
  }));
  const schemas = composeSchemas(
    own,
    specs.map(({ schema }) => schema),
  );
  return { path: 'src/status/document-types.ts', text: BANNER + documentTypes(schemas, Object.keys(own), elsewhere) };
}

function generateConfigSchema(): GeneratedFile {
  return { path: 'schemas/config.schema.json', text: JSON.stringify(configSchema()) };
}

async function generateSpecPage(): Promise<GeneratedFile> {
  const documents = Object.entries(PAGES).map(async ([name, page]) => ({ ...page, schema: await readSchema(name) }));
  const text = specPage(await Promise.all(documents), SYSTEM_VARIABLES);
  return { path: 'docs/spec.md', text };
}

/** The table of paths inside docs/api.md; the rest of the page is written by hand. */
async function generateApiPage(): Promise<GeneratedFile> {
  const path = 'docs/api.md';
  const page = await readFile(new URL(path, ROOT), 'utf8');
  const [begin, end] = ['<!-- paths: made by `npm run generate` -->', '<!-- end of paths -->'];
  const table = pathTable(apiRoutes({ version: '', ...ELSEWHERE }));
  const text = page.replace(new RegExp(`${begin}[^]*${end}`), () => `${begin}\n\n${table}\n${end}`);
  return { path, text };
}

/** Tables of a page that is generated as a whole would be padded to the width of their longest cell. */
async function format({ path, text }: GeneratedFile): Promise<GeneratedFile> {
  if (path === 'docs/spec.md' || path === 'docs/settings.md') return { path, text };
  const filepath = fileURLToPath(new URL(path, ROOT));
  const options = await prettier.resolveConfig(filepath);
  return { path, text: await prettier.format(text, { ...options, filepath }) };
}

async function isStale({ path, text }: GeneratedFile): Promise<boolean> {
  const current = await readFile(new URL(path, ROOT), 'utf8').catch(() => '');
  return current !== text;
}

async function generate(checkOnly: boolean): Promise<number> {
  const files = [
    ...(await Promise.all(NAMES.map(generateTypes))),
    await generateSchemaModule(),
    await generateApiSchemaModule(),
    await generateDocumentTypes(),
    generateConfigSchema(),
    await generateSpecPage(),
    { path: 'docs/metrics.md', text: metricsPage() },
    { path: 'docs/settings.md', text: settingsPage() },
    await generateApiPage(),
  ];
  const stale: GeneratedFile[] = [];
  for (const file of await Promise.all(files.map(format))) if (await isStale(file)) stale.push(file);
  for (const file of stale) {
    if (!checkOnly) await writeFile(new URL(file.path, ROOT), file.text);
    console.log(checkOnly ? `${file.path} is stale: run npm run generate` : `${file.path} written`);
  }
  return checkOnly && stale.length > 0 ? 1 : 0;
}

process.exitCode = await generate(process.argv.includes('--check'));
