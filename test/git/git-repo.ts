import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file's new content, null to delete it, or an entry that is no file. */
export type FileChange = string | Uint8Array | null | { readonly symlink: string } | { readonly submodule: string };

export interface CommitOptions {
  /** 'main' unless told. */
  readonly branch?: string;
  /** The parent instead of the branch's tip: the branch is forced there. null makes a root commit. */
  readonly parent?: string | null;
}

/** A real repository made by the git binary, with fixed authors and dates and none of the user's configuration. */
export interface TestRepository {
  readonly path: string;
  /** Changes files and returns the new commit: one git process. The work tree, where there is one, is not touched. */
  commit(files: Readonly<Record<string, FileChange>>, message?: string, options?: CommitOptions): Promise<string>;
  /** A commit with the tree of the tip's parent, as `git revert` of the last commit makes it. */
  revert(branch?: string): Promise<string>;
  /** Replaces the tip by a commit beside it. */
  amend(files: Readonly<Record<string, FileChange>>, message?: string, branch?: string): Promise<string>;
  deleteBranch(branch: string): Promise<void>;
  /** The tip as far as this object made it. */
  head(branch?: string): string;
  /** Runs any git command in the repository and returns what it printed, trimmed. */
  git(...args: readonly string[]): Promise<string>;
}

const FIRST_COMMIT_TIME = 1_700_000_000;

export async function createRepository(path: string, { bare = false } = {}): Promise<TestRepository> {
  await mkdir(path, { recursive: true });
  const git = (args: readonly string[], input?: Buffer) => runGit(path, args, input);
  await git(['init', '-q', ...(bare ? ['--bare'] : [])]);
  const tips = new Map<string, string>();
  let commits = 0;

  const head = (branch = 'main'): string => {
    const tip = tips.get(branch);
    if (tip === undefined) throw new Error(`branch ${branch} has no commit`);
    return tip;
  };
  const write = async (
    changes: readonly Buffer[],
    message: string,
    { branch = 'main', parent }: CommitOptions = {},
  ) => {
    const from = parent === undefined ? tips.get(branch) : parent;
    commits += 1;
    const input = Buffer.concat([
      ...(from === null && tips.has(branch) ? [text(`reset refs/heads/${branch}\n`)] : []),
      text(`commit refs/heads/${branch}\nmark :1\n`),
      text(`committer Test <test@example.invalid> ${FIRST_COMMIT_TIME + commits} +0000\n`),
      data(message),
      ...(typeof from === 'string' ? [text(`from ${from}\n`)] : []),
      ...changes,
      text('get-mark :1\ndone\n'),
    ]);
    const oid = await git(['fast-import', '--quiet', '--force', '--done'], input);
    tips.set(branch, oid);
    return oid;
  };
  const commit: TestRepository['commit'] = (files, message = `commit ${commits + 1}`, options = {}) =>
    write(Object.entries(files).map(toChange), message, options);

  return {
    path,
    head,
    commit,
    git: (...args) => git(args),
    async revert(branch = 'main') {
      const tree = await git(['rev-parse', `${head(branch)}~1^{tree}`]);
      return await write([text(`M 040000 ${tree} \n`)], 'revert', { branch });
    },
    async amend(files, message = 'amended', branch = 'main') {
      const parent = await git(['rev-parse', `${head(branch)}~1`]);
      return await commit(files, message, { branch, parent });
    },
    async deleteBranch(branch) {
      await git(['update-ref', '-d', `refs/heads/${branch}`]);
      tips.delete(branch);
    },
  };
}

/** Runs git with an environment of its own. */
export async function runGit(cwd: string, args: readonly string[], input?: Buffer): Promise<string> {
  const running = run('git', ['-c', 'init.defaultBranch=main', ...args], {
    cwd,
    env: testEnvironment(),
    maxBuffer: 64 * 1024 * 1024,
  });
  running.child.stdin?.on('error', () => undefined).end(input);
  return (await running).stdout.trim();
}

export function testEnvironment(): NodeJS.ProcessEnv {
  const who = { NAME: 'Test', EMAIL: 'test@example.invalid', DATE: `${FIRST_COMMIT_TIME} +0000` };
  const people = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value]),
  );
  return {
    PATH: process.env['PATH'],
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...(Object.fromEntries(people) as Record<string, string>),
  };
}

function toChange([path, change]: readonly [string, FileChange]): Buffer {
  const name = `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
  if (change === null) return text(`D ${name}\n`);
  if (typeof change === 'string' || change instanceof Uint8Array) {
    return Buffer.concat([text(`M 100644 inline ${name}\n`), data(change)]);
  }
  if ('submodule' in change) return text(`M 160000 ${change.submodule} ${name}\n`);
  return Buffer.concat([text(`M 120000 inline ${name}\n`), data(change.symlink)]);
}

function data(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([text(`data ${bytes.length}\n`), bytes, text('\n')]);
}

function text(content: string): Buffer {
  return Buffer.from(content, 'utf8');
}
