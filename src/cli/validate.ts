import type { ParsedFile } from '../model/catalog.ts';
import type { Problem } from '../model/problem.ts';
import { buildCatalog } from '../spec/build-catalog.ts';
import { checkCrossReferences } from '../spec/cross-references.ts';
import { LIMITS } from '../spec/limits.ts';
import { parseFile, rejectFile } from '../spec/parse-file.ts';
import { compareProblems } from '../spec/problems.ts';
import { readWorkingTree, type WorkingFile } from './read-working-tree.ts';

export interface ValidateOptions {
  readonly signal?: AbortSignal;
}

export interface ValidatedTree {
  readonly problems: readonly Problem[];
  /** How many files were looked at. */
  readonly files: number;
}

/**
 * Checks the tree of contract 2 below a folder, offline, as a commit would be checked, and the references between its
 * documents as well. Problems are sorted by file, line and column.
 * @throws NoTreeError
 */
export async function validateTree(root: string, { signal }: ValidateOptions = {}): Promise<ValidatedTree> {
  const files: ParsedFile[] = [];
  for await (const file of readWorkingTree(root, signal)) files.push(parseWorkingFile(file));
  const catalog = buildCatalog('', files, []);
  const problems = [...catalog.problems, ...checkCrossReferences(catalog)].sort(compareProblems);
  return { problems, files: files.length };
}

function parseWorkingFile({ path, content }: WorkingFile): ParsedFile {
  switch (content) {
    case 'symlink':
      return rejectFile(path, 'this is a symbolic link, which is not followed; put the file itself here');
    case 'too-large':
      return rejectFile(path, `the file is larger than ${LIMITS.fileBytes / 1024 / 1024} MiB and is not read`);
    case 'unreadable':
      return rejectFile(path, 'this cannot be read');
    case 'unusual':
      return rejectFile(path, 'this is no ordinary file');
    default:
      return parseFile(path, content);
  }
}
