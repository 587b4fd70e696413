import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Commit, GitReader, TreeEntry } from '../git/port.ts';
import type { ParsedFile } from '../model/catalog.ts';
import { classifyPath } from '../spec/layout.ts';
import { applicationsIn, createApplicationPlaces, type ApplicationPlaces } from './application-places.ts';
import type { History } from './history.ts';
import { forgetBelow, layOver, sight, type Sightings } from './sightings.ts';
import type { TreeLoader } from './tree-loader.ts';

/**
 * What was seen of the applications along the first parents of a head, down to the tail. It changes only between two
 * commits, never in the middle of one: whatever fails, the next step begins where this one did.
 */
export interface Walk {
  readonly head: string;
  readonly sightings: Sightings;
  /** By application key, the time of the newest commit that changed its file, ms since the epoch. */
  readonly changes: Map<string, number>;
  readonly headHeight: number;
  readonly tail: string;
  readonly tailHeight: number;
  /** undefined: not read yet. */
  readonly tailCommit: Commit | undefined;
  /** Of the tail. */
  readonly places: ApplicationPlaces;
  /** There is no commit before the tail. */
  readonly isAtEnd: boolean;
  /** The walk of a former head: where this one comes upon it, it goes on from its tail. */
  readonly beneath: Walk | undefined;
}

export type Step =
  | { readonly kind: 'looked'; readonly walk: Walk; readonly seen: readonly Seen[] }
  /** The former walk was come upon: everything it saw is seen. */
  | { readonly kind: 'joined'; readonly walk: Walk }
  | { readonly kind: 'over'; readonly walk: Walk }
  /** The next commit is not to be had. It was there when its child was looked at, unless the history ends so. */
  | { readonly kind: 'lost' };

/** A version of an application that was not seen before. */
export interface Seen {
  readonly key: string;
  readonly version: string;
}

export interface WalkOptions {
  readonly git: GitReader;
  readonly loader: TreeLoader;
  readonly history: History;
  /** First parents looked at most. */
  readonly limit: number;
}

/** Interrupted again and again, a walk need not remember more former ones than that. */
const MAX_BENEATH = 3;

/** Looks at the head itself. @throws GitError */
export async function beginWalk(head: string, beneath: Walk | undefined, loader: TreeLoader): Promise<Walk> {
  const places = createApplicationPlaces();
  const sightings: Sightings = new Map();
  const files = await loader.loadFiles(head);
  const concerned = files.flatMap((parsed) => places.put(parsed.file, parsed));
  noteSightings({ sightings, places, revision: head, height: 0 }, concerned, indexByFile(files));
  const [headHeight, tailHeight, tailCommit] = [0, 0, undefined];
  const chain = beneath && dropBelow(beneath, MAX_BENEATH);
  return {
    ...{ head, sightings, changes: new Map<string, number>(), headHeight, places, tail: head, tailHeight, tailCommit },
    isAtEnd: false,
    beneath: chain,
  };
}

function dropBelow(walk: Walk, count: number): Walk | undefined {
  if (count === 0) return undefined;
  return walk.beneath === undefined ? walk : { ...walk, beneath: dropBelow(walk.beneath, count - 1) };
}

/** One commit further. @throws GitError */
export async function stepBack(walk: Walk, options: WalkOptions): Promise<Step> {
  if (walk.isAtEnd || depthOf(walk) >= options.limit) return { kind: 'over', walk };
  const tailCommit = walk.tailCommit ?? (await options.history.read(walk.tail));
  return tailCommit === undefined ? { kind: 'lost' } : await stepFrom({ ...walk, tailCommit }, options);
}

/** A walk whose tail was read. */
type ReadWalk = Walk & { readonly tailCommit: Commit };

