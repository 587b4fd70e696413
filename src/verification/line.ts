import type { Commit, GitPort, Tag } from '../git/port.ts';
import { createHistory, type History } from '../reconcile/history.ts';
import type { Approved, Refused } from '../signatures/admission.ts';
import type { Judgement } from '../signatures/judge.ts';
import type { Verdicts } from './verdicts.ts';

/** The newest verified revision of a branch, looked for along its first parents. */
export interface Sighted {
  readonly candidate: Approved | undefined;
  /** What the signer of the candidate wrote: the message of the commit or of the tag. */
  readonly message: string;
  /** Newer than that, and not verified. */
  readonly refused: Refused | undefined;
  /** Whether the walk ended at `until`. */
  readonly isReached: boolean;
}

export interface LineOptions {
  readonly git: GitPort;
  readonly verdicts: Verdicts;
  /** First parents looked at, besides the head. */
  readonly limit: number;
  /** Those that count, in the mode `tag`; undefined: commits themselves have to be signed. */
  readonly tags: readonly Tag[] | undefined;
  readonly signal: AbortSignal;
}

/** So many tags of one commit are tried; whoever needs more has another problem. */
const MAX_TAGS = 20;

/**
 * Walks from the head back to the first verified commit, or to `until`, which was verified before.
 * @throws GitError
 */
export async function findVerified(head: string, until: string | undefined, options: LineOptions): Promise<Sighted> {
  let refused: Refused | undefined;
  for await (const commit of lineFrom(head, options)) {
    if (commit.oid === until) return { candidate: undefined, message: '', refused, isReached: true };
    const found = options.tags === undefined ? await lookAtCommit(commit, options) : await lookAtTags(commit, options);
    if (found.approved !== undefined) {
      return { candidate: found.approved, message: found.message, refused, isReached: false };
    }
    refused ??= found.refused;
  }
  return { candidate: undefined, message: '', refused, isReached: false };
}

/** The head and its first parents, newest first. */
export async function* lineFrom(
  head: string,
  { git, limit, signal }: Pick<LineOptions, 'git' | 'limit' | 'signal'>,
): AsyncGenerator<Commit> {
  const history: History = createHistory({ git, limit, signal });
  const first = await git.readCommit(head, signal);
  if (first === undefined) return;
  yield first;
  yield* history.firstParents(head);
}

interface Found {
  readonly approved: Approved | undefined;
  readonly message: string;
  readonly refused: Refused | undefined;
}

const NOTHING: Found = { approved: undefined, message: '', refused: undefined };

async function lookAtCommit(commit: Commit, { verdicts, signal }: LineOptions): Promise<Found> {
  return toFound(commit, undefined, await verdicts.commit(commit.oid, signal));
}

/** A good tag counts though another one of the same commit is bad. */
async function lookAtTags(commit: Commit, { verdicts, tags = [], signal }: LineOptions): Promise<Found> {
  let first: Found | undefined;
  for (const tag of tagsOf(commit.oid, tags)) {
    const found = toFound(commit, tag.name, await verdicts.tag(tag, signal));
    if (found.approved !== undefined) return found;
    first ??= found;
  }
  return first ?? NOTHING;
}

/** `v10` before `v9`. */
export function tagsOf(commit: string, tags: readonly Tag[]): readonly Tag[] {
  const own = tags.filter((tag) => tag.commit === commit);
  return own.toSorted((a, b) => b.name.localeCompare(a.name, 'en', { numeric: true })).slice(0, MAX_TAGS);
}

function toFound({ oid: revision, time }: Commit, tag: string | undefined, judgement: Judgement): Found {
  const name = tag === undefined ? {} : { tag };
  if (!judgement.verified) {
    return { approved: undefined, message: '', refused: { revision, ...name, reason: judgement.reason } };
  }
  return {
    approved: { revision, time, signer: judgement.signer, ...name },
    message: judgement.message,
    refused: undefined,
  };
}
