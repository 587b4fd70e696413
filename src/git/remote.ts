import { isAncestor } from './ancestry.ts';
import type { GitObject, ObjectStore } from './object-store.ts';
import { isCorrupt, toRefError } from './git-error.ts';
import { GitError, type Commit, type GitPort, type Head, type Tag, type Watcher } from './port.ts';
import { createReader, type Reader } from './reader.ts';
import {
  cloneStore,
  countPacks,
  fetchBeside,
  fetchBranch,
  readHead,
  removeStore,
  type RemoteStoreOptions,
} from './remote-store.ts';
import type { GitTimeouts, RemoteRepositoryOptions } from './remote-options.ts';
import { insistent, NewsFirst } from './news-first.ts';
import { peelToCommit } from './peel.ts';
import { candidateRefs, chooseRef, isOid, type FoundRef } from './ref-name.ts';
import { listRefs, listServerTags } from './server-refs.ts';
import { countAsked, readAskedBytes } from './asked-packs.ts';
import { CurrentStore, type Fetched } from './current-store.ts';
import { createSerialQueue, settles } from './serial.ts';
import { converse, type Line } from './transport.ts';
import type { WireOptions } from './wire.ts';

const TIMEOUTS: GitTimeouts = { pollMs: 30_000, transferMs: 600_000, idleMs: 30_000 };
/** All the refs of a server with 100,000 of them are a tenth of that; a pack is held in memory as a whole. */
const MAX_BYTES = { listing: 64 * 1024 * 1024, transfer: 1024 * 1024 * 1024 };
const MAX_PACKS = 200;
const MAX_ASKED_BYTES = 256 * 1024 * 1024;
/** Commits fetched of a ref that is asked for. Where that is more than it has beyond the branch, no file comes twice. */
const ASKED_DEPTH = 50;
/** How long a conversation that was cut off may take to clean up; afterwards its store is not trusted. */
const SETTLE_MS = 2_000;

interface Beside {
  readonly depth?: number;
  readonly knowsHead?: boolean;
  readonly signal: AbortSignal;
}

