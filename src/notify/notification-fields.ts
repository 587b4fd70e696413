import type { Node, YAMLMap } from 'yaml';
import { nodeAt, textOf, type Report } from '../api/access/entry-fields.ts';

/** Relative to what? The file and the daemon may be anywhere: a path says it in full. */
export function readPath(item: YAMLMap, key: string, report: Report): string | undefined {
  const path = textOf(nodeAt(item, key)) ?? '';
  if (/^\/[^\n]*$/.test(path)) return path;
  report(nodeAt(item, key) ?? item, `${key}: expected the path of a file, from / on`);
  return undefined;
}

export function checkKeys(item: YAMLMap, keys: readonly string[], report: Report): void {
  for (const { key } of item.items)
    if (!keys.includes(textOf(key) ?? ''))
      report(nodeOf(key) ?? item, `unknown key, expected one of ${keys.join(', ')}`);
}

function nodeOf(key: unknown): Node | undefined {
  return key !== null && typeof key === 'object' && 'range' in key ? (key as Node) : undefined;
}
