import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { quote } from './finding.ts';
import type { YamlDocument } from './yaml-documents.ts';

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;

/** One operation of a JSON Patch, its values as they stand in the text. */
export interface PatchOperation {
  /** From 1. */
  readonly number: number;
  readonly offset: number;
  readonly op: (typeof OPERATIONS)[number];
  readonly path: string;
  /** '' where it has none. */
  readonly from: string;
  /** undefined where it has none. */
  readonly value: Node | null | undefined;
}

/** A patch that cannot be carried out, and where in its text that shows. */
export class PatchError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'PatchError';
    this.offset = offset;
  }
}

export function refusal(
  { number, op, path, offset }: Omit<PatchOperation, 'from' | 'value'>,
  reason: string,
): PatchError {
  return new PatchError(`operation ${number} (${op} ${quote(path)}): ${reason}`, offset);
}

/** More than any change by hand; each may cost as much as the document is long. */
const MOST_OPERATIONS = 500;

/**
 * The operations of a JSON Patch, which may be written as YAML, too. Other keys mean nothing (RFC 6902, 4).
 * @throws PatchError
 */
export function readOperations(patch: YamlDocument): readonly PatchOperation[] {
  const { contents, offset } = patch;
  if (!isSeq(contents)) throw new PatchError('a JSON Patch has to be a list of operations', offset);
  if (contents.items.length > MOST_OPERATIONS)
    throw new PatchError(`the patch has more than ${MOST_OPERATIONS} operations; send fewer at once`, offset);
  return contents.items.map((item, index) => toOperation(patch, follow(patch, item), index + 1));
}

function toOperation(patch: YamlDocument, node: Node | null, number: number): PatchOperation {
  const offset = node?.range?.[0] ?? patch.offset;
  if (!isMap(node))
    throw new PatchError(`operation ${number}: it has to be a mapping with \`op\` and \`path\``, offset);
  const text = (key: string): string | undefined => {
    const value = follow(patch, fieldOf(node, key));
    return isScalar(value) && typeof value.value === 'string' ? value.value : undefined;
  };
  const op = OPERATIONS.find((known) => known === text('op'));
  const path = text('path');
  const from = text('from');
  if (op === undefined)
    throw new PatchError(`operation ${number}: \`op\` has to be one of ${OPERATIONS.join(', ')}`, offset);
  if (path === undefined) throw new PatchError(`operation ${number} (${op}): \`path\` is missing`, offset);
  const operation = { number, offset, op, path, from: from ?? '' };
  if (from === undefined && (op === 'move' || op === 'copy')) throw refusal(operation, '`from` is missing');
  return { ...operation, value: fieldOf(node, 'value') };
}

function fieldOf(map: YAMLMap, key: string): Node | null | undefined {
  const pair = map.items.find((candidate) => isScalar(candidate.key) && candidate.key.value === key);
  return pair === undefined ? undefined : toNode(pair.value);
}

function follow(patch: YamlDocument, node: unknown): Node | null {
  return isAlias(node) ? follow(patch, patch.aliases.get(node)) : toNode(node);
}

function toNode(value: unknown): Node | null {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null;
}
