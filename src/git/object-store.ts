import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import git, { type PromiseFsClient } from 'isomorphic-git';
import { parseCommit } from './commit-object.ts';
import { isMissingObject, nameOf } from './git-error.ts';
import { GitError, type Commit } from './port.ts';
import { createSerialQueue } from './serial.ts';

/** What every call of isomorphic-git on one repository gets. */
export interface StoreArguments {
  readonly fs: typeof fs | PromiseFsClient;
  readonly gitdir: string;
  readonly cache: object;
}

export interface GitObject {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The objects of one git directory. Reads run one at a time: isomorphic-git inflates whole objects. */
export interface ObjectStore {
  readonly gitdir: string;
  /** For calls that are not below; the cache is the one current at the moment. */
  arguments(): StoreArguments;
  /** undefined when no such object is here. @throws GitError 'corrupt' */
  readObject(oid: string): Promise<GitObject | undefined>;
  /** undefined when no such commit is here. @throws GitError 'corrupt' */
  readCommit(oid: string): Promise<Commit | undefined>;
  /** Forgets what is held of packs, as after a `git gc`. */
  reset(): void;
}

/**
 * @param alternates further git directories to look in, see gitrepository-layout(5)
 * @param files another file system than that of now, see one-look.ts
 */
export function openObjectStore(
  gitdir: string,
  alternates: readonly string[] = [],
  files: StoreArguments['fs'] = fs,
): ObjectStore {
  const inTurn = createSerialQueue();
  const places = [gitdir, ...alternates];
  let cache = {};
  const reset = (): undefined => {
    cache = {};
  };
  const storeArguments = (place = gitdir): StoreArguments => ({ fs: files, gitdir: place, cache });

  async function findOnce<T>(read: (place: StoreArguments) => Promise<T>): Promise<T | undefined> {
    for (const place of places) {
      const found = await read(storeArguments(place)).catch((error: unknown) => {
        if (isMissingObject(error)) return undefined;
        throw error;
      });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A repack under our hands moves objects and makes cached packs vanish: a second look settles it. */
  async function find<T>(oid: string, read: (place: StoreArguments) => Promise<T>): Promise<T | undefined> {
    const found = await findOnce(read).catch(reset);
    if (found !== undefined) return found;
    try {
      return await findOnce(read);
    } catch (error) {
      throw new GitError('corrupt', `object ${oid} cannot be read (${nameOf(error)})`);
    }
  }

  const readObject = (oid: string) =>
    inTurn(() =>
      find(oid, async (place): Promise<GitObject> => {
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- readTree refuses names that git allows
        const { type, object } = await git.readObject({ ...place, oid, format: 'content' });
        return whole(oid, { type, bytes: object as Uint8Array });
      }),
    );

  return {
    gitdir,
    arguments: () => storeArguments(),
    reset,
    readObject,
    async readCommit(oid) {
      const object = await readObject(oid);
      if (object?.type !== 'commit') return undefined;
      const commit = parseCommit(oid, object.bytes);
      const shallow = await readShallow(gitdir);
      return shallow.has(oid) ? { ...commit, parents: [], shallow: commit.parents.length > 0 } : commit;
    },
  };
}

/**
 * A signature covers names, and an index of a pack may say anything: whoever writes into a repository on this machine could
 * put other bytes under a name that is signed.
 */
function whole(oid: string, object: GitObject): GitObject {
  const { type, bytes } = object;
  const name = createHash('sha1').update(`${type} ${bytes.byteLength}\0`).update(bytes).digest('hex');
  if (name !== oid) throw new GitError('corrupt', `object ${oid} is another one`);
  return object;
}

/** The commits whose parents were not fetched, gitrepository-layout(5). */
async function readShallow(gitdir: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(gitdir, 'shallow'), 'utf8').catch(() => '');
  return new Set(text.split('\n'));
}
