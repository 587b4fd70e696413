import { setImmediate as nextTurn } from 'node:timers/promises';
import { GitError, type GitReader } from '../git/port.ts';
import type { ValidDocument } from '../model/catalog.ts';
import { applicationsIn } from './application-places.ts';
import { isHungry, pickVersions, wantedVersions, type AskedVersions } from './asked-versions.ts';
import { createHistory } from './history.ts';
import { keepTexts, sight, sightingsOf, type Sighting } from './sightings.ts';
import { createStrayVersions, type StrayVersions } from './stray-versions.ts';
import type { TreeLoader } from './tree-loader.ts';
import { beginWalk, depthOf, lowestOf, stepBack, type Seen, type Walk, type WalkOptions } from './version-walk.ts';

export interface VersionSearchOptions {
  readonly git: GitReader;
  readonly loader: TreeLoader;
  /** First parents walked back at most. */
  readonly limit: number;
}

/** How a search is followed, and ended before its time. */
export interface SearchControls {
  readonly signal: AbortSignal;
  /** Asked between two commits. */
  readonly goesOn: () => boolean;
  /** A version was found that somebody waits for. */
  readonly onFound: () => void;
}

/** Looks for versions in the history of one revision after another; what was seen for one serves the next. */
export interface VersionSearch {
  /** All that is known of an application, newest first. */
  found(key: string): readonly Sighting[];
  /** When an application was changed last before a revision, ms since the epoch; undefined where no such commit is known. */
  changedAt(key: string, revision: string): number | undefined;
  /** History goes on beyond the commits that may be looked at. */
  isCut(): boolean;
  /** Until nobody asks for more, or there is no more. What was found before an error stays. @throws GitError */
  search(asked: AskedVersions, controls: SearchControls): Promise<void>;
}

type Surroundings = WalkOptions & SearchControls & { readonly asked: AskedVersions };

/** As many commits are walked to come upon what is known of a former head, though nobody asks for more. */
const NEAR = 50;

export function createVersionSearch(options: VersionSearchOptions): VersionSearch {
  return new Search(options);
}

class Search implements VersionSearch {
  readonly #options: VersionSearchOptions;
  readonly #strays: StrayVersions;
  #walk: Walk | undefined;

  constructor(options: VersionSearchOptions) {
    this.#options = options;
    this.#strays = createStrayVersions(options.git, options.loader);
  }