async function stepFrom(walk: ReadWalk, options: WalkOptions): Promise<Step> {
  const { tailCommit, beneath } = walk;
  const [parent] = tailCommit.parents;
  if (parent === undefined) {
    if (!tailCommit.shallow) noteChanges(walk, walk.places.keys());
    return { kind: 'over', walk: { ...walk, isAtEnd: true } };
  }
  if (parent === beneath?.head) {
    await compareWith(parent, walk, options);
    return { kind: 'joined', walk: join(walk, beneath, options.limit) };
  }
  const commit = await options.history.read(parent);
  return commit === undefined ? { kind: 'lost' } : await lookAt(commit, walk, options);
}

/** First parents between head and tail, the tail among them. */
export function depthOf({ headHeight, tailHeight }: Walk): number {
  return headHeight - tailHeight;
}

/** What is lower is further from the head than `limit`. */
export function lowestOf({ headHeight }: Walk, limit: number): number {
  return headHeight - limit;
}

/** Goes from the tail to its parent. */
async function lookAt(commit: Commit, walk: ReadWalk, options: WalkOptions): Promise<Step> {
  const { oid } = commit;
  const { places, sightings } = walk;
  const height = walk.tailHeight - 1;
  const { changed, concerned } = await compareWith(oid, walk, options);
  const seen = noteSightings({ sightings, places, revision: oid, height }, concerned, changed);
  return { kind: 'looked', seen, walk: { ...walk, tail: oid, tailHeight: height, tailCommit: commit } };
}

/** The files that are others at the parent of the tail, and the applications in them: the tail changed these. */
async function compareWith(parent: string, walk: ReadWalk, { git, loader }: WalkOptions) {
  const changed = await parseChanged(await git.compareTrees(walk.tail, parent), loader);
  const concerned = [...changed].flatMap(([file, parsed]) => walk.places.put(file, parsed));
  noteChanges(walk, concerned);
  return { changed, concerned };
}

async function parseChanged(
  entries: ReadonlyMap<string, TreeEntry | undefined>,
  loader: TreeLoader,
): Promise<ReadonlyMap<string, ParsedFile | undefined>> {
  const parsed = new Map<string, ParsedFile | undefined>();
  for (const [file, entry] of entries) {
    if (classifyPath(file).kind !== 'application') continue;
    parsed.set(file, entry && (await loader.parseEntry(file, entry)));
    await nextTurn(); // many files may change in one commit
  }
  return parsed;
}

/** The walk goes back in time: the first change it comes upon is the newest. */
function noteChanges({ changes, tailCommit }: ReadWalk, keys: Iterable<string>): void {
  for (const key of keys) if (!changes.has(key)) changes.set(key, tailCommit.time);
}

/** A commit, and what is known of its applications. */
interface Sight {
  readonly sightings: Sightings;
  readonly places: ApplicationPlaces;
  readonly revision: string;
  readonly height: number;
}

/** Only a version's first sighting counts: it is the newest. What has no version is in no list. */
function noteSightings(
  { sightings, places, revision, height }: Sight,
  keys: Iterable<string>,
  files: ReadonlyMap<string, ParsedFile | undefined>,
): readonly Seen[] {
  const seen: Seen[] = [];
  for (const key of new Set(keys)) {
    const place = places.placeOf(key);
    if (place?.version === undefined || sightings.get(key)?.has(place.version) === true) continue;
    const { file, version } = place;
    const document = applicationsIn(files.get(file)).find(([name]) => name === key)?.[1];
    sight(sightings, key, { version, revision, file, height, document });
    seen.push({ key, version });
  }
  return seen;
}

function join(walk: Walk, beneath: Walk, limit: number): Walk {
  const headHeight = beneath.headHeight + depthOf(walk) + 1;
  layOver(beneath.sightings, walk.sightings, headHeight - walk.headHeight);
  for (const [key, time] of walk.changes) beneath.changes.set(key, time);
  const joined = { ...beneath, head: walk.head, headHeight };
  forgetBelow(joined.sightings, lowestOf(joined, limit));
  return joined;
}

function indexByFile(files: readonly ParsedFile[]): ReadonlyMap<string, ParsedFile> {
  return new Map(files.map((parsed) => [parsed.file, parsed]));
}
