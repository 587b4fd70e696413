import { GitError, type Commit } from '../git/port.ts';
import { trailerValues } from '../model/commit-trailer.ts';
import { isMassRemoval, type Pruning } from '../plan/prune-guard.ts';
import { commitsBetween } from './commit-range.ts';
import { createHistory, type History, type HistoryOptions } from './history.ts';

/** True when the last paragraph of a commit message carries `Fairlead-Allow-Prune: true`. */
export function allowsPrune(message: string): boolean {
  return trailerValues(message, 'Fairlead-Allow-Prune').some((value) => value.toLowerCase() === 'true');
}

/** `limit` bounds how far back the first removing commit is looked for; head itself always counts. */
export interface PrunePermissionOptions extends HistoryOptions {
  /** Application keys a revision deploys. @throws GitError 'not-found' where it has no tree folder */
  readonly deployedAt: (revision: string) => Promise<ReadonlySet<string>>;
}

/** The commit before the first one that removes any of the applications, and what came after it. */
interface Removal {
  /** undefined when head has no parent that may be looked at. */
  readonly base: string | undefined;
  readonly deployedBefore: ReadonlySet<string>;
  /** First parents from head down to the first removing commit. */
  readonly mainline: readonly Commit[];
}

/**
 * Whether `head` may remove these applications together (contract 2): a commit from the first that removes one of them
 * up to head, those of merged branches included, carries the trailer, or they are no more than half of what runs of
 * what was deployed before. What the same commits add does not count: it would release the guard by starting.
 * @throws GitError
 */
export async function isPruneAllowed(
  head: string,
  { applications, running }: Pruning,
  options: PrunePermissionOptions,
): Promise<boolean> {
  const history = createHistory(options);
  const removal = await findRemoval(head, applications, { ...options, history });
  if (removal === undefined) return false;
  const { deployedBefore, mainline } = removal;
  if (mainline.some(({ message }) => allowsPrune(message))) return true;
  const ran = running.filter((key) => deployedBefore.has(key) || applications.includes(key));
  return !isMassRemoval(applications.length, ran.length) || (await isAllowedByMerged(head, removal, history));
}

/**
 * An application that no examined commit deploys is taken as removed by head. The base is the oldest of the newest
 * commits that deploy each of the others.
 */
async function findRemoval(
  head: string,
  applications: readonly string[],
  { history, deployedAt }: PrunePermissionOptions & { readonly history: History },
): Promise<Removal | undefined> {
  const first = await history.read(head);
  if (first === undefined) return undefined;
  const walked = [first];
  const missing = new Set(applications);
  let found: Removal = { base: undefined, deployedBefore: new Set(), mainline: [first] };
  for await (const commit of history.firstParents(head)) {
    const deployed = await deployedOrNothing(commit.oid, deployedAt);
    const removed = [...missing].filter((key) => deployed.has(key));
    if (found.base === undefined || removed.length > 0) {
      found = { base: commit.oid, deployedBefore: deployed, mainline: [...walked] };
    }
    for (const key of removed) missing.delete(key);
    if (missing.size === 0) break;
    walked.push(commit);
  }
  return found;
}

/** A commit from before the tree folder deploys nothing. */
async function deployedOrNothing(
  revision: string,
  deployedAt: PrunePermissionOptions['deployedAt'],
): Promise<ReadonlySet<string>> {
  try {
    return await deployedAt(revision);
  } catch (error) {
    if (error instanceof GitError && error.code === 'not-found') return new Set();
    throw error;
  }
}

/** The trailer may stand in a pull request's own commit. */
async function isAllowedByMerged(head: string, { base, mainline }: Removal, history: History): Promise<boolean> {
  if (base === undefined || mainline.every(({ parents }) => parents.length < 2)) return false;
  const commits = await commitsBetween(base, head, history);
  return commits?.some(({ message }) => allowsPrune(message)) ?? false;
}
