import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { GitPort } from '../git/port.ts';
import { classifyPath, holdsDocuments } from '../spec/layout.ts';
import { NoTreeError, readWorkingTree } from './read-working-tree.ts';

export interface WorkTree {
  /** The folder with the work tree. */
  readonly root: string;
  /** Where in it the documents are. */
  readonly treePath: string;
  /** The commit it was checked out from. */
  readonly commit: string;
}

/** Documents in a work tree that are not as the commit has them, sorted; [] where there is no work tree. @throws GitError */
export async function uncommittedFiles(
  git: GitPort,
  { root, treePath, commit }: WorkTree,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const committed = await git.readTree(commit).catch(() => new Map<string, never>());
  const missing = new Set([...committed.keys()].filter((path) => holdsDocuments(classifyPath(path))));
  const different: string[] = [];
  try {
    for await (const { path, content } of readWorkingTree(join(root, treePath), signal)) {
      missing.delete(path);
      if (typeof content === 'string' || !holdsDocuments(classifyPath(path))) continue;
      if (!hasContent(content, committed.get(path)?.oid)) different.push(path);
    }
  } catch (error) {
    if (error instanceof NoTreeError) return [];
    throw error;
  }
  return [...different, ...missing].sort();
}

/** As it stands or, where git changes line breaks on checkout, as it would be committed. */
function hasContent(content: Uint8Array, oid: string | undefined): boolean {
  if (oid === undefined) return false;
  return (
    blobId(content) === oid ||
    blobId(Buffer.from(Buffer.from(content).toString('latin1').replaceAll('\r\n', '\n'), 'latin1')) === oid
  );
}

/** gitformat-pack(5): the hash is of the content behind a head that tells type and size. */
function blobId(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex');
}
