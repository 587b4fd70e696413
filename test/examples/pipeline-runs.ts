import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';

// The scripts of examples/ci, run as their forges run them; only `npx` is not the real one.

export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

export interface Workflow {
  readonly on: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps: readonly Step[] }>>;
}

export interface GitLabJob {
  readonly script: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly artifacts: { readonly paths: readonly string[]; readonly reports: Readonly<Record<string, string>> };
}

export async function readYaml<T>(file: string): Promise<T> {
  return parse(await readFile(path.join('examples/ci', file), 'utf8')) as T;
}

/** A checkout of a pull request, and a folder for what belongs to the run. */
export interface Checkout {
  readonly folder: string;
  readonly temporary: string;
  /** The commit it goes to, and the one that is checked out: their merge on GitHub. */
  readonly base: string;
  readonly head: string;
}

/** @param before,after the files of both; null removes one */
export async function checkout(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string | null>>,
): Promise<Checkout> {
  const parent = await mkdtemp(path.join(tmpdir(), 'fairlead-pipeline-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const [folder, temporary] = [path.join(parent, 'checkout'), path.join(parent, 'temporary')];
  await mkdir(temporary);
  await mkdir(folder);
  const git = async (...args: readonly string[]) => {
    const person = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', '-c', 'commit.gpgsign=false'];
    return (await promisify(execFile)('git', [...person, ...args], { cwd: folder })).stdout.trim();
  };
  const commit = async (files: Readonly<Record<string, string | null>>, message: string) => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
      if (text === null) await rm(path.join(folder, file));
      else await writeFile(path.join(folder, file), text);
    }
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '--message', message);
  };
  await git('init', '--quiet', '--initial-branch=main');
  await commit(before, 'Before');
  await git('switch', '--quiet', '--create', 'change');
  await commit(after, 'After');
  // Meanwhile the branch it goes to has moved: what happened there is not of this change.
  await git('switch', '--quiet', 'main');
  await commit({ 'README.md': 'moved\n' }, 'Elsewhere');
  const base = await git('rev-parse', 'HEAD');
  await git('merge', '--quiet', '--no-ff', '--message', 'Merge', 'change');
  await git('checkout', '--quiet', '--detach');
  return { folder, temporary, base, head: await git('rev-parse', 'HEAD') };
}

export interface ScriptResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a script in the checkout with these variables and few others. @param program what `npx` runs */
export async function runScript(
  script: string,
  { folder, temporary }: Checkout,
  { shell, program, env }: { shell: readonly string[]; program: string; env: Readonly<Record<string, string>> },
): Promise<ScriptResult> {
  const bin = path.join(temporary, 'bin');
  await mkdir(bin, { recursive: true });
  // npx --yes -- PACKAGE ARGUMENTS
  await writeFile(
    path.join(bin, 'npx'),
    `#!/bin/sh\n[ "$1 $2" = '--yes --' ] || exit 99\nshift 3\nexec node '${program}' "$@"\n`,
  );
  await chmod(path.join(bin, 'npx'), 0o755);
  const [command = '', ...args] = shell;
  const file = path.join(temporary, 'script.sh');
  await writeFile(file, script);
  return new Promise((resolve) => {
    const options = {
      cwd: folder,
      timeout: 60_000,
      env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: temporary, ...env },
    };
    execFile(command, [...args, file], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : Number.NaN;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}
