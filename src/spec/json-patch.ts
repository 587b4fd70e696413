// Not the package's own entry: beside that lies its source in TypeScript, which tsx would take and not find the rest of.
import { applyOperation, type Operation } from 'fast-json-patch/commonjs/core.js';
import { decode } from './decode.ts';
import { quote, type SyntaxFinding } from './finding.ts';
import { canAddAt, findAt, parsePointer, schemaAt, type Pointer } from './json-pointer.ts';
import type { JsonSchema } from './json-schema.ts';
import { LIMITS } from './limits.ts';
import { PatchError, readOperations, refusal, type PatchOperation } from './patch-operations.ts';
import type { YamlDocument } from './yaml-documents.ts';

export type Patched = { readonly value: unknown } | { readonly finding: SyntaxFinding };

/** What one patch may put somewhere, in characters of JSON: copies of copies would grow without end. */
const MOST_PUT = LIMITS.fileBytes;

/** A patch under way. */
interface Patching {
  readonly patch: YamlDocument;
  /** Of what is patched: it says how a value in the patch is read. */
  readonly schema: JsonSchema;
  left: number;
}

/**
 * Carries out a JSON Patch (RFC 6902) on a copy of a document, all of it or nothing. The library does the changing; that
 * each operation leads to something of the document's own, and how much it makes, is checked before.
 *
 * @param patch a document without errors
 */
export function applyJsonPatch(patch: YamlDocument, whole: unknown, schema: JsonSchema): Patched {
  const patching: Patching = { patch, schema, left: MOST_PUT };
  let document = structuredClone(whole);
  try {
    for (const operation of readOperations(patch)) document = apply(document, operation, patching);
    return { value: document };
  } catch (error) {
    if (error instanceof PatchError) return { finding: { offset: error.offset, message: error.message } };
    throw error;
  }
}

function apply(document: unknown, operation: PatchOperation, patching: Patching): unknown {
  const path = pointerOf(operation, 'path');
  switch (operation.op) {
    case 'add':
      return add(document, path, { operation, patching, value: valueOf(operation, path, patching) });
    case 'remove':
      demand(document, path, operation);
      return change(document, { op: 'remove', path: operation.path });
    case 'replace': {
      demand(document, path, operation);
      const value = valueOf(operation, path, patching);
      charge(patching, operation, value, path.length);
      return change(document, { op: 'replace', path: operation.path, value });
    }
    case 'move': {
      const from = pointerOf(operation, 'from');
      const value = demand(document, from, operation);
      if (operation.path === operation.from) return document;
      if (from.length < path.length && from.every((step, index) => step === path[index]))
        throw refusal(operation, 'nothing can be moved into itself');
      const left = change(document, { op: 'remove', path: operation.from });
      return add(left, path, { operation, patching, value });
    }
    case 'copy': {
      const value = demand(document, pointerOf(operation, 'from'), operation);
      return add(document, path, { operation, patching, value });
    }
    case 'test':
      if (isEqual(demand(document, path, operation), valueOf(operation, path, patching))) return document;
      throw refusal(operation, 'the value there is another');
    default:
      return operation.op satisfies never;
  }
}

interface Addition {
  readonly operation: PatchOperation;
  readonly patching: Patching;
  readonly value: unknown;
}

function add(document: unknown, path: Pointer, { operation, patching, value }: Addition): unknown {
  charge(patching, operation, value, path.length);
  if (!canAddAt(document, path)) throw refusal(operation, 'nothing can be put there');
  return change(document, { op: 'add', path: operation.path, value: structuredClone(value) });
}

function change(document: unknown, operation: Operation): unknown {
  return applyOperation(document, operation).newDocument;
}

function isEqual(a: unknown, b: unknown): boolean {
  try {
    change({ a }, { op: 'test', path: '/a', value: b });
    return true;
  } catch {
    return false;
  }
}

function pointerOf(operation: PatchOperation, which: 'path' | 'from'): Pointer {
  const text = operation[which];
  const pointer = parsePointer(text);
  if (pointer === undefined)
    throw refusal(operation, `${quote(text)} is not a JSON pointer (example: /services/0/name)`);
  // The library refuses these in words that quote the whole document.
  const isBanned = pointer.some(
    (step, index) => step === '__proto__' || (step === 'prototype' && pointer[index - 1] === 'constructor'),
  );
  if (isBanned) throw refusal(operation, 'nothing can be changed there');
  return pointer;
}

/** What is there. */
function demand(document: unknown, pointer: Pointer, operation: PatchOperation): unknown {
  const found = findAt(document, pointer);
  if (found !== undefined) return found.value;
  const text = pointer.map((step) => `/${step}`).join('');
  throw refusal(operation, `there is nothing at ${quote(text)}`);
}

/** The value of an operation, read as what its schema says is there. */
function valueOf(operation: PatchOperation, path: Pointer, { patch, schema }: Patching): unknown {
  if (operation.value === undefined) throw refusal(operation, '`value` is missing');
  const { $defs = {} } = schema;
  return decode({ ...patch, contents: operation.value }, { ...schemaAt(schema, path), $defs }).value;
}

function charge(patching: Patching, operation: PatchOperation, value: unknown, depth: number): void {
  patching.left -= weightOf(value, depth, operation);
  if (patching.left >= 0) return;
  const limit = `${MOST_PUT / 1024 / 1024} MiB`;
  throw refusal(operation, `the patch adds, moves and copies more than ${limit} in all; send less at once`);
}

/** About the characters of its JSON. */
function weightOf(value: unknown, depth: number, operation: PatchOperation): number {
  if (depth > LIMITS.depth) throw refusal(operation, `this is nested deeper than ${LIMITS.depth} levels`);
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.entries(value).reduce(
    (weight, [key, part]) => weight + key.length + 4 + weightOf(part, depth + 1, operation),
    2,
  );
}
