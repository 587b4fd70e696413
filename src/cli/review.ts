import { existsSync } from 'node:fs';
import path from 'node:path';
import { SANDBOX_IMAGE } from '../docker/sandbox-image.ts';
import { openLocalRepository } from '../git/local.ts';
import { FETCH_MORE, openNamedCommits, type NamedCommits } from '../git/named-commits.ts';
import { GitError, type GitPort } from '../git/port.ts';
import { NoSiteError, reviewRevisions } from '../reconcile/review-revisions.ts';
import { formatReview, type ReviewFormat } from '../review/format-review.ts';
import { SETTINGS } from '../settings.ts';
import type { CliIo } from './io.ts';
import { openOutput } from './output.ts';
import { uncommittedFiles } from './uncommitted-files.ts';

export interface ReviewFlags {
  readonly base?: string | undefined;
  readonly head?: string | undefined;
  readonly repository: string;
  readonly path: string;
  readonly site?: string | undefined;
  /** False: compared with the very commit of base. */
  readonly mergeBase: boolean;
  readonly format: ReviewFormat;
}

/** contract 1 */
const EXIT = { noChange: 0, error: 1, changes: 3 };

/** Uncommitted files that are named. */
const MOST_NAMED = 5;

/** Prints what merging a revision would change, from a repository on this machine alone. Returns the exit code. */
export async function runReview(flags: ReviewFlags, io: CliIo): Promise<number> {
  try {
    const root = findRepository(flags.repository);
    const signal = io.interrupted();
    const commits = await openNamedCommits(root);
    const git = openLocalRepository({ path: root, branch: 'HEAD', treePath: flags.path, isForOneLook: true });
    const head = { ref: flags.head ?? 'HEAD', revision: await commits.resolve(flags.head ?? 'HEAD') };
    const { base, notes } = await resolveBase(flags, commits, head.revision);
    await warnOfUncommitted({ git, root, flags, commits, head: head.revision }, io);
    const document = await reviewRevisions({
      ...{ git, base, head, notes, signal },
      site: { owner: 'default', sandboxImage: SANDBOX_IMAGE, site: flags.site },
      networkPool: usual('network-pool'),
      limit: Number(usual('history')),
      now: Date.now(),
    });
    const output = openOutput(io.stdout);
    await output.write(formatReview(document, flags.format));
    return document.changed ? EXIT.changes : EXIT.noChange;
  } catch (error) {
    if (!(error instanceof GitError) && !(error instanceof NoSiteError)) throw error;
    io.stderr.write(`error: ${error.message}\n`);
    return EXIT.error;
  }
}

/** What a daemon uses when nobody says otherwise. */
function usual(setting: 'network-pool' | 'history'): string {
  const text = SETTINGS[setting].defaultText;
  return typeof text === 'string' ? text : '';
}

/** From a folder inside of a work tree, as git does. */
function findRepository(from: string): string {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.git'))) return folder;
    if (folder === path.dirname(folder)) return from;
  }
}

async function resolveBase(flags: ReviewFlags, commits: NamedCommits, head: string) {
  const { base: named, mergeBase } = flags;
  const ref = named ?? (await commits.defaultBranch());
  if (ref === undefined)
    throw new GitError('branch-missing', 'there is no branch to compare with: name one with --base');
  const tip = await commits.resolve(ref);
  if (!mergeBase) return { base: { ref, revision: tip }, notes: [] };
  const { commit, isCut } = await commits.mergeBase(tip, head);
  if (commit === undefined) throw new GitError('branch-missing', unrelated(ref, flags.head ?? 'HEAD', isCut));
  const since = `${ref} has moved on since ${commit.slice(0, 8)}, where this branched off: what came since is not part of this`;
  return { base: { ref, revision: commit }, notes: commit === tip ? [] : [since] };
}

function unrelated(ref: string, head: string, isCut: boolean): string {
  if (!isCut) return `${head} and ${ref} have no commit in common; --no-merge-base compares with ${ref} itself`;
  return (
    `the commit this branched off from ${ref} is not here, for the clone is shallow: ${FETCH_MORE}, ` +
    `or compare with ${ref} itself by --no-merge-base`
  );
}

interface Surroundings {
  readonly git: GitPort;
  readonly root: string;
  readonly flags: ReviewFlags;
  readonly commits: NamedCommits;
  readonly head: string;
}

/** What is not committed is not looked at, which is seldom what somebody means who has just changed it. */
async function warnOfUncommitted({ git, root, flags, commits, head }: Surroundings, io: CliIo): Promise<void> {
  const isWorkTree = existsSync(path.join(root, '.git'));
  if (!isWorkTree || (await commits.resolve('HEAD')) !== head) return;
  const files = await uncommittedFiles(git, { root, treePath: flags.path, commit: head }, io.interrupted());
  if (files.length === 0) return;
  const named = files.slice(0, MOST_NAMED).map((file) => JSON.stringify(file));
  const rest = files.length > MOST_NAMED ? ` and ${files.length - MOST_NAMED} more` : '';
  io.stderr.write(`WARNING: not committed, so not part of this plan: ${named.join(', ')}${rest}\n`);
}
