import fs from 'node:fs';
import { access, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import git, { Errors } from 'isomorphic-git';
import { openObjectStore, type ObjectStore } from './object-store.ts';
import { createBoundedFiles } from './pack-bounds.ts';
import { GitError, type Commit } from './port.ts';
import type { Line } from './transport.ts';

/** Our own mark: written only once the commit can be read. A failed fetch moves refs/remotes/* all the same. */
const FETCHED_REF = 'refs/fairlead/fetched';

export interface RemoteStoreOptions {
  /** See Transport.url: it is written to the store's config. */
  readonly url: string;
  readonly branch: string;
  /** Holds `store-<n>`, and `clone-<n>` while one is being made. */
  readonly directory: string;
}

/** Clones `depth: 1` into a folder of its own that gets its name when it is whole: a half clone is never opened. */
export async function cloneStore(options: RemoteStoreOptions, line: Line): Promise<ObjectStore> {
  const { url, branch, directory } = options;
  const number = 1 + Math.max(0, ...(await listStores(directory)).map((store) => store.number));
  const gitdir = path.join(directory, `clone-${number}`);
  await rm(gitdir, { recursive: true, force: true });
  await mkdir(gitdir, { recursive: true, mode: 0o700 });
  await git.init({ fs, dir: gitdir, gitdir, bare: true, defaultBranch: branch });
  await git.addRemote({ fs, gitdir, remote: 'origin', url });
  await fetchShallow(openObjectStore(gitdir), branch, line).catch(async (error: unknown) => {
    await rm(gitdir, { recursive: true, force: true });
    throw error;
  });
  const final = path.join(directory, `store-${number}`);
  await rename(gitdir, final);
  return openObjectStore(final);
}

/** A server that knows no shallow clones gives the whole history. */
async function fetchShallow(store: ObjectStore, branch: string, line: Line): Promise<void> {
  try {
    await fetchBranch(store, branch, { ...line, depth: 1 });
  } catch (error) {
    if (!(error instanceof Errors.RemoteCapabilityError)) throw error;
    await fetchBranch(store, branch, line);
  }
}

/**
 * Fetches the branch and marks its commit as fetched. With a depth only for a clone: upload-pack would send the whole
 * tree again, for isomorphic-git tells it no more than the local branch.
 * @returns the commit
 */
export async function fetchBranch(
  store: ObjectStore,
  branch: string,
  line: Line & { readonly depth?: number },
): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const { fetchHead } = await git.fetch({
    ...store.arguments(),
    ...line,
    fs: createBoundedFiles(),
    headers: { ...line.headers },
    remote: 'origin',
    ref,
    remoteRef: ref,
    singleBranch: true,
    tags: false,
  });
  if (fetchHead === null) throw new GitError('branch-missing', 'the repository is empty');
  if ((await store.readCommit(fetchHead)) === undefined) {
    throw new GitError('corrupt', `the server did not send commit ${fetchHead}`);
  }
  for (const each of [ref, FETCHED_REF]) {
    await git.writeRef({ ...store.arguments(), ref: each, value: fetchHead, force: true });
  }
  return fetchHead;
}

/** What is fetched beside the branch. */
export interface BesideArguments extends Line {
  /** Commits in all, the wanted one included; each comes with its tree. */
  readonly depth?: number | undefined;
  /** The server is told what is here of the branch: right unless the wanted commit is the head itself. */
  readonly knowsHead?: boolean;
}

/**
 * Fetches a commit, or what a full ref name stands for, and its history. The mark of what was fetched stays where it is.
 * @returns the oid of the wanted object
 * @throws when the server refuses
 */