  found(key: string): readonly Sighting[] {
    const seen = this.#seen(key);
    return [...seen, ...this.#strays.of(key).filter(({ version }) => !seen.some((one) => one.version === version))];
  }

  changedAt(key: string, revision: string): number | undefined {
    return this.#walk?.head === revision ? this.#walk.changes.get(key) : undefined;
  }

  isCut(): boolean {
    const walk = this.#walk;
    return walk !== undefined && depthOf(walk) >= this.#options.limit + (walk.isAtEnd ? 1 : 0);
  }

  async search(asked: AskedVersions, controls: SearchControls): Promise<void> {
    const { limit, git } = this.#options;
    const history = createHistory({ git, limit, signal: controls.signal });
    const around = { ...this.#options, ...controls, asked, history };
    const known = this.#walk?.head === asked.catalog.revision ? this.#walk : undefined;
    let walk = await this.#walkBack(known ?? (await this.#begin(asked, this.#walk)), around);
    if (!controls.goesOn()) return;
    if (!(await this.#readTexts(walk, around))) {
      walk = await this.#walkBack(await this.#begin(asked, undefined), around);
      if (!(await this.#readTexts(walk, around))) throw new GitError('corrupt', 'a commit that was here is gone');
    }
    await this.#findStrays(around);
    for (const key of walk.sightings.keys()) this.#letGo(walk, key, asked);
    this.#keep({ ...walk, beneath: undefined });
  }

  async #begin({ catalog }: AskedVersions, beneath: Walk | undefined): Promise<Walk> {
    return this.#keep(await beginWalk(catalog.revision, beneath, this.#options.loader));
  }

  /** What can be gone on from, whatever happens next. */
  #keep(walk: Walk): Walk {
    this.#walk = walk;
    return walk;
  }

  #seen(key: string): readonly Sighting[] {
    const walk = this.#walk;
    return walk === undefined ? [] : sightingsOf(walk.sightings, key, lowestOf(walk, this.#options.limit));
  }

  #hungry(asked: AskedVersions): Set<string> {
    const keys = Object.keys(asked.catalog.applications);
    return new Set(keys.filter((key) => isHungry(asked, key, this.#seen(key))));
  }

  /** Commit by commit, as long as it is worth it. */
  async #walkBack(start: Walk, around: Surroundings): Promise<Walk> {
    const { asked, goesOn } = around;
    let walk = start;
    let hungry = this.#hungry(asked);
    let isOfNow = depthOf(start) === 0;
    while (goesOn() && (hungry.size > 0 || isNear(walk))) {
      const step = await stepBack(walk, around);
      switch (step.kind) {
        case 'looked':
          walk = this.#keep(step.walk);
          this.#note(step.seen, walk, hungry, around);
          break;
        case 'joined':
          walk = this.#keep(step.walk);
          isOfNow = false;
          hungry = this.#hungry(asked);
          break;
        case 'lost':
          // The store was made anew and has less than when this walk began; a walk of now has come to what there is.
          if (isOfNow) return this.#keep({ ...walk, isAtEnd: true });
          walk = await this.#begin(asked, undefined);
          isOfNow = true;
          hungry = this.#hungry(asked);
          break;
        case 'over':
          return this.#keep(step.walk);
        default:
          step satisfies never;
      }
      await nextTurn();
    }
    return walk;
  }

  #note(seen: readonly Seen[], walk: Walk, hungry: Set<string>, { asked, onFound }: Surroundings): void {
    for (const { key } of seen) {
      this.#letGo(walk, key, asked);
      if (!isHungry(asked, key, this.#seen(key))) hungry.delete(key);
    }
    if (seen.some(({ key, version }) => wantedVersions(asked, key).has(version))) onFound();
  }

  /** Keeps the texts that are asked for, and the one in force: it is an earlier one soon. */
  #letGo({ sightings }: Walk, key: string, asked: AskedVersions): void {
    const current = asked.catalog.applications[key]?.document.spec.version;
    const picked = new Set(pickVersions(asked, key, this.#seen(key)).map(({ sighting }) => sighting.version));
    keepTexts(sightings, key, (version) => version === current || picked.has(version));
  }

  /** Reads the texts that were let go and are asked for now. False when a commit is not to be had any more. */
  async #readTexts({ sightings }: Walk, { asked, signal }: Surroundings): Promise<boolean> {
    for (const key of Object.keys(asked.catalog.applications)) {
      for (const { sighting } of pickVersions(asked, key, this.#seen(key))) {
        if (sighting.document !== undefined) continue;
        const document = await this.#readText(key, sighting, signal);
        if (document === undefined) return false;
        sight(sightings, key, { ...sighting, document });
        await nextTurn();
      }
    }
    return true;
  }

  async #readText(
    key: string,
    { revision, file, version }: Sighting,
    signal: AbortSignal,
  ): Promise<ValidDocument<'application'> | undefined> {
    const { git, loader } = this.#options;
    if ((await git.readCommit(revision, signal)) === undefined) return undefined;
    const applications = applicationsIn(await loader.loadFile(revision, file));
    return applications.find(([name, { spec }]) => name === key && spec.version === version)?.[1];
  }

  async #findStrays({ asked, signal }: Surroundings): Promise<void> {
    const inForce = (key: string) => asked.catalog.applications[key]?.document.spec.version;
    const isKnown = (key: string, version: string) =>
      inForce(key) === version || this.#seen(key).some((one) => one.version === version);
    await this.#strays.find(asked, isKnown, signal);
  }
}

function isNear(walk: Walk): boolean {
  return walk.beneath !== undefined && depthOf(walk) < NEAR;
}
