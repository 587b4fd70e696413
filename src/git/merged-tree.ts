import type { GitReader, TreeEntry } from './port.ts';

export interface MergedLines {
  readonly base: string;
  readonly head: string;
  /** Where the line of `head` left that of `base`. */
  readonly mergeBase: string;
}

export interface MergedTree {
  /** `head` holds what it would, had it been merged into `base`. */
  readonly git: GitReader;
  /** Files that both sides changed, each otherwise: taken as `head` has them. Sorted. */
  readonly conflicts: readonly string[];
}

type Tree = ReadonlyMap<string, TreeEntry>;
type Changes = ReadonlyMap<string, TreeEntry | undefined>;

/**
 * Merges file by file: what `head` changed since it left `base` is laid over `base`. Files are small and belong to one
 * application each, so lines inside of one are not merged. Nothing is written.
 * @throws GitError
 */
export async function mergeTrees(git: GitReader, { base, head, mergeBase }: MergedLines): Promise<MergedTree> {
  if (mergeBase === base) return { git, conflicts: [] };
  const theirs = await git.compareTrees(mergeBase, head);
  const ours = await git.compareTrees(mergeBase, base);
  const merged = overlay(await git.readTree(base), theirs);
  const isHead = (commit: string) => commit === head;
  return {
    conflicts: [...theirs.keys()].filter((path) => ours.has(path) && !isSame(ours.get(path), theirs.get(path))).sort(),
    git: {
      ...git,
      readTree: async (commit) => (isHead(commit) ? merged : await git.readTree(commit)),
      readTreeEntry: async (commit, path) =>
        isHead(commit) ? merged.get(path) : await git.readTreeEntry(commit, path),
      compareTrees: async (from, commit) =>
        isHead(commit) ? difference(await git.readTree(from), merged) : await git.compareTrees(from, commit),
    },
  };
}

function overlay(tree: Tree, changes: Changes): Tree {
  const merged = new Map(tree);
  for (const [path, entry] of changes) {
    if (entry === undefined) merged.delete(path);
    else merged.set(path, entry);
  }
  return merged;
}

function difference(from: Tree, to: Tree): Changes {
  const paths = new Set([...from.keys(), ...to.keys()]);
  const differing = [...paths].filter((path) => !isSame(from.get(path), to.get(path)));
  return new Map(differing.map((path) => [path, to.get(path)]));
}

function isSame(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.oid === b?.oid && a?.type === b?.type;
}
