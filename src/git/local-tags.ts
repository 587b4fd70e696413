import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectStore } from './object-store.ts';
import { peelToCommit } from './peel.ts';
import type { Tag } from './port.ts';
import { isOid } from './ref-name.ts';

const TAGS = 'refs/tags/';

/** Lists the annotated tags of a repository on this machine. What an object is does not change, and is looked at once. */
export function createTagList(): (store: ObjectStore) => Promise<readonly Tag[]> {
  let known = new Map<string, string | undefined>();
  return async (store) => {
    const refs = await readTagRefs(store.gitdir);
    const peeled = new Map<string, string | undefined>();
    for (const oid of refs.values()) peeled.set(oid, known.has(oid) ? known.get(oid) : await peel(store, oid));
    known = peeled;
    return [...refs].flatMap(([name, oid]) => {
      const commit = peeled.get(oid);
      return commit === undefined ? [] : [{ name, oid, commit }];
    });
  };
}

/** undefined for what is no tag object, or names no commit. */
async function peel(store: ObjectStore, oid: string): Promise<string | undefined> {
  const commit = await peelToCommit(store, oid);
  return commit === oid ? undefined : commit;
}

/** Name → object. A ref in a file of its own is newer than one of that name in packed-refs: gitrepository-layout(5). */
async function readTagRefs(gitdir: string): Promise<ReadonlyMap<string, string>> {
  const refs = new Map<string, string>();
  const packed = await readFile(path.join(gitdir, 'packed-refs'), 'utf8').catch(() => '');
  for (const [, oid = '', name = ''] of packed.matchAll(/^([0-9a-f]{40}) refs\/tags\/(.+)$/gm)) refs.set(name, oid);
  const folder = path.join(gitdir, TAGS);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    const text = entry.isFile() ? (await readFile(file, 'utf8').catch(() => '')).trim() : '';
    if (isOid(text)) refs.set(path.relative(folder, file), text);
  }
  return refs;
}
