import { deployedApplicationKey, pinnedVersion } from '../desired/choose-version.ts';
import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import type { RunningVersions } from './running-versions.ts';
import { BESIDE, type Sighting } from './sightings.ts';

/** Versions that are listed of an application, the one in force among them (contract 8.3). */
const LISTED = 3;

/** Which versions are asked for under a revision. */
export interface AskedVersions {
  readonly catalog: ResolvedCatalog;
  /** By application key. */
  readonly pinned: ReadonlyMap<string, string>;
  readonly running: RunningVersions;
}

export function askVersions(catalog: ResolvedCatalog, running: RunningVersions): AskedVersions {
  const pinned = Object.values(catalog.deployments).flatMap((deployment) => {
    const version = pinnedVersion(deployment);
    return version === undefined ? [] : [[deployedApplicationKey(deployment), version] as const];
  });
  return { catalog, pinned: new Map(pinned), running };
}

export function asksTheSame(a: AskedVersions, b: AskedVersions): boolean {
  return a.catalog === b.catalog && isSameRunning(a.running, b.running);
}

function isSameRunning(a: RunningVersions, b: RunningVersions): boolean {
  const text = (running: RunningVersions) => JSON.stringify([...running].map(([key, versions]) => [key, ...versions]));
  return text(a) === text(b);
}

/**
 * Whether what was found for `former` is all there is for `now`: nothing runs that was not asked for before. `isKnown`:
 * its text is here.
 */
export function asksForNoMore(
  former: AskedVersions,
  now: AskedVersions,
  isKnown: (key: string, version: string) => boolean,
): boolean {
  if (former.catalog !== now.catalog) return false;
  return [...now.running].every(([key, versions]) =>
    [...versions.keys()].every((version) => former.running.get(key)?.has(version) === true || isKnown(key, version)),
  );
}

/** Versions to be found whatever their age: what a deployment pins, and what runs. */
export function wantedVersions({ pinned, running }: AskedVersions, key: string): ReadonlySet<string> {
  const pin = pinned.get(key);
  return new Set([...(pin === undefined ? [] : [pin]), ...(running.get(key)?.keys() ?? [])]);
}

/** Whether a longer look at history could find more that is asked for. `found`: all that is known of the application. */
export function isHungry(asked: AskedVersions, key: string, found: readonly Sighting[]): boolean {
  const current = asked.catalog.applications[key]?.document.spec;
  if (current === undefined) return false;
  const known = new Set([current.version, ...found.map(({ version }) => version)]);
  if ([...wantedVersions(asked, key)].some((version) => !known.has(version))) return true;
  return current.version !== undefined && known.size < LISTED;
}

/** What is asked for of an application beside its text in force. */
export interface PickedVersion {
  readonly sighting: Sighting;
  /** Otherwise it is asked for because it runs, and is in no list. */
  readonly isListed: boolean;
}

/** `found`: all that is known of the application, newest first. */
export function pickVersions(asked: AskedVersions, key: string, found: readonly Sighting[]): readonly PickedVersion[] {
  const current = asked.catalog.applications[key]?.document.spec;
  if (current === undefined) return [];
  const recent = current.version === undefined ? 0 : LISTED - 1;
  const wanted = wantedVersions(asked, key);
  const others = found.filter(({ version }) => version !== current.version);
  return others.flatMap((sighting, index) => {
    const isRecent = index < recent && sighting.height !== BESIDE;
    const isListed = isRecent || asked.pinned.get(key) === sighting.version;
    return isListed || wanted.has(sighting.version) ? [{ sighting, isListed }] : [];
  });
}

/** undefined as long as its text has not been read. */
export function toInForce({ document, revision }: Sighting): DocumentInForce<'application'> | undefined {
  return document && { document, revision, rejected: undefined };
}
