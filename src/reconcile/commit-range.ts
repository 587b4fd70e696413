import type { Commit } from '../git/port.ts';
import type { History } from './history.ts';

/** Clocks of committers differ: parents may look younger than their children by that much. */
const CLOCK_SKEW_MS = 24 * 60 * 60 * 1000;
const MAX_COMMITS = 5_000;

/**
 * The commits that can be reached from `head` and not from `base`, over all parents: those of merged branches too.
 * Newest first, so that history older than both is not walked. undefined when it cannot be told, because the history
 * of `base` is not here or there is too much of it.
 */
export async function commitsBetween(
  base: string,
  head: string,
  history: History,
): Promise<readonly Commit[] | undefined> {
  const ofBase = new Set([base]);
  const ofHead = new Set<string>();
  const found = new Map<string, Commit>();
  const waiting: Commit[] = [];
  const enter = async (oid: string) => {
    const commit = await history.read(oid);
    if (commit !== undefined) waiting.push(commit);
    return commit !== undefined;
  };
  const enterOfHead = async (oid: string) => {
    if (ofHead.has(oid) || ofBase.has(oid)) return;
    ofHead.add(oid);
    await enter(oid);
  };
  if (!(await enter(base))) return undefined;
  await enterOfHead(head);
  for (let walked = 0; goesOn(waiting, found, ofBase); walked += 1) {
    const commit = takeNewest(waiting);
    if (commit === undefined) break;
    if (walked > MAX_COMMITS) return undefined;
    if (!ofBase.has(commit.oid)) {
      found.set(commit.oid, commit);
      for (const parent of commit.parents) await enterOfHead(parent);
      continue;
    }
    found.delete(commit.oid);
    if (commit.shallow) return undefined;
    for (const parent of commit.parents) {
      if (ofBase.has(parent)) continue;
      ofBase.add(parent);
      if (!(await enter(parent))) return undefined;
    }
  }
  return [...found.values()];
}

/** While something is undecided, or may yet turn out to belong to the base. */
function goesOn(waiting: readonly Commit[], found: ReadonlyMap<string, Commit>, ofBase: ReadonlySet<string>): boolean {
  if (waiting.some(({ oid }) => !ofBase.has(oid))) return true;
  const oldest = Math.min(...[...found.values()].map(({ time }) => time));
  return waiting.some(({ time }) => time >= oldest - CLOCK_SKEW_MS);
}

function takeNewest(waiting: Commit[]): Commit | undefined {
  const newest = Math.max(...waiting.map(({ time }) => time));
  const index = waiting.findIndex(({ time }) => time === newest);
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}
