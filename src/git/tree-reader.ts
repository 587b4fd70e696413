import { compareFolders, folderOid, type Bounded } from './compare-folders.ts';
import { createLru } from './lru.ts';
import type { ObjectStore } from './object-store.ts';
import { GitError, type TreeEntry } from './port.ts';
import { parseTree, type TreeItem } from './tree.ts';

/** More than this in one tree is no repository of documents but a trap: a few folders that hold each other a million times. */
const MAX_ENTRIES = 100_000;
const MAX_DEPTH = 100;
/** Every file carries the path of its folder. */
const MAX_PREFIX = 1_000;
/** Entries of folders kept between commits, so that a commit costs the folders it changed. */
const MAX_CACHED_ENTRIES = 200_000;
/** Commits of which the tree is kept: a file at a time is read of some, and neighbours are compared. */
const MAX_CACHED_ROOTS = 1_000;

/** Lists trees by their oid; folders seen before are not read again. */
export interface TreeReader {
  /** @throws GitError 'not-found' when the folder is not in that tree, 'corrupt' for objects that are missing or broken */
  readFolder(store: ObjectStore, commit: string): Promise<ReadonlyMap<string, TreeEntry>>;
  readEntry(store: ObjectStore, commit: string, path: string): Promise<TreeEntry | undefined>;
  /** See GitPort.compareTrees. */
  compare(store: ObjectStore, from: string, commit: string): Promise<ReadonlyMap<string, TreeEntry | undefined>>;
}

/** `folder`: where in the repository the paths begin, '.' for its root. */
export function createTreeReader(folder: string, maxCached = MAX_CACHED_ENTRIES): TreeReader {
  const start = toSegments(folder);
  const known = createLru<readonly TreeItem[]>(maxCached, (items) => items.length + 1);
  const roots = createLru<string>(MAX_CACHED_ROOTS, () => 1);

  async function list(store: ObjectStore, oid: string): Promise<readonly TreeItem[]> {
    const cached = known.get(oid);
    if (cached !== undefined) return cached;
    const object = await store.readObject(oid);
    if (object?.type !== 'tree') throw new GitError('corrupt', `tree ${oid} is ${object?.type ?? 'missing'}`);
    const items = parseTree(object.bytes);
    known.set(oid, items);
    return items;
  }

  async function rootOf(store: ObjectStore, commit: string): Promise<string> {
    const root = roots.get(commit) ?? (await readRoot(store, commit));
    roots.set(commit, root);
    return root;
  }

  /** Follows folders only: a symbolic link is never a way in. */
  async function find(
    store: ObjectStore,
    commit: string,
    segments: readonly string[],
  ): Promise<Omit<TreeItem, 'name'> | undefined> {
    let item: Omit<TreeItem, 'name'> | undefined = { oid: await rootOf(store, commit), type: 'folder' };
    for (const segment of segments) {
      if (item?.type !== 'folder') return undefined;
      const items: readonly TreeItem[] = await list(store, item.oid);
      item = items.find((each) => each.name === segment);
    }
    return item;
  }

  async function collect(store: ObjectStore, root: string): Promise<ReadonlyMap<string, TreeEntry>> {
    const files = new Map<string, TreeEntry>();
    const open = [{ oid: root, prefix: '', depth: 0 }];
    // Those that were read count as well: a few that hold each other and no file are a million, too.
    let folders = 0;
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      folders += 1;
      for (const { name, oid, type } of await list(store, folder.oid)) {
        const path = folder.prefix + name;
        if (type === 'folder') open.push({ oid, prefix: `${path}/`, depth: folder.depth + 1 });
        else files.set(path, { oid, type });
      }
      assertBounds(files.size + folders + open.length, folder);
    }
    return files;
  }

  return {
    async readFolder(store, commit) {
      const top = await find(store, commit, start);
      if (top?.type !== 'folder') throw new GitError('not-found', `there is no folder ${folder} in commit ${commit}`);
      return await collect(store, top.oid);
    },
    async readEntry(store, commit, path) {
      const item = await find(store, commit, [...start, ...path.split('/')]);
      return item === undefined || item.type === 'folder' ? undefined : { oid: item.oid, type: item.type };
    },
    async compare(store, from, commit) {
      const [before, now] = [await find(store, from, start), await find(store, commit, start)];
      const reading = { list: (oid: string) => list(store, oid), assertBounds };
      return await compareFolders(folderOid(before), folderOid(now), reading);
    },
  };
}

/** The tree of a commit; its first header line says which. */
async function readRoot(store: ObjectStore, commit: string): Promise<string> {
  const object = await store.readObject(commit);
  if (object?.type !== 'commit') throw new GitError('not-found', `commit ${commit} is ${object?.type ?? 'not here'}`);
  const [, oid] = /^tree ([0-9a-f]{40})\n/.exec(Buffer.from(object.bytes).toString('latin1')) ?? [];
  if (oid === undefined) throw new GitError('corrupt', `commit ${commit} names no tree`);
  return oid;
}

/** Ahead of what it leads to: a path is made of its folder's and a name, which is short by itself (tree.ts). */
function assertBounds(entries: number, { depth, prefix }: Bounded): void {
  if (entries > MAX_ENTRIES) throw new GitError('corrupt', `the tree holds more than ${MAX_ENTRIES} files and folders`);
  if (depth > MAX_DEPTH) throw new GitError('corrupt', `the tree is more than ${MAX_DEPTH} folders deep`);
  if (prefix.length > MAX_PREFIX)
    throw new GitError('corrupt', `the tree holds a folder whose path is longer than ${MAX_PREFIX} characters`);
}

function toSegments(folder: string): readonly string[] {
  return folder.split('/').filter((segment) => segment !== '' && segment !== '.');
}
