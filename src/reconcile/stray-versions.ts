import { GitError, type GitReader } from '../git/port.ts';
import { applicationKey } from '../model/names.ts';
import type { AskedVersions } from './asked-versions.ts';
import { BESIDE, type Sighting } from './sightings.ts';
import type { TreeLoader } from './tree-loader.ts';

/**
 * Versions that run and that the history of the head does not have, because it was rewritten: found through the commits
 * in the labels of what runs, as last good texts are.
 */
export interface StrayVersions {
  of(key: string): readonly Sighting[];
  /** `isKnown`: what history has. A commit is asked for once. @throws GitError */
  find(asked: AskedVersions, isKnown: (key: string, version: string) => boolean, signal: AbortSignal): Promise<void>;
}

export function createStrayVersions(git: GitReader, loader: TreeLoader): StrayVersions {
  let known = new Map<string, readonly Sighting[]>();
  /** By name of what was asked for; undefined: not to be had. */
  let answers = new Map<string, Sighting | undefined>();

  return {
    of: (key) => known.get(key) ?? [],
    async find({ catalog, running }, isKnown, signal) {
      const next = new Map<string, Sighting | undefined>();
      const found = new Map<string, readonly Sighting[]>();
      for (const [key, versions] of running) {
        if (catalog.applications[key] === undefined) continue;
        for (const [version, revision] of versions) {
          if (isKnown(key, version)) continue;
          const name = `${key} ${version} ${revision}`;
          const answer = answers.has(name) ? answers.get(name) : await read({ key, version, revision }, signal);
          next.set(name, answer);
          if (answer !== undefined) found.set(key, [...(found.get(key) ?? []), answer]);
        }
      }
      [known, answers] = [found, next];
    },
  };

  async function read({ key, version, revision }: Wanted, signal: AbortSignal): Promise<Sighting | undefined> {
    try {
      if ((await git.readCommit(revision, signal)) === undefined) return undefined;
      const { documents } = await loader.load(revision);
      for (const document of documents) {
        if (document.kind !== 'application' || document.spec.version !== version) continue;
        if (applicationKey({ tenant: document.tenant, application: document.name }) !== key) continue;
        return { version, revision, file: document.file, height: BESIDE, document };
      }
      return undefined;
    } catch (error) {
      if (error instanceof GitError && error.code === 'not-found') return undefined; // it has no tree folder
      throw error;
    }
  }
}

interface Wanted {
  readonly key: string;
  readonly version: string;
  readonly revision: string;
}
