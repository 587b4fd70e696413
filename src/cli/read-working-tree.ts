import { type Dirent } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { classifyPath, holdsDocuments } from '../spec/layout.ts';
import { LIMITS } from '../spec/limits.ts';
import { compareTexts } from '../spec/problems.ts';

/** A file of a working tree; the path is relative to its root and uses `/`. */
export interface WorkingFile {
  readonly path: string;
  readonly content: Uint8Array | 'symlink' | 'too-large' | 'unreadable' | 'unusual';
}

export class NoTreeError extends Error {
  constructor(root: string) {
    super(`${root} is not a folder that can be read`);
    this.name = 'NoTreeError';
  }
}

/**
 * Yields the files below a folder in order of their paths, reading only those that hold documents. Symbolic links are
 * not followed, and whatever `classifyPath` ignores is not looked into.
 * @throws NoTreeError
 */
export async function* readWorkingTree(root: string, signal?: AbortSignal): AsyncGenerator<WorkingFile> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => {
    throw new NoTreeError(root);
  });
  yield* readEntries(root, '', entries, signal);
}

async function* readEntries(
  root: string,
  folder: string,
  entries: readonly Dirent[],
  signal: AbortSignal | undefined,
): AsyncGenerator<WorkingFile> {
  for (const entry of entries.toSorted((a, b) => compareTexts(a.name, b.name))) {
    signal?.throwIfAborted();
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (classifyPath(path).kind === 'ignored') continue;
    if (!entry.isDirectory()) {
      yield { path, content: await readContent(join(root, path), path) };
      continue;
    }
    const children = await readdir(join(root, path), { withFileTypes: true }).catch(() => undefined);
    if (children === undefined) yield { path, content: 'unreadable' };
    else yield* readEntries(root, path, children, signal);
  }
}

async function readContent(file: string, path: string): Promise<WorkingFile['content']> {
  try {
    const stats = await lstat(file);
    if (stats.isSymbolicLink()) return 'symlink';
    // A pipe or device would never end.
    if (!stats.isFile()) return 'unusual';
    if (!holdsDocuments(classifyPath(path))) return new Uint8Array();
    return stats.size > LIMITS.fileBytes ? 'too-large' : await readFile(file);
  } catch {
    return 'unreadable';
  }
}
