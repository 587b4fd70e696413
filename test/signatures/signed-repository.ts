import { execFile } from 'node:child_process';
import { createRepository, testEnvironment, type FileChange, type TestRepository } from '../git/git-repo.ts';
import type { Signer } from './signers.ts';

export interface SignedCommit {
  readonly signer?: Signer | undefined;
  readonly message?: string;
  /** The parents instead of the head of main, which goes there by force; none makes a root. */
  readonly parents?: readonly string[];
  /** Leaves the branch where it is. */
  readonly aside?: boolean;
}

/** A repository whose commits and tags are signed by git with the real programs. */
export interface SignedRepository {
  readonly path: string;
  readonly git: TestRepository['git'];
  head(): string;
  commit(files: Readonly<Record<string, FileChange>>, options?: SignedCommit): Promise<string>;
  /** An annotated tag, signed where there is a signer; the name of the tag object. */
  tag(name: string, commit: string, options?: { readonly signer?: Signer; readonly message?: string }): Promise<string>;
  /** Forces main there. */
  reset(commit: string): Promise<void>;
  /** The raw bytes of an object. */
  read(oid: string): Promise<Buffer>;
  /** Writes an object, as somebody who may push can write any, and returns its name. */
  write(type: 'commit' | 'tag', bytes: string | Uint8Array): Promise<string>;
}

export async function createSignedRepository(path: string): Promise<SignedRepository> {
  const drafts = await createRepository(path);
  const git: TestRepository['git'] = (...args) => drafts.git(...args);
  let head: string | undefined;
  const reset = async (commit: string) => {
    await git('update-ref', 'refs/heads/main', commit);
    head = commit;
  };
  return {
    path,
    git,
    reset,
    head: () => head ?? '',
    async commit(files, { signer, message = 'change', parents, aside = false } = {}) {
      const before = parents ?? (head === undefined ? [] : [head]);
      const draft = await drafts.commit(files, 'draft', { branch: 'draft', parent: before[0] ?? null });
      const flags = before.flatMap((parent) => ['-p', parent]);
      const signing = signer === undefined ? [] : ['-S'];
      const oid = await git(
        ...[...(signer?.config ?? []), 'commit-tree', ...signing, ...flags, '-m', message, `${draft}^{tree}`],
      );
      if (!aside) await reset(oid);
      return oid;
    },
    async tag(name, commit, { signer, message = 'release' } = {}) {
      const kind = signer === undefined ? '-a' : '-s';
      await git(...(signer?.config ?? []), 'tag', '--force', kind, '-m', message, name, commit);
      return await git('rev-parse', `refs/tags/${name}`);
    },
    read: async (oid) => await runRaw(path, ['cat-file', await git('cat-file', '-t', oid), oid]),
    write: async (type, bytes) =>
      (await runRaw(path, ['hash-object', '-t', type, '-w', '--literally', '--stdin'], bytes)).toString().trim(),
  };
}

function runRaw(cwd: string, args: readonly string[], input: string | Uint8Array = ''): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: testEnvironment(), encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const;
    const child = execFile('git', args, options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`git ${args.join(' ')} failed`, { cause: error }));
    });
    child.stdin?.on('error', () => undefined).end(input);
  });
}
