import type { GitReader } from '../git/port.ts';
import { createHistory, type History } from './history.ts';
import type { RevisionPlace } from './revision-outcome.ts';

/** A beginning of a commit's id, long enough to mean one. */
export const REVISION = /^[0-9a-f]{7,40}$/;

export interface FindRevisionOptions {
  readonly git: GitReader;
  /** Commits looked at, at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** Several commits begin like this. */
export class AmbiguousRevisionError extends Error {
  constructor(asked: string) {
    super(`several commits begin with ${asked}; name more of it`);
    this.name = 'AmbiguousRevisionError';
  }
}

/**
 * Where a commit is, seen from `head`.
 * @param asked see `REVISION`
 * @throws GitError, AmbiguousRevisionError
 */
export type FindRevision = (asked: string, head: string) => Promise<RevisionPlace>;

/** Walks of the newest heads that were asked about. */
const WALKS_KEPT = 4;

interface Walk {
  /** As far as it came. */
  readonly commits: readonly string[];
  readonly whole: boolean;
}

/** Each head is walked once, whoever asks for what, and not at all for itself. */
export function createFindRevision({ git, limit, signal }: FindRevisionOptions): FindRevision {
  const walks = new Map<string, Promise<Walk>>();

  function walkOf(head: string): Promise<Walk> {
    const known = walks.get(head);
    if (known !== undefined) return known;
    const walk = walkFrom(head, createHistory({ git, limit, signal }), limit);
    walks.set(head, walk);
    walk.catch(() => walks.delete(head));
    const [oldest] = walks.keys();
    if (walks.size > WALKS_KEPT && oldest !== undefined) walks.delete(oldest);
    return walk;
  }

  return async (asked, head) => {
    if (asked === head) return { kind: 'in-force', revision: head };
    const { commits, whole } = await walkOf(head);
    const found = commits.filter((oid) => oid.startsWith(asked));
    const [revision] = found;
    if (found.length > 1) throw new AmbiguousRevisionError(asked);
    return revision === undefined
      ? { kind: 'not-there', walked: commits.length, whole }
      : { kind: 'in-force', revision };
  };
}

/** Generation by generation, over all parents: those of merged branches too. */
async function walkFrom(head: string, history: History, limit: number): Promise<Walk> {
  const seen = new Set([head]);
  const commits: string[] = [];
  let whole = true;
  // A set is gone through in the order things came into it, while they come.
  for (const oid of seen) {
    if (commits.length >= limit) return { commits, whole: false };
    const commit = await history.read(oid);
    whole &&= commit?.shallow === false;
    if (commit === undefined) continue;
    commits.push(oid);
    for (const parent of commit.parents) seen.add(parent);
  }
  return { commits, whole };
}
