import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';
import type { Finding } from './finding.ts';
import type { YamlDocument } from './yaml-documents.ts';

/** Where in the text a value or its key begins; the nearest value around it when it is not there. */
export function locate(document: YamlDocument, { path, target }: Pick<Finding, 'path' | 'target'>): number {
  let node = document.contents;
  let offset = document.offset;
  for (const [index, step] of path.entries()) {
    const pair = childOf(follow(document, node), step);
    if (pair === undefined) return offset;
    const isLast = index === path.length - 1;
    node = pair.value;
    const pointAtKey = isLast && target === 'key';
    offset = (pointAtKey ? undefined : offsetOf(node)) ?? offsetOf(pair.key) ?? offset;
  }
  return offset;
}

function follow(document: YamlDocument, node: Node | null): Node | null {
  return node !== null && isAlias(node) ? follow(document, document.aliases.get(node) ?? null) : node;
}

function childOf(node: Node | null, step: string | number): { key: Node | null; value: Node | null } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
    return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value as Node | null };
  }
  if (!isSeq(node) || typeof step !== 'number' || step >= node.items.length) return undefined;
  return { key: null, value: node.items[step] as Node | null };
}

function offsetOf(node: Node | null): number | undefined {
  return node?.range?.[0];
}
