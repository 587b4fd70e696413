import git from 'isomorphic-git';
import { isAncestor } from './ancestry.ts';
import { toBasicAuthorization, type CredentialSource } from './credentials.ts';
import type { ObjectStore } from './object-store.ts';
import { isCorrupt } from './git-error.ts';
import { GitError, type Commit, type GitPort, type Head, type Watcher } from './port.ts';
import { createReader, type Reader } from './reader.ts';
import {
  cloneStore,
  countPacks,
  fetchBranch,
  fetchCommit,
  findStore,
  readHead,
  removeStore,
  type FetchArguments,
  type RemoteStoreOptions,
} from './remote-store.ts';
import { createSerialQueue, settles } from './serial.ts';
import { converse, toPlainUrl } from './transport.ts';

/** All in ms. */
export interface GitTimeouts {
  /** For asking where the branch is. */
  readonly pollMs: number;
  /** For a fetch or clone as a whole. */
  readonly transferMs: number;
  /** Without a single byte, in either. */
  readonly idleMs: number;
}

export interface RemoteRepositoryOptions extends RemoteStoreOptions {
  readonly treePath: string;
  readonly credentials: CredentialSource;
  readonly timeouts?: Partial<GitTimeouts>;
  /** Each fetch adds a pack and each pack slows every read: with more than this many the store is cloned anew. */
  readonly maxPacks?: number;
  /** Never told a credential. */
  readonly log?: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

const TIMEOUTS: GitTimeouts = { pollMs: 30_000, transferMs: 600_000, idleMs: 30_000 };
const MAX_PACKS = 200;
/** How long a conversation that was cut off may take to clean up; afterwards its store is not trusted. */
const SETTLE_MS = 2_000;

interface Fetched {
  readonly store: ObjectStore;
  readonly head: Commit;
}

/**
 * A repository behind http or https. `directory` is a cache: a store that makes no sense is thrown away and cloned
 * anew. `readCommit` asks the server for a commit that is not here; it throws GitError when the server cannot be asked.
 */
export function openRemoteRepository(options: RemoteRepositoryOptions): GitPort {
  return new RemoteRepository(options);
}

class RemoteRepository implements GitPort {
  readonly readTree: Reader['readTree'];
  readonly readTreeEntry: Reader['readTreeEntry'];
  readonly compareTrees: Reader['compareTrees'];
  readonly readBlob: Reader['readBlob'];
  readonly #options: RemoteRepositoryOptions;
  readonly #timeouts: GitTimeouts;
  /** INVARIANT: the store changes only inside this queue. Reads go on beside it. */
  readonly #inTurn = createSerialQueue();
  #fetched: Fetched | undefined;
  #suspect = false;
  /** Ends the conversation about earlier commits that is under way. */
  #fetchingPast: AbortController | undefined;
  /** The head at the last repair: what is broken in a fresh clone of it is broken at the server. */
  #repairedAt: string | undefined;

  constructor(options: RemoteRepositoryOptions) {
    this.#options = { ...options, url: toPlainUrl(options.url) };
    this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
    const reader = createReader(options.treePath, (read) => this.#read(read));
    this.readTree = reader.readTree;
    this.readTreeEntry = reader.readTreeEntry;
    this.compareTrees = reader.compareTrees;
    this.readBlob = reader.readBlob;
  }

  /** News does not wait for history: what is being fetched of the past gives way. */
  async fetch(signal: AbortSignal): Promise<Head> {
    const tip = await this.#poll(signal);
    if (this.#fetched?.head.oid === tip && !this.#suspect) return { revision: tip, forced: false };
    this.#fetchingPast?.abort(new GitError('unreachable', 'a newer commit came first'));
    return await this.#inTurn(() => this.#advance(tip, signal));
  }

  /** Nothing tells of changes: remote repositories are polled. */
  watch(): Promise<Watcher> {
    return Promise.resolve({ close: () => Promise.resolve() });
  }

  async readCommit(oid: string, signal: AbortSignal): Promise<Commit | undefined> {
    if (!/^[0-9a-f]{40}$/.test(oid)) return undefined;
    const here = await this.#read((store) => store.readCommit(oid));
    return here ?? (await this.#inTurn(() => this.#fetchMissing(oid, signal)));
  }

  deepen(depth: number, signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const { store, head } = await this.#require();
      await this.#fetchCommit(store, head.oid, { depth, signal });
    });
  }

  async #advance(tip: string, signal: AbortSignal): Promise<Head> {
    const former = await this.#open();
    if (former === undefined || this.#suspect) return await this.#cloneAnew(signal);
    if (former.head.oid === tip) return { revision: tip, forced: false };
    try {
      return await this.#fetchNews(former, signal);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      this.#log('store of the repository is broken, cloning anew', { reason: error.message });
      return await this.#cloneAnew(signal);
    }
  }

  /** One listing of one ref; the server filters by prefix, so `main2` may be in it. */
  async #poll(signal: AbortSignal): Promise<string> {
    const { url, branch } = this.#options;
    const ref = `refs/heads/${branch}`;
    const refs = await this.#talk(signal, this.#timeouts.pollMs, ({ http, headers }) =>
      git.listServerRefs({ http, headers: { ...headers }, url, prefix: ref, protocolVersion: 2 }),
    );
    const oid = refs.find((each) => each.ref === ref)?.oid;
    if (oid === undefined) throw new GitError('branch-missing', `there is no branch ${branch} at ${url}`);
    if (!/^[0-9a-f]{40}$/.test(oid)) throw new GitError('corrupt', `${url} names no SHA-1 commit for branch ${branch}`);
    return oid;
  }

