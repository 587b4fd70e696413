import type { GitPort } from '../git/port.ts';

const TRAILER = /^Fairlead-Allow-Prune:\s*true\s*$/im;

/** True when the last paragraph of a commit message carries `Fairlead-Allow-Prune: true`. */
export function allowsPrune(message: string): boolean {
  const [subject, ...paragraphs] = message.trim().split(/\n\s*\n/);
  return TRAILER.test(paragraphs.at(-1) ?? (subject?.includes('\n') === true ? subject : ''));
}

export interface PrunePermissionOptions {
  readonly git: GitPort;
  /** Commits walked back at most. */
  readonly limit: number;
  /** Application keys a revision deploys. @throws GitError */
  readonly deployedAt: (revision: string) => Promise<ReadonlySet<string>>;
  readonly signal: AbortSignal;
}

/**
 * Whether a commit from the first one that removes any of these applications up to `head` carries the trailer
 * (contract 2). Walks first parents back to the newest commit that still deploys all of them.
 */
export async function isPruneAllowed(
  head: string,
  applications: readonly string[],
  { git, limit, deployedAt, signal }: PrunePermissionOptions,
): Promise<boolean> {
  let oid = head;
  for (let walked = 0; walked < limit; walked += 1) {
    const commit = await git.readCommit(oid, signal);
    if (commit === undefined) return false;
    if (allowsPrune(commit.message)) return true;
    const parent = commit.parents[0];
    if (parent === undefined) return false;
    const deployed = await deployedAt(parent);
    if (applications.every((key) => deployed.has(key))) return false;
    oid = parent;
  }
  return false;
}
