import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileReason } from '../file-reason.ts';
import { nameOf } from './git-error.ts';
import { GitError } from './port.ts';

/** git follows alternates of alternates no further either. */
const MAX_ALTERNATE_DEPTH = 5;

/**
 * The directory that holds the objects and branches of a repository: of a bare one, one with a work tree, a linked
 * work tree or a submodule (whose `.git` is a file).
 * @throws GitError 'not-found' | 'unreachable'
 */
export async function resolveGitDirectory(location: string): Promise<string> {
  if (!(await exists(location))) throw new GitError('not-found', `there is no folder ${location}`);
  for (const candidate of [await followGitFile(path.join(location, '.git')), location]) {
    const directory = await followCommonDirectory(candidate);
    if (await exists(path.join(directory, 'objects'))) return await realpath(directory);
  }
  throw new GitError('not-found', `${location} is no git repository`);
}

/**
 * The directory that holds the HEAD of a repository: of a linked work tree its own, of any other that of its objects.
 * @throws GitError 'unreachable'
 */
export async function resolveHeadDirectory(location: string): Promise<string> {
  const dotGit = await followGitFile(path.join(location, '.git'));
  return (await exists(path.join(dotGit, 'HEAD'))) ? dotGit : location;
}

/** `.git` itself, or where its line `gitdir: <path>` leads. */
async function followGitFile(dotGit: string): Promise<string> {
  const text = await readText(dotGit);
  const [, target] = /^gitdir: (.+)$/m.exec(text ?? '') ?? [];
  return target === undefined ? dotGit : path.resolve(path.dirname(dotGit), target.trim());
}

/** A linked work tree keeps its HEAD apart, everything else is in the directory `commondir` names. */
async function followCommonDirectory(directory: string): Promise<string> {
  const target = await readText(path.join(directory, 'commondir'));
  return target === undefined ? directory : path.resolve(directory, target.trim());
}

/** The git directories a repository borrows objects from (`git clone --shared`), nearest first. */
export async function resolveAlternates(gitdir: string, depth = 0): Promise<readonly string[]> {
  if (depth === MAX_ALTERNATE_DEPTH) return [];
  const objects = path.join(gitdir, 'objects');
  const text = (await readText(path.join(objects, 'info', 'alternates'))) ?? '';
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const found = lines.map((line) => path.resolve(objects, line)).filter((line) => path.basename(line) === 'objects');
  const own = found.map((line) => path.dirname(line));
  const borrowed = await Promise.all(own.map((each) => resolveAlternates(each, depth + 1)));
  return [...own, ...borrowed.flat()];
}

async function readText(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch((error: unknown) => absent(error, file));
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch((error: unknown) => absent(error, file))) !== undefined;
}

/** Absence is an answer; a disk or permission that fails is not. */
function absent(error: unknown, file: string): undefined {
  if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(nameOf(error))) return undefined;
  throw new GitError('unreachable', `the repository cannot be read: ${file}: ${fileReason(error)}`);
}
