import { lstatSync, readFileSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
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

/** After so many files, signals get a chance. */
const TURN = 64;

/**
 * Yields the files below a folder in order of their paths, reading only those that hold documents. Symbolic links are
 * not followed, and whatever `classifyPath` ignores is not looked into.
 * @throws NoTreeError
 */
export async function* readWorkingTree(root: string, signal?: AbortSignal): AsyncGenerator<WorkingFile> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => {
    throw new NoTreeError(root);
  });
  let count = 0;
  for await (const file of readEntries(root, '', entries)) {
    if ((count += 1) % TURN === 0) await setImmediate();
    signal?.throwIfAborted();
    yield file;
  }
}

async function* readEntries(root: string, folder: string, entries: readonly Dirent[]): AsyncGenerator<WorkingFile> {
  for (const entry of entries.toSorted((a, b) => compareTexts(a.name, b.name))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (classifyPath(path).kind === 'ignored') continue;
    if (!entry.isDirectory()) {
      yield { path, content: readWorkingFile(root, path) };
      continue;
    }
    const children = await readdir(join(root, path), { withFileTypes: true }).catch(() => undefined);
    if (children === undefined) yield { path, content: 'unreadable' };
    else yield* readEntries(root, path, children);
  }
}

/** Many small files: not waiting for each is several times as fast. @param path below the root, with `/` */
export function readWorkingFile(root: string, path: string): WorkingFile['content'] {
  const file = join(root, path);
  try {
    const stats = lstatSync(file);
    if (stats.isSymbolicLink()) return 'symlink';
    // A pipe or device would never end.
    if (!stats.isFile()) return 'unusual';
    if (!holdsDocuments(classifyPath(path))) return new Uint8Array();
    return stats.size > LIMITS.fileBytes ? 'too-large' : readFileSync(file);
  } catch {
    return 'unreadable';
  }
}
