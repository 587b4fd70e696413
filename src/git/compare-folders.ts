import type { TreeEntry } from './port.ts';
import type { TreeItem } from './tree.ts';

type Item = Pick<TreeItem, 'oid' | 'type'>;

/** A folder on the way. */
export interface Bounded {
  readonly depth: number;
  /** Its path, with a slash at its end. */
  readonly prefix: string;
}

export interface FolderReading {
  readonly list: (oid: string) => Promise<readonly TreeItem[]>;
  /** @throws where there is too much of it */
  readonly assertBounds: (entries: number, folder: Bounded) => void;
}

/**
 * The paths at which two folders differ, with what `now` has there; undefined for nothing. A folder that is undefined
 * is an empty one. Folders that are the same in both are not read.
 */
export async function compareFolders(
  before: string | undefined,
  now: string | undefined,
  { list, assertBounds }: FolderReading,
): Promise<ReadonlyMap<string, TreeEntry | undefined>> {
  const files = new Map<string, TreeEntry | undefined>();
  const open = [{ before, now, prefix: '', depth: 0 }];
  const itemsOf = async (oid: string | undefined) => (oid === undefined ? [] : await list(oid));
  let pairs = 0;
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    pairs += 1;
    const { prefix, depth } = pair;
    for (const [name, a, b] of differences(await itemsOf(pair.before), await itemsOf(pair.now))) {
      const path = prefix + name;
      const folders = { before: folderOid(a), now: folderOid(b) };
      if (folders.before !== folders.now) open.push({ ...folders, prefix: `${path}/`, depth: depth + 1 });
      if (isFile(b)) files.set(path, { oid: b.oid, type: b.type });
      else if (isFile(a)) files.set(path, undefined);
    }
    assertBounds(files.size + pairs + open.length, pair);
  }
  return files;
}

/** What is not the same in both, by name. */
function differences(before: readonly TreeItem[], now: readonly TreeItem[]) {
  const former = new Map(before.map((item) => [item.name, item]));
  const present = new Map(now.map((item) => [item.name, item]));
  return [...new Set([...former.keys(), ...present.keys()])].flatMap((name) => {
    const [a, b] = [former.get(name), present.get(name)];
    return a?.oid === b?.oid && a?.type === b?.type ? [] : [[name, a, b] as const];
  });
}

/** undefined for what is no folder. */
export function folderOid(item: Item | undefined): string | undefined {
  return item?.type === 'folder' ? item.oid : undefined;
}

function isFile(item: Item | undefined): item is TreeEntry {
  return item !== undefined && item.type !== 'folder';
}
