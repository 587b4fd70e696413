import { lstatSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { reasonOf } from './client-error.ts';
import { repositoryAround } from './repository-around.ts';
import { scaffold, scaffoldPipeline, type ScaffoldFile } from './scaffold.ts';
import type { CliIo } from './io.ts';

interface InitFlags {
  readonly tenant: string;
  readonly site?: string;
  readonly ci?: 'github' | 'gitlab';
}

/** They lie beside `src` and beside `dist`. */
const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** The one `fairlead run` follows unless told otherwise. */
const BRANCH = 'main';

/** `fairlead init`: 0 all files are made, 1 none is, because one is there or cannot be written, 2 usage. */
export function registerInit(program: Command, io: CliIo): void {
  program
    .command('init')
    .description('begin a repository: a tenant with an application and its deployment; overwrites nothing')
    .argument('[DIR]', 'where; made if it is not there', '.')
    .option('--tenant <NAME>', 'the tenant', 'acme')
    .option('--site <NAME>', 'a site with one host; left out, it is `local`, without a file')
    .addOption(
      new Option('--ci <FORGE>', 'a pipeline that checks and plans pull requests').choices(['github', 'gitlab']),
    )
    .action(async (directory: string, flags: InitFlags) => {
      io.setExitCode(await init(directory, flags, io));
    });
}

async function init(directory: string, flags: InitFlags, io: CliIo): Promise<number> {
  const target = resolve(directory);
  const root = repositoryAround(target);
  const misuse = misused(flags, root !== undefined && root !== target);
  if (misuse !== undefined) {
    io.stderr.write(`error: ${misuse}\n`);
    return 2;
  }
  const files = await filesFor(target, flags);
  const present = files.filter(({ path }) => isThere(join(target, path)));
  if (present.length > 0) {
    io.stderr.write('nothing is written, because these are there already:\n');
    for (const { path } of present) io.stderr.write(`  ${join(directory, path)}\n`);
    return 1;
  }
  const made: string[] = [];
  try {
    await write(target, files, made);
    if (root === undefined) await makeRepository(target, made);
  } catch (error) {
    for (const path of made.toReversed()) await rm(path, { recursive: true, force: true });
    io.stderr.write(`fairlead: ${target} cannot be written to: ${reasonOf(error)}\n`);
    return 1;
  }
  for (const { path } of files) io.stdout.write(`made ${join(directory, path)}\n`);
  io.stdout.write(nextSteps({ directory, target, root: root ?? target, files }));
  return 0;
}

function misused({ tenant, site, ci }: InitFlags, isInside: boolean): string | undefined {
  const rule = 'lower-case letters, digits and hyphens, at most 63 characters';
  if (!NAME.test(tenant)) return `--tenant ${tenant} is no name (${rule})`;
  if (site !== undefined && !NAME.test(site)) return `--site ${site} is no name (${rule})`;
  return isInside && ci !== undefined ? '--ci belongs to the root of a repository; DIR is inside of one' : undefined;
}

async function filesFor(target: string, { tenant, site, ci }: InitFlags): Promise<readonly ScaffoldFile[]> {
  const starter = scaffold(await readTemplate('starter'), { title: basename(target), tenant, site });
  return ci === undefined ? starter : [...scaffoldPipeline(await readTemplate('ci'), ci), ...starter];
}

async function readTemplate(name: string): Promise<readonly ScaffoldFile[]> {
  const folder = join(EXAMPLES, name);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name);
        return { path: relative(folder, file).split(sep).join('/'), text: await readFile(file, 'utf8') };
      }),
  );
}

/** Also where a file is in the way of a folder. */
function isThere(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOTDIR';
  }
}

/** @param made gets what was not there before, also where it fails: then nothing of it shall stay */
async function write(target: string, files: readonly ScaffoldFile[], made: string[]): Promise<void> {
  const makeFolder = async (folder: string) => {
    const first = await mkdir(folder, { recursive: true });
    if (first !== undefined) made.push(first);
  };
  await makeFolder(target);
  for (const { path, text } of files) {
    const file = join(target, path);
    await makeFolder(dirname(file));
    const handle = await open(file, 'wx');
    made.push(file);
    await handle.writeFile(text).finally(() => handle.close());
  }
}

async function makeRepository(target: string, made: string[]): Promise<void> {
  made.push(join(target, '.git'));
  // No other command needs the code that writes git.
  const { initializeRepository } = await import('../git/initialize.ts');
  await initializeRepository(target, BRANCH);
}

interface Made {
  readonly directory: string;
  readonly target: string;
  /** Of the repository. */
  readonly root: string;
  readonly files: readonly ScaffoldFile[];
}

/** Commands that work as they are printed. */
function nextSteps({ directory, target, root, files }: Made): string {
  const enter = resolve() === target ? [] : [`cd -- ${quote(directory)}`];
  const tops = [...new Set(files.map(({ path }) => path.split('/')[0] ?? ''))].sort();
  const where = relative(target, root) || '.';
  const inside = root === target ? '' : ` --path ${quote(relative(root, target))}`;
  const steps = [
    ...enter,
    'fairlead validate',
    `git add -- ${tops.join(' ')}`,
    "git commit --message 'Begin'",
    `fairlead run --repository ${where}${inside} --once`,
    'curl http://127.0.0.1:8080/',
  ];
  return `\nNext:\n${steps.map((step) => `  ${step}\n`).join('')}`;
}

function quote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
