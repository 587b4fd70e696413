import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';
import type { Finding } from './finding.ts';
import type { YamlDocument } from './yaml-documents.ts';

/** Where in the text a value or its key begins; the nearest value around it when it is not there. */
export function locate(
  document: YamlDocument,
  { path, target, reference }: Pick<Finding, 'path' | 'target' | 'reference'>,
): number {
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
  return reference === undefined ? offset : (locateReference(document, node, reference) ?? offset);
}

/** Where a text refers to a variable; undefined where its source says so in other signs, such as `\u0024`. */
function locateReference({ text }: YamlDocument, node: Node | null, name: string): number | undefined {
  if (!isScalar(node) || !node.range) return undefined;
  const [start, end] = node.range;
  const source = text.slice(start, end);
  const wanted = `\${${name}}`;
  let found = source.indexOf(wanted);
  while (found !== -1 && source[found - 1] === '$') found = source.indexOf(wanted, found + 1); // a literal
  return found === -1 ? undefined : start + found;
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
