import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { formatPath, quote, type Path, type SyntaxFinding } from './finding.ts';
import { type JsonSchema, resolveReference, schemaOfKey } from './json-schema.ts';
import { LIMITS } from './limits.ts';
import type { YamlDocument } from './yaml-documents.ts';

/** A document as plain JSON, and what no schema could say about its text. */
export interface Decoded {
  readonly value: unknown;
  readonly findings: readonly SyntaxFinding[];
}

interface Decoding {
  readonly document: YamlDocument;
  readonly root: JsonSchema;
  readonly findings: SyntaxFinding[];
  valuesLeft: number;
  /** Of texts: without aliases no document can hold more than its file does. */
  charactersLeft: number;
}

/** Tags that say what is so anyway. */
const HARMLESS_TAGS: ReadonlySet<string> = new Set(['str', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`));
const WHOLE_NUMBER = /^-?(0|[1-9][0-9]{0,15})$/;
const NUMBER = /^-?(0|[1-9][0-9]{0,15})?(\.[0-9]{0,20})?$/;
const NOTHING: ReadonlySet<string> = new Set(['', '~', 'null']);

/**
 * Decodes every scalar from its text by the type its schema gives it (contract 2). What does not
 * fit its type stays the text it is, for validation to complain about.
 */
export function decode(document: YamlDocument, schema: JsonSchema): Decoded {
  const decoding: Decoding = {
    document,
    root: schema,
    findings: [],
    valuesLeft: LIMITS.valuesPerDocument,
    charactersLeft: LIMITS.fileBytes,
  };
  const value = decodeNode(decoding, document.contents, schema, []);
  return { value, findings: decoding.findings };
}

function decodeNode(decoding: Decoding, node: Node | null, schema: JsonSchema | undefined, path: Path): unknown {
  if (node === null) return fromText('', schema);
  decoding.valuesLeft -= 1;
  if (isScalar(node)) decoding.charactersLeft -= textOf(node).length;
  const excess = excessOf(decoding, path);
  if (excess !== undefined) {
    complainOnce(decoding, node, path, `the document ${excess} once its aliases are followed`);
    return undefined;
  }
  if (isAlias(node)) {
    const target = decoding.document.aliases.get(node);
    if (target !== undefined) return decodeNode(decoding, target, schema, path);
    complain(decoding, node, path, explainAlias(node.source));
    return undefined;
  }
  if (node.tag !== undefined && !HARMLESS_TAGS.has(node.tag)) {
    complain(
      decoding,
      node,
      path,
      `the tag ${quote(node.tag.replace('tag:yaml.org,2002:', '!!'))} has no meaning here; leave it out`,
    );
  }
  const target = schema === undefined ? undefined : resolveReference(decoding.root, schema);
  if (isMap(node)) return decodeMap(decoding, node, target, path);
  if (isSeq(node)) return decodeSequence(decoding, node, target, path);
  return isScalar(node) ? decodeScalar(decoding, node, target, path) : undefined;
}

function decodeMap(decoding: Decoding, map: YAMLMap, schema: JsonSchema | undefined, path: Path): unknown {
  // An unquoted `match-site-labels: {}` means the expression, not a mapping.
  if (map.items.length === 0 && schema?.format === 'label-expression') return '{}';
  const seen = new Set<string>();
  const result: Record<string, unknown> = {};
  for (const pair of map.items) {
    const key = decodeKey(decoding, pair, path);
    if (key === undefined) continue;
    if (seen.has(key)) {
      complain(decoding, pair.key as Node, path, `the key ${quote(key)} stands here twice`);
      continue;
    }
    seen.add(key);
    decoding.charactersLeft -= key.length;
    const child = schema === undefined ? undefined : schemaOfKey(decoding.root, schema, key);
    const value = decodeNode(decoding, pair.value as Node | null, child, [...path, key]);
    // Not an assignment: `__proto__` has to be a key like any other.
    Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

/** The text of a key; undefined, with a complaint, for what cannot be one. */
function decodeKey(decoding: Decoding, pair: Pair, path: Path): string | undefined {
  const { key } = pair;
  if (!isScalar(key) || typeof key.value !== 'string') {
    complain(decoding, (key as Node | null) ?? decoding.document.contents, path, 'a key has to be a plain text');
    return undefined;
  }
  if (key.value === '<<' && key.type === 'PLAIN') {
    complain(decoding, key, path, 'merge keys (`<<`) are not supported; write the fields out');
    return undefined;
  }
  return key.value;
}

function decodeSequence(decoding: Decoding, node: YAMLSeq, schema: JsonSchema | undefined, path: Path): unknown[] {
  return node.items.map((item, index) => decodeNode(decoding, item as Node | null, schema?.items, [...path, index]));
}

function decodeScalar(decoding: Decoding, node: Scalar, schema: JsonSchema | undefined, path: Path): unknown {
  const text = textOf(node);
  if (text.includes('\0')) complain(decoding, node, path, 'a text cannot hold a NUL character');
  return node.type === 'PLAIN' ? fromText(text, schema) : text;
}

function textOf(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : '';
}

function fromText(text: string, schema: JsonSchema | undefined): unknown {
  const type = schema?.type;
  if (type === undefined || type === 'string') return text;
  if (NOTHING.has(text)) return null;
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (type === 'integer' && WHOLE_NUMBER.test(text)) return Number(text);
  if (type === 'number' && NUMBER.test(text) && /[0-9]/.test(text)) return Number(text);
  return text;
}

function explainAlias(name: string): string {
  if (name === '') return 'a bare `*` begins an alias; for the text itself write "*" in quotes';
  return `the alias \`*${name}\` has no anchor before it; for the text itself use quotes`;
}

function excessOf({ valuesLeft, charactersLeft }: Decoding, path: Path): string | undefined {
  if (valuesLeft < 0) return `holds more than ${LIMITS.valuesPerDocument} values`;
  if (charactersLeft < 0) return `holds more than ${LIMITS.fileBytes / 1024 / 1024} MiB of text`;
  return path.length > LIMITS.depth ? `is nested deeper than ${LIMITS.depth} levels` : undefined;
}

/** Once is enough: whatever follows is refused for the same reason. */
function complainOnce(decoding: Decoding, node: Node, path: Path, message: string): void {
  if (!decoding.findings.some((finding) => finding.message.endsWith(message))) complain(decoding, node, path, message);
}

function complain(decoding: Decoding, node: Node | null, path: Path, sentence: string): void {
  const place = path.length === 0 || path.length > LIMITS.depth ? '' : `${formatPath(path)}: `;
  decoding.findings.push({ offset: node?.range?.[0] ?? decoding.document.offset, message: place + sentence });
}