  async #fetchNews(former: Fetched, signal: AbortSignal): Promise<Head> {
    const { branch, maxPacks = MAX_PACKS } = this.#options;
    const { store } = former;
    const revision = await this.#transfer(signal, (line) => fetchBranch(store, branch, line));
    const forced = (await isAncestor(store, former.head, revision)) === false;
    this.#fetched = { store, head: await readHead(store) };
    if ((await countPacks(store)) > maxPacks) await this.#compact(signal);
    return { revision, forced };
  }

  async #cloneAnew(signal: AbortSignal): Promise<Head> {
    const fetched = await this.#clone(signal);
    this.#repairedAt = fetched.head.oid;
    await this.#swap(fetched);
    return { revision: fetched.head.oid, forced: false };
  }

  /** A fresh clone in place of hundreds of packs. When it fails or the branch has moved on, some later fetch does it. */
  async #compact(signal: AbortSignal): Promise<void> {
    try {
      const fresh = await this.#clone(signal);
      if (fresh.head.oid === this.#fetched?.head.oid) await this.#swap(fresh);
      else await removeStore(fresh.store);
    } catch (error) {
      this.#log('store of the repository could not be made anew', { reason: String(error) });
    }
  }

  async #clone(signal: AbortSignal): Promise<Fetched> {
    const store = await this.#transfer(signal, (line) => cloneStore(this.#options, line));
    return { store, head: await readHead(store) };
  }

  async #swap(fetched: Fetched): Promise<void> {
    const former = this.#fetched;
    this.#fetched = fetched;
    this.#suspect = false;
    // Where the folder had vanished, the new store bears the old one's name.
    if (former !== undefined && former.store.gitdir !== fetched.store.gitdir) await removeStore(former.store);
  }

  async #fetchMissing(oid: string, signal: AbortSignal): Promise<Commit | undefined> {
    const { store } = await this.#require();
    await this.#fetchCommit(store, oid, { depth: 1, signal });
    return await store.readCommit(oid);
  }

  /** A server that refuses says so in many ways: then the commit stays away. */
  async #fetchCommit(
    store: ObjectStore,
    oid: string,
    { depth, signal }: { readonly depth: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const past = (this.#fetchingPast = new AbortController());
    let talking = Promise.resolve();
    try {
      const either = AbortSignal.any([signal, past.signal]);
      await this.#transfer(either, (line) => (talking = fetchCommit(store, oid, { ...line, depth })));
    } catch (error) {
      // Cut off, it still puts the store right, and the next one in the queue must find it so.
      if (!(await settles(talking, SETTLE_MS))) this.#suspect = true;
      if (!isCorrupt(error)) throw error;
    } finally {
      this.#fetchingPast = undefined;
    }
  }

  /** What an earlier run left, when it can be read. */
  async #open(): Promise<Fetched | undefined> {
    if (this.#fetched !== undefined) return this.#fetched;
    const store = await findStore(this.#options);
    if (store === undefined) return undefined;
    const head = await readHead(store).catch(() => undefined);
    if (head === undefined) await removeStore(store);
    else this.#fetched = { store, head };
    return this.#fetched;
  }

  async #require(): Promise<Fetched> {
    const fetched = await this.#open();
    if (fetched === undefined) throw new GitError('unreachable', `nothing was fetched yet from ${this.#options.url}`);
    return fetched;
  }

  /** A store swapped away under a read is no error; a broken one is replaced by the next fetch, once for each head. */
  async #read<T>(read: (store: ObjectStore) => Promise<T>): Promise<T> {
    const used = this.#fetched ?? (await this.#inTurn(() => this.#require()));
    try {
      return await read(used.store);
    } catch (error) {
      const now = this.#fetched;
      if (now !== undefined && now.store !== used.store) return await read(now.store);
      if (isCorrupt(error)) this.#suspect = used.head.oid !== this.#repairedAt;
      throw error;
    }
  }

  #transfer<T>(signal: AbortSignal, talk: (line: FetchArguments) => Promise<T>): Promise<T> {
    return this.#talk(signal, this.#timeouts.transferMs, talk);
  }

  /** Credentials go with the first request: waiting for a 401 would double each poll. */
  async #talk<T>(signal: AbortSignal, totalMs: number, talk: (line: FetchArguments) => Promise<T>): Promise<T> {
    const { url, credentials } = this.#options;
    const found = await credentials(new URL(url));
    const headers: Record<string, string> = found === undefined ? {} : { Authorization: toBasicAuthorization(found) };
    return await converse({ url, totalMs, idleMs: this.#timeouts.idleMs, signal }, (http) => talk({ http, headers }));
  }

  #log(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#options.log?.(message, { repository: this.#options.url, ...fields });
  }
}