export async function fetchBeside(store: ObjectStore, want: string, options: BesideArguments): Promise<string> {
  const { knowsHead = false, depth, ...line } = options;
  await keepBoundary(store);
  try {
    const { fetchHead } = await git.fetch({
      ...store.arguments(),
      ...line,
      fs: createBoundedFiles(),
      ...(depth !== undefined && { depth }),
      headers: { ...line.headers },
      remote: 'origin',
      ref: knowsHead ? FETCHED_REF : want,
      remoteRef: want,
      singleBranch: true,
      tags: false,
    });
    await rm(keptBoundary(store), { force: true });
    return fetchHead ?? want;
  } catch (error) {
    await restoreBoundary(store);
    if (knowsHead && depth !== undefined && error instanceof Errors.RemoteCapabilityError) {
      return await fetchBeside(store, want, { ...line, knowsHead }); // a server that knows no shallow clones
    }
    throw error;
  } finally {
    await rm(path.join(store.gitdir, 'refs', 'remotes'), { recursive: true, force: true });
  }
}

/**
 * Where the history ends is written down anew before the commits beyond are here. Without the former boundary, a fetch
 * that broke off would leave a gap that no later one fills, for the server would be told that nothing is missing.
 */
async function keepBoundary(store: ObjectStore): Promise<void> {
  const [kept, unfinished] = [keptBoundary(store), `${keptBoundary(store)}.new`];
  if (!(await exists(boundary(store)))) return;
  await copyFile(boundary(store), unfinished);
  await rename(unfinished, kept);
}

async function restoreBoundary(store: ObjectStore): Promise<void> {
  if (await exists(keptBoundary(store))) await rename(keptBoundary(store), boundary(store));
}

/** gitrepository-layout(5) */
function boundary(store: ObjectStore): string {
  return path.join(store.gitdir, 'shallow');
}

function keptBoundary(store: ObjectStore): string {
  return path.join(store.gitdir, 'shallow.kept');
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

/** What was fetched last; undefined when the store is of no use. */
async function readFetched(store: ObjectStore): Promise<string | undefined> {
  return await git.resolveRef({ ...store.arguments(), ref: FETCHED_REF }).catch(() => undefined);
}

/** The newest whole store of that URL and branch; whatever else a killed process left there is deleted. */
export async function findStore({ url, branch, directory }: RemoteStoreOptions): Promise<ObjectStore | undefined> {
  const stores = (await listStores(directory)).sort((a, b) => b.number - a.number);
  let found: ObjectStore | undefined;
  for (const { name } of stores) {
    const store = openObjectStore(path.join(directory, name));
    if (found === undefined && name.startsWith('store-') && (await isOf(store, url, branch))) found = store;
    else await removeStore(store);
  }
  if (found !== undefined) await restoreBoundary(found);
  return found;
}

async function isOf(store: ObjectStore, url: string, branch: string): Promise<boolean> {
  const args = store.arguments();
  const remote: unknown = await git.getConfig({ ...args, path: 'remote.origin.url' }).catch(() => undefined);
  const local = await git.resolveRef({ ...args, ref: `refs/heads/${branch}` }).catch(() => undefined);
  const fetched = await readFetched(store);
  return remote === url && fetched !== undefined && local === fetched;
}

/** The commit fetched last. @throws GitError 'corrupt' when it is not there */
export async function readHead(store: ObjectStore): Promise<Commit> {
  const oid = await readFetched(store);
  const head = oid === undefined ? undefined : await store.readCommit(oid);
  if (head === undefined) throw new GitError('corrupt', 'the fetched commit is missing');
  return head;
}

export async function removeStore(store: ObjectStore): Promise<void> {
  await rm(store.gitdir, { recursive: true, force: true, maxRetries: 3 });
}

export async function countPacks(store: ObjectStore): Promise<number> {
  const names = await readdir(path.join(store.gitdir, 'objects', 'pack')).catch(() => []);
  return names.filter((name) => name.endsWith('.idx')).length;
}

async function listStores(directory: string): Promise<{ name: string; number: number }[]> {
  const names = await readdir(directory).catch(() => []);
  return names.flatMap((name) => {
    const [, number] = /^(?:store|clone)-(\d+)$/.exec(name) ?? [];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
}
