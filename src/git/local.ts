import { readdir } from 'node:fs/promises';
import path from 'node:path';
import git, { Errors } from 'isomorphic-git';
import { isAncestor } from './ancestry.ts';
import { resolveAlternates, resolveGitDirectory } from './git-directory.ts';
import { nameOf } from './git-error.ts';
import { createOneLook } from './one-look.ts';
import { openObjectStore, type ObjectStore } from './object-store.ts';
import { peelToCommit } from './peel.ts';
import { GitError, type Commit, type GitPort, type Head } from './port.ts';
import { createReader } from './reader.ts';
import { createTagList } from './local-tags.ts';
import { candidateRefs, chooseRef, isOid, type FoundRef } from './ref-name.ts';
import { watchRefs } from './watch-refs.ts';

export interface LocalRepositoryOptions {
  /** A bare repository, or a folder with a work tree. */
  readonly path: string;
  readonly branch: string;
  readonly treePath: string;
  /** For who looks once and goes: what is found is not looked for again. */
  readonly isForOneLook?: boolean;
}

/** A repository on this machine. Only committed state counts; nothing is ever written, the work tree is not looked at. */
export function openLocalRepository(options: LocalRepositoryOptions): GitPort {
  const { path: location, branch, treePath, isForOneLook = false } = options;
  let opened: { readonly store: ObjectStore; readonly packs: ReadonlySet<string> } | undefined;
  let head: Commit | undefined;
  const listTags = createTagList();

  /** Looks at the folder again: it may have been repacked, moved away or made anew. */
  async function open(): Promise<ObjectStore> {
    const gitdir = await resolveGitDirectory(location);
    const packs = await listPacks(gitdir);
    if (opened?.store.gitdir !== gitdir) {
      await assertSupported(gitdir);
      const files = isForOneLook ? createOneLook() : undefined;
      opened = { store: openObjectStore(gitdir, await resolveAlternates(gitdir), files), packs };
    } else {
      // Packs that vanished would stay in memory for ever.
      if ([...opened.packs].some((pack) => !packs.has(pack))) opened.store.reset();
      opened = { store: opened.store, packs };
    }
    return opened.store;
  }

  async function fetch(signal: AbortSignal): Promise<Head> {
    signal.throwIfAborted();
    const store = await open();
    const revision = await resolveBranch(store, branch, location);
    if (head?.oid === revision) return { revision, forced: false };
    const commit = await store.readCommit(revision);
    if (commit === undefined)
      throw new GitError('corrupt', `commit ${revision} of branch ${branch} is missing in ${location}`);
    const forced = head !== undefined && (await isAncestor(store, head, revision)) === false;
    head = commit;
    return { revision, forced };
  }

  const current = async () => opened?.store ?? (await open());
  return {
    fetch,
    async watch(onChange) {
      const gitdir = await resolveGitDirectory(location).catch(() => path.resolve(location));
      return await watchRefs(gitdir, branch, onChange);
    },
    ...createReader(treePath, async (read) => await read(await current())),
    readCommit: async (oid) => await (await current()).readCommit(oid),
    deepen: () => Promise.resolve(), // nothing is ever written: what is not here stays away
    async fetchRef(ref, signal) {
      signal.throwIfAborted();
      return await resolveCommit(await open(), ref, location);
    },
    async listTags(signal) {
      signal.throwIfAborted();
      return await listTags(await open());
    },
    readObject: async (oid) => (isOid(oid) ? (await (await current()).readObject(oid))?.bytes : undefined),
  };
}

/** @throws GitError 'ref-missing' | 'ref-ambiguous' | 'corrupt' */
async function resolveCommit(store: ObjectStore, name: string, location: string): Promise<string> {
  const { oid } = isOid(name) ? { oid: name } : chooseRef(name, await findRefs(store, name), location);
  const commit = await peelToCommit(store, oid);
  if (commit === undefined) throw new GitError('ref-missing', `${name} is no commit in ${location}`);
  return commit;
}

async function findRefs(store: ObjectStore, name: string): Promise<readonly FoundRef[]> {
  const found: FoundRef[] = [];
  for (const ref of candidateRefs(name)) {
    const oid = await git.resolveRef({ ...store.arguments(), ref }).catch(() => undefined);
    if (oid !== undefined) found.push({ ref, oid: (await peelToCommit(store, oid)) ?? oid });
  }
  return found;
}

async function resolveBranch(store: ObjectStore, branch: string, location: string): Promise<string> {
  try {
    return await git.resolveRef({ ...store.arguments(), ref: `refs/heads/${branch}` });
  } catch (error) {
    if (error instanceof Errors.NotFoundError) {
      throw new GitError('branch-missing', `there is no branch ${branch} in ${location}`);
    }
    throw new GitError('unreachable', `branch ${branch} of ${location} cannot be read (${nameOf(error)})`);
  }
}

async function listPacks(gitdir: string): Promise<ReadonlySet<string>> {
  return new Set(await readdir(path.join(gitdir, 'objects', 'pack')).catch(() => []));
}

/** Formats of newer git versions look empty or broken to isomorphic-git: say so instead. */
async function assertSupported(gitdir: string): Promise<void> {
  const { fs } = openObjectStore(gitdir).arguments();
  const read = async (key: string) => String(await git.getConfig({ fs, gitdir, path: `extensions.${key}` }));
  if ((await read('objectformat')) === 'sha256')
    throw new GitError('corrupt', 'repositories with SHA-256 object names are not supported');
  if ((await read('refstorage')) === 'reftable')
    throw new GitError('corrupt', 'repositories with reftable refs are not supported');
}
