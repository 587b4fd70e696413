import type { ObjectStore } from './object-store.ts';
import { GitError, type GitPort } from './port.ts';
import { createTreeReader } from './tree-reader.ts';

export type Reader = Pick<GitPort, 'readTree' | 'readTreeEntry' | 'compareTrees' | 'readBlob'>;

/** Runs a read on whichever store is the current one. */
export type ReadOn = <T>(read: (store: ObjectStore) => Promise<T>) => Promise<T>;

/**
 * The reading half of the port.
 * @throws GitError 'not-found' for a commit or tree folder that is not there, 'corrupt' for broken or missing objects
 */
export function createReader(treePath: string, readOn: ReadOn): Reader {
  const trees = createTreeReader(treePath);
  return {
    readTree: (commit) => readOn((store) => trees.readFolder(store, commit)),
    readTreeEntry: (commit, path) => readOn((store) => trees.readEntry(store, commit, path)),
    compareTrees: (from, commit) => readOn((store) => trees.compare(store, from, commit)),
    readBlob: (oid, maxBytes) =>
      readOn(async (store) => {
        const object = await store.readObject(oid);
        if (object?.type !== 'blob') throw new GitError('corrupt', `blob ${oid} is ${object?.type ?? 'missing'}`);
        return object.bytes.byteLength > maxBytes ? 'too-large' : object.bytes;
      }),
  };
}
