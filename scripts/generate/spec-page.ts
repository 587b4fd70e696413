import { type JsonSchema, resolveReference } from '../../src/spec/json-schema.ts';
import type { SystemVariable } from '../../src/spec/system-variables.ts';

/** A document a user writes, with its schema. */
export interface DescribedDocument {
  readonly title: string;
  /** Where such documents stand in the repository. */
  readonly folder: string;
  readonly schema: JsonSchema;
}

const HEAD = `# Specification

Every field of the documents in a repository, made from \`schemas/\` by \`npm run generate\`. Keys are kebab-case, an unknown
key is an error. **Bold** fields are required. *Needs* says what the host has to have for a field to do what it says.
*Not supported yet* means: accepted and checked, not carried out, and told as a warning on the application
(\`fairlead validate\`, \`warnings\` in the state API). Sizes, times and the other kinds of values are explained, with their
units, [at the end](#kinds-of-values).
`;

const VARIABLES = `Texts of \`env\`, \`cmd\`, \`entrypoint\` and the \`data\` of config maps may refer to the \`variables\` of their service and to
these: \`\${SYS_SITE}\`. \`$\${SYS_SITE}\` is that text itself; \`\${NAME:-default}\` and \`$NAME\` are left to the container. A name that
is not defined is an error.
`;

const HEADINGS = ['field', 'type', 'unit', 'default', 'example', 'meaning'];

/** docs/spec.md: a section for each document and each object in it, a table row for each field; values at the end. */
export function specPage(documents: readonly DescribedDocument[], systemVariables: readonly SystemVariable[]): string {
  const sections = documents.flatMap(({ title, folder, schema }) => [
    `\n## ${title}\n\n${sentence(schema)} Files: \`${folder}\`.\n\n${fieldTable(schema, schema)}`,
    ...Object.entries(schema.$defs ?? {})
      .filter(([, definition]) => isObject(definition))
      .map(([name, definition]) => objectSection(schema, name, definition)),
  ]);
  return [HEAD, ...sections, variableSection(systemVariables), scalarSection(documents)].join('');
}

function objectSection(root: JsonSchema, name: string, definition: JsonSchema): string {
  return `\n### ${name}\n\n${sentence(definition)}${choice(definition)}\n\n${fieldTable(root, definition)}`;
}

function fieldTable(root: JsonSchema, object: JsonSchema): string {
  const required = new Set(object.required);
  const rows = Object.entries(object.properties ?? {}).map(([key, field]) => {
    const target = resolveReference(root, field);
    const name = required.has(key) ? `**\`${key}\`**` : `\`${key}\``;
    const meaning = [sentence(field), needs(field), mark(field)].filter((part) => part !== '').join(' ');
    const unit = field['x-unit'] ?? target['x-unit'] ?? '';
    const value = code(field.default ?? target.default);
    return row([name, typeOf(root, field), unit, value, exampleOf(root, field), meaning]);
  });
  if (rows.length === 0) return 'It has no fields of its own.\n';
  return [row(HEADINGS), row(HEADINGS.map(() => '---')), ...rows].join('');
}

/** The first example of a field or of the kind of its values; objects have a section that shows theirs. */
function exampleOf(root: JsonSchema, field: JsonSchema): string {
  const target = resolveReference(root, field);
  const examples = field.examples ?? target.examples;
  if (examples !== undefined) return code(examples[0]);
  const [example] = target.items === undefined ? [] : (resolveReference(root, target.items).examples ?? []);
  return example === undefined ? '' : code([example]);
}

function needs({ 'x-needs': text }: JsonSchema): string {
  return text === undefined ? '' : `*Needs:* ${escapeTags(text)}.`;
}

function variableSection(variables: readonly SystemVariable[]): string {
  const rows = variables.map(({ name, meaning }) => row([`\`${name}\``, meaning]));
  const head = [row(['variable', 'value']), row(['---', '---'])];
  return `\n## Variables of the system\n\n${VARIABLES}\n${[...head, ...rows].join('')}`;
}

/** The values that are no objects: what they look like and what is wrong about others. */
function scalarSection(documents: readonly DescribedDocument[]): string {
  const scalars = new Map(
    documents.flatMap(({ schema }) => Object.entries(schema.$defs ?? {}).filter(([, one]) => !isObject(one))),
  );
  const rows = [...scalars]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => row([`\`${name}\``, sentence(schema), (schema.examples ?? []).map(code).join(' ')]));
  const head = [row(['kind', 'meaning', 'examples']), row(['---', '---', '---'])];
  return `\n## Kinds of values\n\n${[...head, ...rows].join('')}`;
}

function typeOf(root: JsonSchema, schema: JsonSchema): string {
  const name = schema.$ref?.replace('#/$defs/', '');
  if (name !== undefined) return isObject(resolveReference(root, schema)) ? `[${name}](#${name})` : name;
  if (schema.enum !== undefined) return schema.enum.map(code).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : typeOf(root, schema.items)}`;
  const { properties, additionalProperties } = schema;
  if (properties === undefined && typeof additionalProperties === 'object')
    return `map of ${typeOf(root, additionalProperties)}`;
  if (schema.type === 'object') return fieldList(root, properties ?? {});
  return `${schema.type ?? 'anything'}${range(schema)}`;
}

/** A small object that has no name of its own. */
function fieldList(root: JsonSchema, properties: Readonly<Record<string, JsonSchema>>): string {
  const fields = Object.entries(properties).map(([key, field]) => `\`${key}\` (${typeOf(root, field)})`);
  return fields.length === 0 ? 'empty object' : `object of ${fields.join(', ')}`;
}

function range({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  if (maximum === undefined) return minimum === undefined ? '' : ` from ${minimum}`;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}, to ${maximum}`;
  return minimum === undefined ? ` to ${maximum}` : ` ${minimum}–${maximum}`;
}

/** Keys of which one has to be there. */
function choice({ oneOf }: JsonSchema): string {
  if (oneOf === undefined) return '';
  return ` Exactly one of ${oneOf.map(({ required }) => required.map(code).join(' with ')).join(', ')}.`;
}

function mark(schema: JsonSchema): string {
  return schema['x-not-supported-yet'] === true ? '*Not supported yet.*' : '';
}

function isObject({ type }: JsonSchema): boolean {
  return type === 'object';
}

function sentence({ description = '' }: JsonSchema): string {
  return escapeTags(description);
}

/** Outside of code, `<name>` would be read as a tag. */
function escapeTags(text: string): string {
  const escape = (part: string, i: number) => (i % 2 === 0 ? part.replaceAll('<', '\\<') : part);
  return text.split('`').map(escape).join('`');
}

function code(value: unknown): string {
  if (value === undefined) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** A line of a table; a bar inside of a cell would end it. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}