/**
 * A repository on a server. `directory` is a cache: a store that makes no sense is thrown away and cloned
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
  readonly #options: RemoteRepositoryOptions & RemoteStoreOptions;
  readonly #timeouts: GitTimeouts;
  readonly #inTurn = createSerialQueue();
  readonly #current: CurrentStore;
  /** Ends the conversation beside the branch that is under way. */
  #givingWay: AbortController | undefined;

  constructor(options: RemoteRepositoryOptions) {
    this.#options = { ...options, url: options.transport.url };
    this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
    this.#current = new CurrentStore(this.#options, this.#inTurn);
    const reader = createReader(options.treePath, (read) => this.#current.read(read));
    this.readTree = reader.readTree;
    this.readTreeEntry = reader.readTreeEntry;
    this.compareTrees = reader.compareTrees;
    this.readBlob = reader.readBlob;
  }

  /** News does not wait for what is fetched beside it. */
  async fetch(signal: AbortSignal): Promise<Head> {
    const tip = await this.#poll(signal);
    if (this.#current.head?.oid === tip && !this.#current.suspect) return { revision: tip, forced: false };
    this.#givingWay?.abort(new NewsFirst());
    return await this.#inTurn(() => this.#advance(tip, signal));
  }

  /** Nothing tells of changes: remote repositories are polled. */
  watch(): Promise<Watcher> {
    return Promise.resolve({ close: () => Promise.resolve() });
  }

  async readCommit(oid: string, signal: AbortSignal): Promise<Commit | undefined> {
    if (!isOid(oid)) return undefined;
    const here = await this.#current.read((store) => store.readCommit(oid));
    return here ?? (await this.#inTurn(() => this.#fetchMissing(oid, signal)));
  }

  deepen(depth: number, signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const { store, head } = await this.#current.require();
      await this.#fetchCommit(store, head.oid, { depth, signal });
    });
  }

  async fetchRef(name: string, signal: AbortSignal): Promise<string> {
    const asked = await this.#find(name, signal);
    const here = await this.#current.read((store) => peelToCommit(store, asked.oid));
    if (here !== undefined) return here;
    return await insistent(() => this.#inTurn(() => this.#fetchAsked(asked, signal)));
  }

  listTags(signal: AbortSignal): Promise<readonly Tag[]> {
    const { url } = this.#options;
    return this.#ask(signal, (line) => listServerTags(url, line));
  }

  async readObject(oid: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (!isOid(oid)) return undefined;
    const here = await this.#current.read((store) => store.readObject(oid));
    return (here ?? (await insistent(() => this.#inTurn(() => this.#fetchTag(oid, signal)))))?.bytes;
  }

  async #advance(tip: string, signal: AbortSignal): Promise<Head> {
    const former = await this.#current.open();
    if (former === undefined || this.#current.suspect) return await this.#cloneAnew(signal);
    if (former.head.oid === tip) return { revision: tip, forced: false };
    try {
      return await this.#fetchNews(former, signal);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      this.#log('store of the repository is broken, cloning anew', { reason: error.message });
      return await this.#cloneAnew(signal);
    }
  }

  async #poll(signal: AbortSignal): Promise<string> {
    const { transport, branch } = this.#options;
    const [found] = await this.#list([`refs/heads/${branch}`], signal);
    if (found === undefined) throw new GitError('branch-missing', `there is no branch ${branch} at ${transport.place}`);
    return found.oid;
  }

  #list(names: readonly string[], signal: AbortSignal): Promise<FoundRef[]> {
    const { url } = this.#options;
    return this.#ask(signal, (line) => listRefs(url, names, line));
  }

  async #fetchNews(former: Fetched, signal: AbortSignal): Promise<Head> {
    const { branch, maxPacks = MAX_PACKS } = this.#options;
    const { store } = former;
    const revision = await this.#transfer(signal, (line) => fetchBranch(store, branch, line));
    const forced = (await isAncestor(store, former.head, revision)) === false;
    this.#current.advance({ store, head: await readHead(store) });
    if ((await countPacks(store)) > maxPacks) await this.#compact(signal);
    return { revision, forced };
  }

  async #cloneAnew(signal: AbortSignal): Promise<Head> {
    const fetched = await this.#clone(signal);
    await this.#current.repair(fetched);
    return { revision: fetched.head.oid, forced: false };
  }

  /** A fresh clone in place of hundreds of packs. When it fails or the branch has moved on, some later fetch does it. */
  async #compact(signal: AbortSignal): Promise<void> {
    try {
      const fresh = await this.#clone(signal);
      if (fresh.head.oid === this.#current.head?.oid) await this.#current.swap(fresh);
      else await removeStore(fresh.store);
    } catch (error) {
      this.#log('store of the repository could not be made anew', { reason: String(error) });
    }
  }

  async #clone(signal: AbortSignal): Promise<Fetched> {
    const store = await this.#transfer(signal, (line) => cloneStore(this.#options, line));
    return { store, head: await readHead(store) };
  }

  async #fetchMissing(oid: string, signal: AbortSignal): Promise<Commit | undefined> {
    const { store } = await this.#current.require();
    await this.#fetchCommit(store, oid, { depth: 1, signal });
    return await store.readCommit(oid);
  }

  /** A server that refuses says so in many ways: then the commit stays away. */
  async #fetchCommit(store: ObjectStore, oid: string, options: Beside): Promise<void> {
    await this.#fetchBeside(store, oid, options).catch((error: unknown) => {
      if (!isCorrupt(error)) throw error;
    });
  }

  /** The commit is here, or the tag would not be asked for: without a depth, nothing but the tag comes. */
  async #fetchTag(oid: string, signal: AbortSignal): Promise<GitObject | undefined> {
    const { store } = await this.#current.require();
    await this.#fetchCommit(store, oid, { knowsHead: true, signal });
    return await store.readObject(oid);
  }

  async #find(name: string, signal: AbortSignal): Promise<FoundRef> {
    if (isOid(name)) return { ref: name, oid: name };
    return chooseRef(name, await this.#list(candidateRefs(name), signal), this.#options.transport.place);
  }

  async #fetchAsked({ ref }: FoundRef, signal: AbortSignal): Promise<string> {
    const { maxPacks = MAX_PACKS, maxAskedBytes = MAX_ASKED_BYTES, transport } = this.#options;
    const { store: former } = await this.#current.require();
    const full = (await countPacks(former)) >= maxPacks || (await readAskedBytes(former)) >= maxAskedBytes;
    if (full) await this.#compact(signal);
    const { store } = await this.#current.require();
    const options = { depth: ASKED_DEPTH, knowsHead: true, signal };
    const oid = await countAsked(store, () => this.#fetchBeside(store, ref, options)).catch((error: unknown) => {
      throw toRefError(error, ref, transport.place);
    });
    const commit = await peelToCommit(store, oid);
    if (commit === undefined) throw new GitError('ref-missing', `${ref} is no commit at ${transport.place}`);
    return commit;
  }

  /** A conversation that gives way to news. */
  async #fetchBeside(store: ObjectStore, want: string, { signal, ...options }: Beside): Promise<string> {
    const giveWay = (this.#givingWay = new AbortController());
    let talking = Promise.resolve('');
    try {
      const either = AbortSignal.any([signal, giveWay.signal]);
      return await this.#transfer(either, (line) => (talking = fetchBeside(store, want, { ...line, ...options })));
    } catch (error) {
      // Cut off, it still puts the store right, and the next one in the queue must find it so.
      if (!(await settles(talking, SETTLE_MS))) this.#current.suspect = true;
      throw error;
    } finally {
      this.#givingWay = undefined;
    }
  }

  #ask<T>(signal: AbortSignal, talk: (line: Line) => Promise<T>): Promise<T> {
    const limits = { totalMs: this.#timeouts.pollMs, maxBytes: MAX_BYTES.listing };
    return this.#talk({ ...limits, signal }, talk);
  }

  #transfer<T>(signal: AbortSignal, talk: (line: Line) => Promise<T>): Promise<T> {
    const limits = { totalMs: this.#timeouts.transferMs, maxBytes: MAX_BYTES.transfer };
    return this.#talk({ ...limits, signal }, talk);
  }

  #talk<T>(limits: Omit<WireOptions, 'place' | 'idleMs'>, talk: (line: Line) => Promise<T>): Promise<T> {
    return converse(this.#options.transport, { ...limits, idleMs: this.#timeouts.idleMs }, talk);
  }

  #log(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#options.log?.(message, { repository: this.#options.transport.place, ...fields });
  }
}
