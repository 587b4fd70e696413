import { readFile } from 'node:fs/promises';
import path from 'node:path';
import git, { Errors } from 'isomorphic-git';
import { resolveAlternates, resolveGitDirectory, resolveHeadDirectory } from './git-directory.ts';
import { nameOf } from './git-error.ts';
import { findMergeBase, type MergeBase } from './merge-base.ts';
import { openObjectStore, type ObjectStore } from './object-store.ts';
import { GitError } from './port.ts';

/** Commits of a repository on this machine, as a person names them. Nothing is fetched. */
export interface NamedCommits {
  /**
   * `HEAD`, a branch, `origin/main`, a tag, an id or the beginning of one, each with any number of `~N` and `^N`.
   * @throws GitError
   */
  resolve(name: string): Promise<string>;
  /** Where the line of `head` left that of `base`. @throws GitError */
  mergeBase(base: string, head: string): Promise<MergeBase>;
  /** The branch that others grow from: that of origin, where there is one; undefined: there is none. */
  defaultBranch(): Promise<string | undefined>;
}

function unfetched(name: string): string {
  return `: it may not have been fetched (git fetch origin ${name})`;
}

/** How a shallow clone gets its history. */
export const FETCH_MORE =
  'fetch more (git fetch --unshallow; fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab)';

/** git-check-ref-format(1): no ref is called so, and none leads out of the folder of refs. */
const IMPOSSIBLE = /\.\.|^[-/]|[\s~^:?*[\\\x00-\x1f\x7f]|@\{|^$/;

/** @throws GitError when there is no repository */
export async function openNamedCommits(location: string): Promise<NamedCommits> {
  const gitdir = await resolveGitDirectory(location);
  const headDirectory = await resolveHeadDirectory(location);
  const store = openObjectStore(gitdir, await resolveAlternates(gitdir));

  async function resolveName(name: string): Promise<string> {
    const ref = name === 'HEAD' || name === '@' ? await readHead(headDirectory) : name;
    if (IMPOSSIBLE.test(ref)) throw new GitError('branch-missing', `${JSON.stringify(name)} names no single commit`);
    try {
      return await git.resolveRef({ ...store.arguments(), ref });
    } catch (error) {
      if (!(error instanceof Errors.NotFoundError)) throw unreadable(name, error);
    }
    const oid = /^[0-9a-f]{4,40}$/.test(ref) ? await expand(store, ref) : undefined;
    if (oid !== undefined) return oid;
    throw new GitError(
      'branch-missing',
      `there is no branch, tag or commit ${name} in ${location}${await advise(ref)}`,
    );
  }

  /** How somebody comes to what is not here: mostly it is at origin, or was never fetched. */
  async function advise(ref: string): Promise<string> {
    const isAtOrigin = await git.resolveRef({ ...store.arguments(), ref: `origin/${ref}` }).then(
      () => true,
      () => false,
    );
    if (isAtOrigin) return `: is origin/${ref} meant?`;
    const [, wanted] = /^origin\/(.+)$/.exec(ref) ?? [];
    return wanted === undefined ? '' : unfetched(wanted);
  }

  return {
    async resolve(name) {
      const [, start = '', steps = ''] = /^(.*?)((?:~\d*|\^\d*)*)$/.exec(name) ?? [];
      let oid = await peel(store, await resolveName(start), start);
      for (const [, kind, count] of steps.matchAll(/([~^])(\d*)/g)) {
        oid = await step(store, oid, { kind, count: Number(count || 1), name });
      }
      return oid;
    },
    mergeBase: (base, head) => findMergeBase(store, base, head),
    async defaultBranch() {
      const remote = await readSymbolicRef(path.join(gitdir, 'refs', 'remotes', 'origin', 'HEAD'));
      const shortened = remote?.replace(/^refs\/remotes\//, '');
      for (const name of [shortened, 'origin/main', 'origin/master', 'main', 'master']) {
        if (name !== undefined && (await resolveName(name).catch(() => undefined)) !== undefined) return name;
      }
      return undefined;
    },
  };
}

/** The branch a work tree is on, or the commit where it is on none. A linked work tree has a HEAD of its own. */
async function readHead(directory: string): Promise<string> {
  const file = path.join(directory, 'HEAD');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable('HEAD', error);
  });
  return (await readSymbolicRef(file)) ?? text.trim();
}

async function readSymbolicRef(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^ref: (\S+)\s*$/.exec(text)?.[1];
}

async function expand(store: ObjectStore, oid: string): Promise<string | undefined> {
  if (oid.length === 40) return (await store.readObject(oid)) === undefined ? undefined : oid;
  return await git.expandOid({ ...store.arguments(), oid }).catch(() => undefined);
}

/** An annotated tag is an object of its own. */
async function peel(store: ObjectStore, oid: string, name: string): Promise<string> {
  const object = await store.readObject(oid);
  if (object?.type === 'commit') return oid;
  if (object === undefined) throw new GitError('branch-missing', `there is no commit ${name} here${unfetched(name)}`);
  if (object.type !== 'tag') throw new GitError('branch-missing', `${name} is a ${object.type}, no commit`);
  const [, target] = /^object ([0-9a-f]{40})\n/.exec(Buffer.from(object.bytes).toString('latin1')) ?? [];
  if (target === undefined) throw new GitError('corrupt', `the tag ${name} names no object`);
  return await peel(store, target, name);
}

interface Ancestor {
  readonly kind: string | undefined;
  readonly count: number;
  /** As it was asked for. */
  readonly name: string;
}

/** `~3`: the third first parent; `^2`: the second parent; `^0`: the commit itself. */
async function step(store: ObjectStore, start: string, { kind, count, name }: Ancestor): Promise<string> {
  let oid = start;
  for (let left = kind === '~' ? count : Math.min(count, 1); left > 0; left -= 1) {
    const commit = await store.readCommit(oid);
    const parent = commit?.parents[kind === '~' ? 0 : count - 1];
    if (parent === undefined) {
      const isCut = commit?.shallow === true ? `, whose history is not here: ${FETCH_MORE}` : '';
      throw new GitError('branch-missing', `there is no ${name}: ${oid.slice(0, 8)} has no such parent${isCut}`);
    }
    oid = parent;
  }
  return oid;
}

function unreadable(name: string, error: unknown): GitError {
  return new GitError('unreachable', `${name} cannot be read (${nameOf(error)})`);
}
