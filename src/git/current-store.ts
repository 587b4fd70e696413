import { isCorrupt } from './git-error.ts';
import type { ObjectStore } from './object-store.ts';
import { GitError, type Commit } from './port.ts';
import { findStore, readHead, removeStore, type RemoteStoreOptions } from './remote-store.ts';
import type { SerialQueue } from './serial.ts';

/** A store, and the commit of the branch that was fetched last. */
export interface Fetched {
  readonly store: ObjectStore;
  readonly head: Commit;
}

/** The store a remote repository is read from: found at the first need, swapped for a fresh clone now and then. */
export class CurrentStore {
  /** Something in the store makes no sense: the next fetch clones it anew. */
  suspect = false;
  readonly #options: RemoteStoreOptions;
  /** INVARIANT: the store changes only inside this queue. Reads go on beside it. */
  readonly #inTurn: SerialQueue;
  #fetched: Fetched | undefined;
  /** The head at the last repair: what is broken in a fresh clone of it is broken at the server. */
  #repairedAt: string | undefined;

  constructor(options: RemoteStoreOptions, inTurn: SerialQueue) {
    this.#options = options;
    this.#inTurn = inTurn;
  }

  get head(): Commit | undefined {
    return this.#fetched?.head;
  }

  /** What an earlier run left, when it can be read. */
  async open(): Promise<Fetched | undefined> {
    if (this.#fetched !== undefined) return this.#fetched;
    const store = await findStore(this.#options);
    if (store === undefined) return undefined;
    const head = await readHead(store).catch(() => undefined);
    if (head === undefined) await removeStore(store);
    else this.#fetched = { store, head };
    return this.#fetched;
  }

  /** @throws GitError 'unreachable' before the first fetch */
  async require(): Promise<Fetched> {
    const fetched = await this.open();
    if (fetched === undefined) throw new GitError('unreachable', 'nothing was fetched yet from the repository');
    return fetched;
  }

  /** The same store with a newer head. */
  advance(fetched: Fetched): void {
    this.#fetched = fetched;
  }

  /** A store made because this one makes no sense. */
  async repair(fetched: Fetched): Promise<void> {
    this.#repairedAt = fetched.head.oid;
    await this.swap(fetched);
  }

  async swap(fetched: Fetched): Promise<void> {
    const former = this.#fetched;
    this.#fetched = fetched;
    this.suspect = false;
    // Where the folder had vanished, the new store bears the old one's name.
    if (former !== undefined && former.store.gitdir !== fetched.store.gitdir) await removeStore(former.store);
  }

  /** A store swapped away under a read is no error; a broken one is replaced by the next fetch, once for each head. */
  async read<T>(read: (store: ObjectStore) => Promise<T>): Promise<T> {
    const used = this.#fetched ?? (await this.#inTurn(() => this.require()));
    try {
      return await read(used.store);
    } catch (error) {
      const now = this.#fetched;
      if (now !== undefined && now.store !== used.store) return await read(now.store);
      if (isCorrupt(error)) this.suspect = used.head.oid !== this.#repairedAt;
      throw error;
    }
  }
}
